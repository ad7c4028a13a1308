"""Where written words come from: real ones by 24 writers, and lines drawn with fonts for what these never wrote.

The real words are German place and street names. They teach a hand and, if one lets them, a list: three of four end in
"Straße". So as many lines again say other things, in Swedish and in nonsense, and a reader is judged by writers and by texts
that it did not learn from.
"""
import csv
import io
import pathlib
import zipfile

import numpy
from PIL import Image, ImageDraw, ImageFont

import cell_sources
from cell_sources import FONTS

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
WORDS = SHARED / "handwriting-words-dhsd"
LETTERS = SHARED / "pages-handwriting-cremma20"

# By writer, so that no hand of one part is in another.
PARTS = {"check": ["19", "20"], "test": ["21", "22", "23", "24"]}

HANDS = [font for font in cell_sources.HANDS if "Kristi" not in font] + ["truetype/kristi/Kristi.ttf"]
HELD_OUT = cell_sources.HELD_OUT

FIRST = """Anna Åsa Örjan Märta Göran Björn Håkan Lars Erik Karin Maria Sofia Nils Per Kerstin Ingrid Gösta Åke Älva Östen Jörgen
Mårten Malin Elin Lovisa Hjördis Sören Börje Torbjörn Ragnhild Fatima Mohammed Zahra Josefin Wilhelm Xerxes Quentin""".split()
LAST = """Andersson Öberg Åström Ängström Sjöberg Lindström Bergström Nyström Hägg Höglund Löfgren Grönlund Åkesson Östlund Ärlig Håkansson
Söderberg Wikström Lundqvist Nilsson Johansson Mårtensson Sjögren Bäckström Fält Färm Björk Ek Zetterlund Quist""".split()
PLACES = """Örebro Västerås Malmö Göteborg Åmål Ängelholm Östersund Umeå Luleå Skellefteå Borås Gävle Jönköping Växjö Norrköping Södertälje
Täby Järfälla Mölndal Kungälv Trollhättan Åre Öckerö Hörby Sjöbo Ystad Lund Visby Kalmar Exempelstad Sälen Mjölby Åhus""".split()
STREETS = """Storgatan Kungsgatan Åsgatan Ängsvägen Östra Björkvägen Sjögatan Skolgatan Kyrkogatan Järnvägsgatan Drottninggatan Älvstigen
Parkvägen Nygatan Lärkvägen Öringe Mossvägen Bäckgränd Torget Åkerbyvägen Hamngatan Villagatan""".split()
OTHERS = """hyra el och vatten månad bidrag arbetslös sjukskriven förälder barn hushåll inkomst lön pension ersättning sökt från till
behöver hjälp med på grund av ingen ännu året sedan maj augusti måndag lördag själv även både fråga svar är några långt bäst ökning
läkare vård skola räkning skuld bankkonto överklagan bifall handläggare ansökan tillägg kvitto bröd mjölk färdtjänst glasögon tand
värk öron ögon åtta tolv tjugo hundra kronor öre st kg ja nej vet ej se bilaga enligt överenskommelse mvh hälsningar""".split()
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxz", "aeiouyåäö"


def sentence(random):
    """A line as forms get them, in Swedish, or nonsense, so that no word can be guessed."""
    def pick(words):
        return words[int(random.integers(len(words)))]

    def digits(count):
        return "".join(str(one) for one in random.integers(0, 10, count))

    def nonsense():
        word = "".join(pick(CONSONANTS) + pick(VOWELS) + (pick(CONSONANTS) if random.random() < .4 else "")
                       for _ in range(int(random.integers(1, 5))))
        kind = random.random()
        return word.capitalize() if kind < .5 else word.upper() if kind < .6 else word

    kind = int(random.integers(0, 12))
    if kind == 0:
        return f"{pick(FIRST)} {pick(LAST)}"
    if kind == 1:
        return f"{pick(LAST)}, {pick(FIRST)}"
    if kind == 2:
        return f"{pick(STREETS)} {random.integers(1, 120)}{pick(['', '', ' A', ' B', ' lgh 1102'])}"
    if kind == 3:
        return f"{digits(3)} {digits(2)} {pick(PLACES)}"
    if kind == 4:
        return pick(PLACES)
    if kind == 5:
        return f"20{digits(2)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
    if kind == 6:
        return pick([f"{random.integers(100, 30000)} kr", f"{random.integers(1, 99)} {digits(3)},{digits(2)}", digits(9),
                     f"07{digits(1)}-{digits(3)} {digits(2)} {digits(2)}"])
    if kind in (7, 8):
        line = " ".join(pick(OTHERS) for _ in range(int(random.integers(1, 5))))
        return line.capitalize() if random.random() < .5 else line
    if kind == 9:
        return " ".join(nonsense() for _ in range(int(random.integers(1, 3))))
    if kind == 10:
        return nonsense() + pick(["-", " ", ""]) + nonsense()
    return f"{pick(LAST)}{pick(['sgatan', 'svägen', 'stig', 's äng', 'strand', 'ström', 'stråk'])}"


def real_words(part):
    """(picture, text, writer) of the writers of a part: `train`, `check` or `test`."""
    others = {writer for writers in PARTS.values() for writer in writers}
    with zipfile.ZipFile(WORDS / "images.zip") as pack, open(WORDS / "labels.csv", encoding="utf-8", newline="") as labels:
        for row in csv.DictReader(labels):
            writer = row["writer"]
            if writer in PARTS[part] if part in PARTS else writer not in others:
                with Image.open(io.BytesIO(pack.read(row["file"]))) as picture:
                    yield numpy.asarray(picture.convert("L")), row["text"], writer


def drawn_line(text, font, height=56):
    """A line of a font, dark on 255; None where the font lacks a character."""
    drawn = ImageFont.truetype(str(FONTS / font), height)
    left, top, right, bottom = drawn.getbbox(text)
    if right - left < 8 or bottom - top < 8:
        return None
    missing = drawn.getmask("\uffff").getbbox(), bytes(drawn.getmask("\uffff"))
    for character in set(text) - {" "}:
        mask = drawn.getmask(character)
        if not mask.getbbox() or (mask.getbbox(), bytes(mask)) == missing:
            return None
    picture = Image.new("L", (right - left + 24, bottom - top + 24), 255)
    ImageDraw.Draw(picture).text((12 - left, 12 - top), text, font=drawn, fill=20)
    return numpy.asarray(picture)


def drawn_lines(fonts, count, seed):
    """(picture, text, font) of lines nobody wrote."""
    random = numpy.random.default_rng(seed)
    while count:
        font = fonts[int(random.integers(len(fonts)))]
        text = sentence(random)
        picture = drawn_line(text, font)
        if picture is not None:
            count -= 1
            yield picture, text, pathlib.Path(font).stem


def letter_lines():
    """(picture, text, page) of real letters in another language, whose words nothing here was taught."""
    import xml.etree.ElementTree as tree
    for path in sorted(LETTERS.glob("*.xml")):
        root = tree.parse(path).getroot()
        name = next((one.text for one in root.iter() if one.tag.endswith("fileName")), "")
        picture = next((p for p in (LETTERS / name, *LETTERS.glob(path.stem + ".*")) if p.suffix.lower() in
                        (".jpg", ".jpeg", ".png") and p.exists()), None)
        if picture is None:
            continue
        with Image.open(picture) as opened:
            page = opened.convert("L")
        for line in root.iter():
            if not line.tag.endswith("}TextLine"):
                continue
            text = " ".join(one.get("CONTENT", "") for one in line.iter() if one.tag.endswith("}String")).strip()
            shape = next((one for one in line.iter() if one.tag.endswith("}Polygon")), None)
            if not text or shape is None:
                continue
            numbers = [float(one) for one in shape.get("POINTS", "").replace(",", " ").split()]
            points = list(zip(numbers[::2], numbers[1::2]))
            mask = Image.new("L", page.size, 0)
            ImageDraw.Draw(mask).polygon(points, fill=255)
            box = mask.getbbox()
            ground = Image.new("L", page.size, 255)
            ground.paste(page, (0, 0), mask)
            yield numpy.asarray(ground.crop(box)), text, path.stem

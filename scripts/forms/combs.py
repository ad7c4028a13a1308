"""Real digits in combs: `scripts/accuracy combs`.

usage: scripts/accuracy combs [--blankett PROGRAM] [--out DIR] [--pages N] [--seed N] [--record FILE] [--calibrate] [--letters]

  --blankett PROGRAM  the program to measure (.build/release/blankett)
  --out DIR           where pages and results go (.build/accuracy/combs)
  --pages N           how many pages, some 90 digits each (110: nearly every held-out digit once)
  --seed N            another seed gives other sizes, slants and places (1)
  --record FILE       write the figures there too (docs/accuracy/combs.json is what the repository keeps)
  --calibrate         other digits; prints what Sources/Reading/Decision/CombCalibration.swift should say
  --letters           words in capitals instead, in hand-writing fonts that were held out: nobody has written letters for us

Digits that were held out from training are pasted into combs of a form made for this, with random size, slant and place; one in
sixteen crosses the frame; the page is printed, turned, stretched, made noisy and saved as JPEG. A digit is sure where its own
cell is, at 0.99 or more; a field is certain where all its digits together reach the form's error target. Kept: 99 % of the digits
right, and 95 % of them sure with 99.9 % of these right; and no more wrong digits in fields passed as certain than the error target.
DIR/mistaken.png shows what was sure and other than its label. Letters have no promise to keep.
Exit 0: kept; 1: not; 2: cannot be measured; 77: the digits are not here.
"""
import itertools
import json
import math
import pathlib
import random
import shutil
import sys

import numpy
from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Training"))

import calibration  # noqa: E402
import cell_sources  # noqa: E402
import form_file  # noqa: E402
import reading  # noqa: E402
import scanlook  # noqa: E402

DPI = 300
# How the scanner saw the pages, in turn.
LOOKS = {
    "good": dict(blur=.7, noise=1.2, shade=4, quality=85, turn=.6, resolution=300),
    "usual": dict(blur=.9, noise=2.5, shade=7, quality=70, turn=1.5, resolution=300),
    "poor": dict(blur=1.1, noise=7, shade=10, quality=40, turn=4, resolution=300),
    "200 dpi": dict(blur=.9, noise=2, shade=6, quality=75, turn=1, resolution=200),
}
# Cells in millimetres, how their frame is drawn, and of what grey.
STYLES = [((5, 7), "boxes", 40), ((4.5, 6.5), "boxes", 90), ((6, 8), "boxes", 40), ((5, 7), "ticks", 40),
          ((5, 7.5), "boxes", 120), ((5.5, 7), "ticks", 70)]
TEXT = ["Fyll i en siffra i varje ruta med blå eller svart penna. Skriv tydligt och håll dig inom rutan.",
        "Skriver du fel: stryk över siffran och skriv om hela numret på baksidan. Lämna rutor tomma som inte behövs.",
        "Meddelanden, avtal och referenser hittar du på ditt senaste besked. Ring oss om något är oklart.",
        "Uppgifterna behandlas enligt gällande lag. Blanketten skickas till kundtjänst, Mätvägen 3, 123 45 Exempelstad."]


def px(millimetres):
    return round(millimetres * DPI / 25.4)


def layout(is_letters=False):
    """The blank, and its fields with how they were drawn."""
    page = Image.new("L", (px(210), px(297)), 255)
    draw = ImageDraw.Draw(page)
    large = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", px(4.6))
    small = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", px(2.3))
    draw.text((px(18), px(12)), "Uppgifter i rutor", font=large, fill=30)
    draw.text((px(140), px(13)), "MÄT 4711 utgåva 1", font=small, fill=30)
    draw.line([px(18), px(20), px(192), px(20)], fill=60, width=3)
    # What a form says about itself, by which it is recognised.
    for line, words in enumerate(TEXT):
        draw.text((px(18), px(22.5 + line * 3.7)), words, font=small, fill=50)
    fields, y = [], 48.0
    words = ["Kundnummer", "Meddelande", "Belopp", "Avtal", "Mätare", "Ärende", "Löpnummer", "Referens"]
    for row in range(17):
        (width, height), kind, grey = STYLES[row % len(STYLES)]
        x = 18.0
        for column, (cells, sort) in enumerate([(10, "digits"), (12, "ocr-reference"), (8, "digits")]):
            if x + cells * width > 196:
                cells = int((196 - x) / width)
            if cells < 4:
                break
            sort = "text" if is_letters else sort
            name = f"{sort}-{row + 1}-{column + 1}"
            draw.text((px(x), px(y - 5)), f"{words[(row * 3 + column) % len(words)]} {row + 1}:{column + 1}", font=small,
                      fill=60)
            _comb(draw, x, y, cells, width, height, kind, grey)
            fields.append({"name": name, "page": 1, "kind": "comb", "cells": cells,
                           "box": [x, y, cells * width, height], "type": sort, "target": f"/{name}"})
            x += cells * width + 7
        y += height + 7
    return page, fields


def _comb(draw, x, y, cells, width, height, kind, grey):
    left, right, top, bottom = px(x), px(x + cells * width), px(y), px(y + height)
    draw.line([left, bottom, right, bottom], fill=grey, width=3)
    if kind == "boxes":
        draw.line([left, top, right, top], fill=grey, width=3)
    for cell in range(cells + 1):
        at = px(x + cell * width)
        draw.line([at, top if kind == "boxes" else px(y + height * .62), at, bottom], fill=grey, width=3)


def package(folder, page, fields):
    folder.mkdir(parents=True, exist_ok=True)
    page.save(folder / "page-1.png", dpi=(DPI, DPI))
    form_file.write(folder / "form.json5", {
        "format": "blankett-form/1", "id": "comb-digits", "version": 1, "name": {"sv": "Rutor", "en": "Combs"},
        "pages": [{"image": "page-1.png", "width": 210, "height": 297}], "errorTarget": 0.005, "fields": fields,
    }, "Made by scripts/accuracy combs.")


class Writer:
    """Puts real digits on a page, each once."""

    def __init__(self, part, seed):
        self.chance = random.Random(seed)
        self.stock = [[] for _ in range(10)]
        for picture, digit, _ in cell_sources.real_digits(part):
            self.stock[digit].append(picture)
        for pictures in self.stock:
            self.chance.shuffle(pictures)

    @property
    def left(self):
        return min(len(pictures) for pictures in self.stock)

    def picture(self, digit):
        """How it was written, ink high; each once."""
        return self.stock[digit].pop()

    def number(self, cells, sort):
        """Random digits; a payment reference ends with its check digit."""
        digits = [self.chance.randrange(10) for _ in range(cells)]
        if sort == "ocr-reference":
            doubled = [sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit
                       for place, digit in enumerate(reversed(digits[:-1]))]
            digits[-1] = -sum(doubled) % 10
        return digits

    def fill(self, page, fields):
        """Writes on `page` and gives the texts."""
        truth = {}
        self.crossed = set()
        for field in fields:
            self.crossing = False
            digits = self.number(field["cells"], field["type"])
            x, y, width, height = field["box"]
            width /= field["cells"]
            pen = dict(level=self.chance.choice([15, 35, 60, 95]), size=self.chance.uniform(.58, .8),
                       slant=self.chance.uniform(-.22, .22), drop=self.chance.gauss(0, .25))
            for place, digit in enumerate(digits):
                self._digit(page, digit, x + (place + .5) * width, y + height / 2 + pen["drop"], width, height, pen)
            truth[field["name"]] = "".join(map(str, digits))
            if self.crossing:
                self.crossed.add(field["name"])
        return truth, self.crossed

    def _digit(self, page, digit, x, y, width, height, pen):
        picture = self.picture(digit)
        rows, columns = numpy.flatnonzero(picture.max(1) > 60), numpy.flatnonzero(picture.max(0) > 60)
        picture = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        tall = height * pen["size"] * self.chance.uniform(.85, 1.15)
        x += self.chance.gauss(0, .3)
        y += self.chance.gauss(0, .3)
        if self.chance.random() < 1 / 16:
            self.crossing = True
            # Crosses the frame: too tall, or too far aside.
            if self.chance.random() < .5:
                tall = height * self.chance.uniform(1.05, 1.3)
            else:
                y += self.chance.choice([-1, 1]) * height * self.chance.uniform(.2, .3)
                x += self.chance.choice([-1, 1]) * width * self.chance.uniform(.1, .3)
        stretch = self.chance.uniform(.88, 1.12)
        high = px(tall)
        wide = max(6, round(high * picture.shape[1] / picture.shape[0] * stretch))
        if wide > px(width * 1.15):
            high, wide = round(high * px(width * 1.15) / wide), px(width * 1.15)
        ink = Image.fromarray(picture).resize((wide, high), Image.Resampling.BICUBIC)
        margin = high
        ground = Image.new("L", (wide + 2 * margin, high + 2 * margin), 0)
        ground.paste(ink, (margin, margin))
        slant = pen["slant"] + self.chance.gauss(0, .05)
        turn = math.radians(self.chance.gauss(0, 4))
        matrix = numpy.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) \
            @ numpy.array([[1, slant], [0, 1]])
        middle = numpy.array([ground.width / 2, ground.height / 2])
        shift = middle - matrix @ middle
        ground = ground.transform(ground.size, Image.Transform.AFFINE, (*matrix[0], shift[0], *matrix[1], shift[1]),
                                  Image.Resampling.BICUBIC)
        # A pen's edges are sharper than an enlarged picture's.
        share = numpy.clip((numpy.asarray(ground, numpy.float32) / 255 - .4) * 2.6 + .5, 0, 1)
        mask = Image.fromarray((share * 255).astype(numpy.uint8))
        page.paste(pen["level"], (px(x) - ground.width // 2, px(y) - ground.height // 2), mask)


WORDS = ["ÅKERSTRÖM", "LINDQVIST", "BÄCKVIK", "ÖSTHAMMAR", "FJÄLLBO", "WAHLGREN", "SJÖGREN", "HAXÄNG", "ZETTERHOLM", "YSTAD",
         "UPPLAND", "DJURÖ", "MALMKÖPING", "CEDERVALL", "NYNÄSHAMN", "PERSTORP", "GÖTEBORG", "ÄNGELHOLM", "XAVER", "VÄXJÖ", "QUIST",
         "OLOFSSON", "KIRUNA", "ESKILSTUNA", "BOFORS", "JÄRFÄLLA", "VÅMB", "ÅHUS"]


class FontWriter(Writer):
    """Puts words in capitals on a page, each page in one font that was held out from training."""

    left = 1000

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def fill(self, page, fields):
        self.font = self.chance.choice(cell_sources.HELD_OUT)
        return super().fill(page, fields)

    def number(self, cells, sort):
        return self.chance.choice([word for word in WORDS if len(word) <= cells])

    def picture(self, letter):
        return cell_sources.glyph(self.font, letter)


def scan(page, name, seed, path):
    look = LOOKS[name]
    chance = random.Random(seed)
    turn = chance.uniform(-look["turn"], look["turn"])
    # A feeder stretches a page and pulls it askew; PIL wants where each place comes from.
    width, height = page.size
    corners = [(x * width + chance.gauss(0, .0015) * width, y * height + chance.gauss(0, .0015) * height)
               for x, y in [(0, 0), (0, 1), (1, 1), (1, 0)]]
    page = page.transform(page.size, Image.Transform.QUAD, [v for corner in corners for v in corner],
                          Image.Resampling.BICUBIC, fillcolor=255)
    if look["resolution"] != DPI:
        page = page.resize([round(side * look["resolution"] / DPI) for side in page.size], Image.Resampling.BOX)
    seen = scanlook.scanned(page.convert("RGB"), seed, angle=turn, scale=chance.uniform(.994, 1.006),
                            shift=(chance.uniform(-12, 12), chance.uniform(-12, 12)), blur=look["blur"],
                            noise=look["noise"], shade=look["shade"])
    scanlook.save_jpeg(seen, path, look["resolution"], look["quality"])


def draw_pages(options, part):
    blank, fields = layout(options.letters)
    package(options.out / "forms" / "comb-digits", blank, fields)
    writer = FontWriter(options.seed) if options.letters else Writer(part, options.seed)
    pages = []
    for number in range(1, options.pages + 1):
        if writer.left < 30:
            break
        page = blank.copy()
        # Nobody fills everything, and empty combs must stay empty.
        truth, crossed = writer.fill(page, writer.chance.sample(fields, 9))
        look = list(LOOKS)[(number - 1) % len(LOOKS)]
        path = options.out / f"{part}-{number}.jpg"
        scan(page, look, options.seed * 1000 + number, path)
        pages.append((path, look, truth, crossed))
    return fields, pages


def read(options, pages):
    # What an earlier run left there is not what was read now.
    shutil.rmtree(options.out / "debug", ignore_errors=True)
    documents, cost = reading.read(
        options.blankett, options.out / "forms", [path for path, *_ in pages], "--debug", options.out / "debug", timeout=3000)
    return reading.by_page(documents), cost


def cells_of(options, path, name):
    """What the readers made of each cell, from the pictures for technicians."""
    file = options.out / "debug" / f"{path.name}-1" / f"{name}.json"
    if not file.exists():
        return []
    field, _ = json.JSONDecoder().raw_decode(file.read_text(encoding="utf-8"))
    return field.get("cells") or []


class Tally:
    def __init__(self):
        self.fields = self.right = self.certain = self.wrong = 0
        self.digits = self.digits_right = self.digits_certain = self.digits_wrong = 0

    def take(self, truth, field):
        value = (field or {}).get("value") or (field or {}).get("raw") or ""
        is_certain = field is not None and field["status"] == "read"
        same = sum(a == b for a, b in zip(truth, value)) if len(truth) == len(value) else aligned(truth, value)
        self.fields += 1
        self.right += value == truth
        self.certain += is_certain
        self.wrong += is_certain and value != truth
        self.digits += len(truth)
        self.digits_right += same
        self.digits_certain += len(truth) if is_certain else 0
        self.digits_wrong += len(truth) - same if is_certain else 0

    def figures(self):
        share = lambda part, whole: round(part / whole, 5) if whole else None  # noqa: E731
        return {"digits": self.digits, "right": share(self.digits_right, self.digits),
                "certain": share(self.digits_certain, self.digits), "wrongAsCertain": self.digits_wrong,
                "rightAmongCertain": share(self.digits_certain - self.digits_wrong, self.digits_certain),
                "fields": self.fields, "fieldsRight": share(self.right, self.fields),
                "fieldsCertain": share(self.certain, self.fields), "fieldsWrongAsCertain": self.wrong}


def aligned(truth, value):
    """How many digits of the truth were read, where some were lost or added."""
    row = [0] * (len(value) + 1)
    for a in truth:
        before, row = row, [0] * (len(value) + 1)
        for place, b in enumerate(value, 1):
            row[place] = max(before[place - 1] + (a == b), before[place], row[place - 1])
    return row[-1]


BINS = [0, .5, .9, .95, .98, .99, .995, .998, .999, .9995, .9998, 1.00001]


def reliability(cells):
    """Of what is said to be so sure: how much is right; and the expected calibration error."""
    return calibration.reliability(cells, BINS)


def curve(values):
    """Digits passed and wrong, were the threshold another."""
    rows = []
    for threshold in (.9, .95, .98, .99, .995, .998, .999, .9995):
        passed = [(count, wrong) for sure, count, wrong in values if sure >= threshold]
        count, wrong = sum(one[0] for one in passed), sum(one[1] for one in passed)
        rows.append({"threshold": threshold, "digitsPassed": round(count / sum(one[1] for one in values), 5),
                     "wrong": wrong})
    return rows


# From here on a digit counts as sure.
SURE = .99


def sure_digits(cells, digits):
    """Digits that are sure by their own cell, as a share of all, and how many of these are wrong, were the threshold another."""
    rows = []
    for threshold in (.9, .95, .98, SURE, .995, .998, .999):
        passed = [is_right for said, is_right in cells if said >= threshold]
        rows.append({"threshold": threshold, "sure": round(len(passed) / digits, 5), "wrong": passed.count(False),
                     "right": round(passed.count(True) / len(passed), 5) if passed else None})
    return rows


def picture_mistaken(options, mistaken):
    """A sheet with each comb in which a digit was sure and other than the data says, scan above and cleaned below: some digits
    have a label that nobody would give them who sees them."""
    sheet = Image.new("L", (1400, max(1, -(-len(mistaken) // 2)) * 330), 255)
    draw = ImageDraw.Draw(sheet)
    for index, (path, name, place, digit, text) in enumerate(mistaken):
        x, y = index % 2 * 700, index // 2 * 330
        draw.text((x, y), f"{path.name} {name}: place {place} is labelled {digit}, read {text}", fill=0)
        picture = Image.open(options.out / "debug" / f"{path.name}-1" / f"{name}.png")
        picture.thumbnail((680, 300))
        sheet.paste(picture, (x, y + 16))
    sheet.save(options.out / "mistaken.png")
    return options.out / "mistaken.png"


def main(arguments):
    parser = reading.parser(__doc__, "combs", pages=110)
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--letters", action="store_true")
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__)
        return 0
    if not cell_sources.SHARED.exists():
        print("accuracy: ../shared/data/digits is not here", file=sys.stderr)
        return 77
    if not reading.is_there(options.blankett):
        return 2
    fields, pages = draw_pages(options, "check" if options.calibrate else "test")
    documents, cost = read(options, pages)
    if options.calibrate:
        return calibrate(options, pages)
    tallies, lost, said, values, mistaken = {}, 0, [], [], []
    for path, look, truth, crossed in pages:
        document = documents.get(path.name)
        found = {field["name"]: field for field in (document or {}).get("fields", [])}
        lost += not found
        for name, text in truth.items():
            field = found.get(name)
            for key in ("all", look, name.split("-")[0], "with a crossing" if name in crossed else "all inside"):
                tallies.setdefault(key, Tally()).take(text, field)
            if not field:
                continue
            value = field.get("value") or field.get("raw") or ""
            values.append((field["confidence"] if field.get("reason") not in ("length-differs", "struck-out") else 0,
                           len(text), len(text) - aligned(text, value)))
            if value != text:
                print(f"{path.name} {name}: is {text}, got {value} ({field['status']} {field['confidence']:.4f} "
                      f"{field.get('reason', '')})")
            cells = cells_of(options, path, name)
            if len(cells) == len(text):
                said += [(cell["confidence"], cell["text"] == digit) for cell, digit in zip(cells, text)]
                mistaken += [(path, name, place, digit, cell["text"]) for place, (cell, digit) in enumerate(zip(cells, text), 1)
                             if cell["confidence"] >= SURE and cell["text"] != digit]
    figures = {key: tally.figures() for key, tally in tallies.items()}
    result = {**reading.origin(),
              "pages": len(pages), "pagesNotRead": lost, "errorTarget": 0.005, "secondsPerPage": round(cost.seconds / len(pages), 2),
              "figures": figures, "thresholds": curve(values), "cells": reliability(said),
              "sureDigits": sure_digits(said, tallies["all"].digits)}
    for key, one in figures.items():
        print(f"{key:14}{one['digits']:>7} {'letters' if options.letters else 'digits'}, right {one['right']:.3%}, certain "
              f"{one['certain']:.2%}, of these wrong "
              f"{one['wrongAsCertain']} ({1 - (one['rightAmongCertain'] or 0):.3%}); fields certain {one['fieldsCertain']:.1%}, "
              f"wrong {one['fieldsWrongAsCertain']}")
    if options.letters:
        reading.record({key: result[key] for key in ("date", "machine", "commit", "pages", "pagesNotRead", "figures")},
                       options.out / "letters.json", options.record)
        return 0
    print(f"cells' expected calibration error {result['cells']['expectedCalibrationError']:.4%}; "
          f"{result['secondsPerPage']} s a page; {lost} pages not read")
    reading.record(result, options.out / "combs.json", options.record)
    for row in result["sureDigits"]:
        print(f"sure at {row['threshold']}: {row['sure']:.2%} of the digits, {row['wrong']} wrong ({row['right'] or 0:.3%} right)")
    print(f"what was sure and is not what the data says: {picture_mistaken(options, mistaken)}")
    every = figures["all"]
    sure = next(row for row in result["sureDigits"] if row["threshold"] == SURE)
    is_kept = every["right"] >= .99 and sure["sure"] >= .95 and (sure["right"] or 0) >= .999 \
        and every["fieldsWrongAsCertain"] <= .005 * every["fields"]
    print("kept" if is_kept else "NOT KEPT")
    return 0 if is_kept else 1


def calibrate(options, pages):
    """Tries values of CombCalibration on cells whose digit is known."""
    seen, heard, sure, truth, parted = [], [], [], [], []
    for path, _, texts, _ in pages:
        for name, text in texts.items():
            cells = cells_of(options, path, name)
            if len(cells) != len(text):
                continue
            for cell, digit in zip(cells, text):
                shares = numpy.full(10, 1e-5)
                own = [one for one in cell["readers"] if one["reader"] == "comb-cnn" and one["text"].isdigit()]
                other = [one for one in cell["readers"] if one["reader"] != "comb-cnn"]
                if not own:
                    continue
                for one in own:
                    shares[int(one["text"])] = max(one["confidence"], 1e-9)
                seen.append(shares)
                is_heard = bool(other) and other[0]["text"].isdigit()
                heard.append(int(other[0]["text"]) if is_heard else -1)
                sure.append(min(1, other[0]["confidence"]) if is_heard else 0)
                truth.append(int(digit))
                parted.append(cell["isParted"])
    everything = list(map(numpy.array, (seen, heard, sure, truth)))
    parted = numpy.array(parted)
    for name, kind in (("alone", ~parted), ("parted", parted)):
        seen, heard, sure, truth = (values[kind] for values in everything)
        print(f"{name}: {len(truth)} cells, {(heard >= 0).mean():.1%} with the line reader; right: cells "
              f"{(seen.argmax(1) == truth).mean():.3%}, line {(heard == truth)[heard >= 0].mean():.3%}, both the same wrong "
              f"{((heard == seen.argmax(1)) & (heard != truth)).sum()}")
        best = None
        for cell_weight, line_weight, line_error, doubt in itertools.product(
                (.2, .3, .4, .5, .6, .7, .8, .9, 1, 1.15), (0, .2, .25, .3, .4, .5, .6, .7, .8, 1),
                (.001, .002, .003, .01, .02, .05), (1e-4, 3e-4, 1e-3, 3e-3)):
            shares = combined(seen, heard, sure, cell_weight, line_weight, line_error, doubt)
            loss = -numpy.log(shares[numpy.arange(len(truth)), truth]).mean()
            if best is None or loss < best[0]:
                best = (loss, cell_weight, line_weight, line_error, doubt, shares)
        loss, cell_weight, line_weight, line_error, doubt, shares = best
        print(f"  cell {cell_weight}, line {line_weight}, lineError {line_error}, residualDoubt {doubt}: "
              f"loss {loss:.5f}, right {(shares.argmax(1) == truth).mean():.3%}")
        table = reliability(list(zip(shares.max(1).tolist(), (shares.argmax(1) == truth).tolist())))
        print(json.dumps(table, indent=1))
    return 0


def combined(seen, heard, sure, cell_weight, line_weight, line_error, doubt):
    """As CombDigits.Cell.shares."""
    weights = seen ** cell_weight
    error = numpy.minimum(.9, line_error + 1 - sure)
    for digit in range(10):
        share = numpy.where(heard == digit, 1 - error, error / 9) ** line_weight
        weights[:, digit] *= numpy.where(heard >= 0, share, 1)
    weights /= weights.sum(1, keepdims=True)
    return weights * (1 - doubt) + doubt / 10

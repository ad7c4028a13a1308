"""The two pages of Exempelstad's "Ansökan om ekonomiskt bistånd": one description that is drawn and becomes form.json5.

Exempelstad is invented. Lengths are millimetres from the page's top left corner.
"""
import qrcode
from PIL import Image, ImageDraw, ImageFont

RESOLUTION = 300
WIDTH, HEIGHT = 210, 297
INK = (28, 36, 44)
SOFT = (84, 98, 108)
LINE = (120, 138, 150)
PANEL = (238, 243, 246)
ACCENT = (0, 92, 110)
WHITE = (255, 255, 255)

LIBERATION = "/usr/share/fonts/truetype/liberation2/LiberationSans-"
NUMBER = "EXS 1042-1"


def px(millimetres):
    return millimetres * RESOLUTION / 25.4


def font(points, style="Regular"):
    return ImageFont.truetype(f"{LIBERATION}{style}.ttf", round(points * RESOLUTION / 72))


class Page:
    """Draws one blank page and keeps what was drawn where."""

    left, right = 18, 192

    def __init__(self, number, fields):
        self.number = number
        self.fields = fields
        self.image = Image.new("RGB", (round(px(WIDTH)), round(px(HEIGHT))), WHITE)
        self.draw = ImageDraw.Draw(self.image)
        self._header()
        self._footer()

    # The parts of a page

    def text(self, x, y, words, points=8.5, style="Regular", fill=INK, anchor="ls"):
        self.draw.text((px(x), px(y)), words, font=font(points, style), fill=fill, anchor=anchor)

    def rectangle(self, box, fill=None, outline=LINE, width=0.17, radius=0.0):
        x, y, w, h = box
        corners = [round(px(x)), round(px(y)), round(px(x + w)), round(px(y + h))]
        pixels = max(1, round(px(width))) if outline else 0
        if radius:
            self.draw.rounded_rectangle(corners, round(px(radius)), fill=fill, outline=outline, width=pixels)
        else:
            self.draw.rectangle(corners, fill=fill, outline=outline, width=pixels)

    def _header(self):
        # The arms of a town that does not exist: a gate, a river, an E.
        self.rectangle((18, 12, 13, 15), fill=ACCENT, outline=None, radius=2)
        for y, width in [(15.2, 6.6), (18.7, 5.0), (22.2, 6.6)]:
            self.rectangle((21.2, y, width, 1.6), fill=WHITE, outline=None)
        self.rectangle((21.2, 15.2, 1.7, 8.6), fill=WHITE, outline=None)
        self.text(34.5, 17.6, "Exempelstad", 15, "Bold")
        self.text(34.5, 22.0, "Socialförvaltningen", 8.5, fill=SOFT)
        self.text(34.5, 26.0, "Ekonomiskt bistånd", 8.5, fill=SOFT)
        if self.number == 1:
            self.text(84, 18.4, "Ansökan om ekonomiskt", 15.5, "Bold", ACCENT)
            self.text(84, 25.2, "bistånd", 15.5, "Bold", ACCENT)
        else:
            self.text(84, 18.4, "Ansökan om ekonomiskt bistånd", 11, "Bold", ACCENT)
            self.text(84, 23.2, "Fortsättning", 8.5, fill=SOFT)
        code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
        code.add_data(f"{NUMBER.replace(' ', '')}/{self.number}")
        code.make(fit=True)
        side = round(px(16))
        picture = code.make_image().get_image().convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        self.image.paste(picture, (round(px(176)), round(px(11.5))))
        self.text(174, 14.4, NUMBER, 8.5, "Bold", anchor="rs")
        self.text(174, 18.4, f"Sida {self.number} (2)", 8, fill=SOFT, anchor="rs")
        self.draw.line([px(18), px(31), px(192), px(31)], fill=ACCENT, width=round(px(0.5)))

    def _footer(self):
        self.draw.line([px(18), px(284), px(192), px(284)], fill=LINE, width=round(px(0.2)))
        self.text(18, 288, "Exempelstad finns inte. Blanketten är ritad för Blankett och får användas fritt.", 6.5,
                  fill=SOFT)
        self.text(192, 288, f"{NUMBER}  ·  utgåva 2026-11", 6.5, fill=SOFT, anchor="rs")

    def section(self, y, height, number, title):
        """A tinted panel with a numbered title; its fields are white."""
        self.rectangle((14, y, 182, height), fill=PANEL, outline=None, radius=2.5)
        self.rectangle((18, y + 2.6, 5.2, 5.2), fill=ACCENT, outline=None, radius=1)
        self.text(20.6, y + 6.5, str(number), 9, "Bold", WHITE, anchor="ms")
        self.text(25.4, y + 6.6, title, 10.5, "Bold")

    # The fields

    def _add(self, name, label, kind, **rest):
        field = {"name": name, "label": {"sv": label}, "page": self.number, "kind": kind, **rest}
        self.fields.append({key: value for key, value in field.items() if value is not None})

    def _label(self, x, y, words, note=None):
        self.text(x, y - 1.2, words, 8, "Regular")
        if note:
            offset = font(8).getlength(words + "  ") / RESOLUTION * 25.4
            self.text(x + offset, y - 1.2, note, 6.5, fill=SOFT)

    def line(self, name, label, box, note=None, title=None, **rest):
        """Writing on one or several lines, in a white box."""
        self._label(box[0], box[1], title or label, note)
        self.rectangle(box, fill=WHITE)
        lines = rest.get("lines", 1)
        for index in range(1, lines):
            y = px(box[1] + box[3] * index / lines)
            for x in range(round(px(box[0] + 1.5)), round(px(box[0] + box[2] - 1.5)), 10):
                self.draw.line([x, y, x + 3, y], fill=(176, 190, 198), width=2)
        self._add(name, label, "text", box=list(box), **rest)

    def comb(self, name, label, x, y, groups, note=None, cell=5.0, height=7.0, unit=None, between=None, **rest):
        """Cells for one character each; `groups` says after how many there is a gap."""
        self._label(x, y, label, note)
        boxes, at = [], x
        for count in groups:
            for _ in range(count):
                boxes.append([at, y, cell, height])
                at += cell
            at += 3.0
        end = at - 3.0
        at = x
        for index, count in enumerate(groups):
            width = count * cell
            self.rectangle((at, y, width, height), fill=WHITE)
            for step in range(1, count):
                self.draw.line([px(at + step * cell), px(y + 0.1), px(at + step * cell), px(y + height)], fill=LINE,
                               width=2)
            at += width + 3.0
            if between and index + 1 < len(groups):
                self.text(at - 1.5, y + height / 2 + 1.3, between, 11, "Bold", SOFT, anchor="ms")
        if unit:
            self.text(end + 1.6, y + height / 2 + 1.3, unit, 8.5, fill=SOFT)
        whole = {"box": [x, y, end - x, height]}
        if len(groups) > 1:
            self._add(name, label, "comb", cellBoxes=boxes, **whole, **rest)
        else:
            self._add(name, label, "comb", cells=groups[0], **whole, **rest)

    def mark(self, x, y, words, points=8.5):
        """One box to mark with its words; gives the box."""
        box = [x, y, 4.2, 4.2]
        self.rectangle(box, fill=WHITE, outline=SOFT, width=0.25)
        self.text(x + 6, y + 3.2, words, points)
        return box

    def choice(self, name, label, y, options, note=None, x=None, **rest):
        """Boxes that belong together; `options` are value, words, x and how far below `y`."""
        if label:
            self._label(x or self.left, y, label, note)
        self._add(name, label, "choice", **rest, options=[
            {"value": value, "label": {"sv": words}, "box": self.mark(at, y + 1.4 + below, words)}
            for value, words, at, below in options])

    def checkbox(self, name, label, x, y, lines, **rest):
        box = self.mark(x, y, lines[0], 8.5)
        for index, words in enumerate(lines[1:], 1):
            self.text(x + 6, y + 3.2 + index * 4, words, 8.5)
        self._add(name, label, "checkbox", box=box, **rest)

    def signature(self, name, label, box, **rest):
        self._label(box[0], box[1], label)
        self.rectangle(box, fill=WHITE)
        self._add(name, label, "signature", box=list(box), **rest)

    def table(self, name, label, box, rows, columns, **rest):
        """Columns are name, words, kind, type, width; the heads stand above the box."""
        self.rectangle(box, fill=WHITE)
        for row in range(1, rows):
            y = px(box[1] + box[3] * row / rows)
            self.draw.line([px(box[0]), y, px(box[0] + box[2]), y], fill=LINE, width=2)
        at, described = 0, []
        for index, (column, words, kind, kind_type, width) in enumerate(columns):
            if index:
                self.draw.line([px(box[0] + at), px(box[1]), px(box[0] + at), px(box[1] + box[3])], fill=LINE, width=2)
            self._label(box[0] + at + 0.5, box[1], words)
            described.append({"name": column, "label": {"sv": words}, "kind": kind, "type": kind_type, "x": at,
                              "width": width})
            at += width
        self._add(name, label, "table", box=list(box), rows=rows, columns=described, **rest)


def pages():
    """Draws both pages. Returns the pictures and the fields."""
    fields = []
    first, second = Page(1, fields), Page(2, fields)
    _first(first)
    _second(second)
    return [first.image, second.image], fields


def _first(page):
    page.text(18, 36.6, "Texta tydligt med svart eller blå penna, ett tecken i varje ruta. Sätt kryss i de rutor som "
              "stämmer.", 8, fill=SOFT)

    page.section(40, 82.5, 1, "Du som söker")
    page.comb("personnummer", "Personnummer", 18, 55, [8, 4], "ÅÅÅÅMMDD–NNNN", between="–", type="personnummer",
              required=True, target="/applicant/legalId")
    page.comb("telefon", "Telefon", 106, 55, [10], height=7, type="phone", target="/applicant/phone")
    page.line("efternamn", "Efternamn", (18, 69, 84, 7.5), type="person-name", required=True,
              target="/applicant/familyName")
    page.line("fornamn", "Förnamn", (106, 69, 86, 7.5), type="person-name", required=True,
              target="/applicant/givenName")
    page.line("gatuadress", "Gatuadress", (18, 83, 84, 7.5), target="/applicant/address/street")
    page.comb("postnummer", "Postnummer", 106, 83, [3, 2], height=7.5, type="postnummer",
              target="/applicant/address/postalCode")
    page.line("postort", "Postort", (138, 83, 54, 7.5), type="place", target="/applicant/address/city")
    page.line("epost", "E-post", (18, 97, 84, 7.5), type="email", target="/applicant/email")
    page.choice("kontakt", "Hur vill du bli kontaktad?", 97, [
        ("telefon", "Telefon", 106, 0), ("epost", "E-post", 130, 0), ("brev", "Brev", 152, 0)], "Flera kryss går bra",
        x=106, select="any", target="/applicant/contactBy")
    page.choice("civilstand", "Civilstånd", 111, [
        ("ogift", "Ogift", 18, 0), ("gift", "Gift", 44, 0), ("sambo", "Sambo", 68, 0), ("skild", "Skild", 96, 0),
        ("anka-ankling", "Änka eller änkling", 122, 0)], "Ett kryss", select="one", required=True,
        target="/applicant/civilStatus")

    page.section(127, 41, 2, "Söker du tillsammans med någon?")
    page.choice("medsokande", "Medsökande", 142, [("ja", "Ja", 18, 0), ("nej", "Nej", 34, 0)], "Ett kryss",
                select="one", required=True, target="/coApplicant/exists")
    page.comb("medsokande-personnummer", "Medsökandes personnummer", 106, 142, [8, 4], "ÅÅÅÅMMDD–NNNN",
              between="–", type="personnummer", target="/coApplicant/legalId")
    page.line("medsokande-namn", "Medsökandes namn", (18, 156, 174, 7.5), type="person-name",
              target="/coApplicant/name")

    page.section(172.5, 52.5, 3, "Hur bor du?")
    page.choice("boendeform", "Boendeform", 187.5, [
        ("hyresratt", "Hyresrätt", 18, 0), ("bostadsratt", "Bostadsrätt", 50, 0), ("eget-hus", "Eget hus", 86, 0),
        ("inneboende", "Inneboende", 18, 8.5), ("utan-bostad", "Saknar bostad", 50, 8.5)], "Ett kryss", select="one",
        required=True, target="/housing/form")
    page.comb("hyra", "Boendekostnad per månad", 132, 187.5, [6], "Skriv längst till höger", height=7.5, unit="kr",
              type="amount", target="/housing/monthlyCost")
    page.comb("antal-vuxna", "Antal vuxna i hushållet", 18, 213, [2], height=7.5, type="integer",
              target="/household/adults")
    page.comb("antal-barn", "Antal barn under 18 år", 68, 213, [2], height=7.5, type="integer",
              target="/household/children")
    page.comb("inflyttad", "Flyttade in", 132, 213, [8], "ÅÅÅÅMMDD", height=7.5, type="date",
              target="/housing/movedIn")

    page.section(229.5, 37, 4, "Vad gör du nu?")
    page.choice("sysselsattning", "Sysselsättning", 244.5, [
        ("arbete", "Arbetar", 18, 0), ("studier", "Studerar", 50, 0), ("arbetssokande", "Arbetssökande", 86, 0),
        ("sjukskriven", "Sjukskriven", 132, 0), ("foraldraledig", "Föräldraledig", 18, 9.5),
        ("pension", "Pension", 50, 9.5), ("annat", "Annat", 86, 9.5)], "Flera kryss går bra", select="any",
        target="/applicant/occupation")
    page.line("sysselsattning-annat", "Annan sysselsättning", (132, 254.5, 60, 7.5), title="Om annat, vad?",
              target="/applicant/occupationOther")

    page.text(18, 274, "Lämna eller skicka in: Exempelstad, Socialförvaltningen, Torget 1, 123 00 Exempelstad", 8,
              fill=SOFT)
    page.text(192, 274, "Fortsätt på sida 2", 8, "Bold", ACCENT, anchor="rs")


def _second(page):
    page.section(35, 65.5, 5, "Inkomster och utgifter per månad")
    page.text(192, 41.6, "Hela kronor. Skriv längst till höger. Lämna tomt om det inte gäller dig.", 6.5, fill=SOFT,
              anchor="rs")
    for index, (name, label, target) in enumerate([
            ("inkomst-lon", "Lön efter skatt", "/income/salary"),
            ("inkomst-ersattning", "Sjukpenning, a-kassa eller pension", "/income/benefits"),
            ("inkomst-bidrag", "Bostadsbidrag och barnbidrag", "/income/allowances"),
            ("inkomst-summa", "Summa inkomster", "/income/total")]):
        page.comb(name, label, 18, 50 + index * 13, [6], unit="kr", type="amount", target=target)
    for index, (name, label, target) in enumerate([
            ("utgift-el", "Hushållsel", "/expenses/electricity"),
            ("utgift-forsakring", "Hemförsäkring", "/expenses/insurance"),
            ("utgift-resor", "Resor till arbete eller vård", "/expenses/travel"),
            ("utgift-summa", "Summa utgifter", "/expenses/total")]):
        page.comb(name, label, 106, 50 + index * 13, [6], unit="kr", type="amount", target=target)

    page.section(105, 43.5, 6, "Barn som bor hos dig")
    page.table("barn", "Barn", (18, 120, 174, 24), 3, [
        ("namn", "Namn", "text", "person-name", 82), ("fodd", "Född (ÅÅÅÅ-MM-DD)", "text", "date", 40),
        ("skola", "Skola eller förskola", "text", "text", 52)], target="/household/childrenList")

    page.section(153, 68.5, 7, "Vad söker du för?")
    page.comb("period-fran", "Från och med", 18, 168, [8], "ÅÅÅÅMMDD", type="date", required=True,
              target="/period/from")
    page.comb("period-till", "Till och med", 70, 168, [8], "ÅÅÅÅMMDD", type="date", required=True,
              target="/period/to")
    page.comb("sokt-belopp", "Sökt belopp", 132, 168, [6], unit="kr", type="amount", required=True,
              target="/amount")
    page.line("skal", "Berätta varför du söker", (18, 183, 174, 34), lines=4, target="/reason")

    page.section(226, 50, 8, "Samtycke och underskrift")
    page.checkbox("samtycke", "Samtycke till att hämta uppgifter", 18, 237, [
        "Jag samtycker till att socialförvaltningen hämtar uppgifter om mig från Försäkringskassan,",
        "Arbetsförmedlingen, CSN och Skatteverket."], target="/consent")
    page.checkbox("forsakran", "Försäkran på heder och samvete", 18, 247, [
        "Jag försäkrar på heder och samvete att uppgifterna är riktiga."], required=True, target="/declaration")
    page.line("datum", "Datum", (18, 258, 40, 8), "ÅÅÅÅ-MM-DD", type="date", required=True, target="/signedOn")
    page.signature("underskrift", "Underskrift", (64, 258, 128, 14), required=True, target="/signed")

"""Fills Exempelstad's form the way people do, by typewriter and by hand, and makes scans of it."""
import json
import random
import zlib

from PIL import Image, ImageDraw, ImageFont

import exempelstad_layout as layout
import scanlook
from exempelstad_layout import RESOLUTION, px
from exempelstad_people import PEOPLE, meant

FONTS = "/usr/share/fonts/"

# How each copy was written, and how the scanner saw it.
STYLES = {
    "1-typed": {"font": "truetype/liberation2/LiberationMono-Regular.ttf", "points": 11, "ink": (34, 34, 38),
                "hand": False, "scan": {"angle": 0.35, "shift": (6, -9), "scale": 0.999}},
    "2-typed": {"font": "truetype/dejavu/DejaVuSans.ttf", "points": 10.5, "ink": (20, 20, 24), "hand": False,
                "scan": {"angle": -0.8, "shift": (-14, 11), "scale": 1.002, "tone": (246, 245, 243)}},
    "3-typed": {"font": "truetype/liberation2/LiberationSerif-Regular.ttf", "points": 12, "ink": (30, 30, 34),
                "hand": False, "scan": {"angle": 1.2, "shift": (10, 16), "scale": 0.996, "noise": 1.5, "shade": 7}},
    "4-hand": {"font": "truetype/klee/KleeOne-SemiBold.ttf", "points": 14, "ink": (32, 48, 128), "hand": True,
               "scan": {"angle": -0.5, "shift": (-8, -12), "scale": 1.003, "grey": False}},
    "5-hand": {"font": "truetype/fifthhorseman/dkg.ttf", "points": 15, "ink": (24, 24, 30), "hand": True,
               "scan": {"angle": 0.9, "shift": (12, 7), "scale": 0.998, "noise": 1.4}},
    "6-hand": {"font": "truetype/breip/Breip.ttf", "points": 16, "ink": (24, 36, 96), "hand": True,
               "scan": {"angle": -1.4, "shift": (-16, 10), "scale": 1.004, "tone": (247, 244, 236), "blur": 0.9}},
}


class Pen:
    """Writes on one page with one font; a hand is never twice the same, a machine nearly."""

    def __init__(self, picture, style, chance):
        self.picture = picture
        self.draw = ImageDraw.Draw(picture)
        self.chance = chance
        self.ink = style["ink"]
        self.hand = style["hand"]
        self.font = ImageFont.truetype(FONTS + style["font"], round(style["points"] * RESOLUTION / 72))

    def _jitter(self, amount):
        return self.chance.uniform(-amount, amount) if self.hand else 0.0

    def _stamp(self, character, x, y, anchor):
        """One character with its own small turn, at pixels."""
        side = round(self.font.size * 2.4)
        mask = Image.new("L", (side, side), 0)
        ImageDraw.Draw(mask).text((side / 2, side / 2), character, font=self.font, fill=255, anchor=anchor)
        if self.hand:
            mask = mask.rotate(self._jitter(3), resample=Image.Resampling.BICUBIC)
        self.picture.paste(self.ink, (round(x - side / 2), round(y - side / 2)), mask)

    def text(self, words, box, lines_from_bottom=0.28):
        """Words on the one line of `box`."""
        x = px(box[0] + (1.6 if not self.hand else self.chance.uniform(1.4, 3.2)))
        y = px(box[1] + box[3] * (1 - lines_from_bottom)) + self._jitter(px(0.25))
        slope = self._jitter(0.008)
        room = px(box[2] - 3)
        assert self.font.getlength(words) < room, f"{words!r} does not fit"
        for character in words:
            self._stamp(character, x, y + self._jitter(px(0.12)), "ls")
            y += slope * self.font.getlength(character)
            x += self.font.getlength(character) + self._jitter(px(0.12))

    def cells(self, words, boxes):
        for character, box in zip(words, boxes):
            x, y, w, h = box
            left, top, right, bottom = self.font.getbbox(character, anchor="ls")
            self._stamp(character, px(x + w / 2) - (left + right) / 2 + self._jitter(px(0.35)),
                        px(y + h / 2) - (top + bottom) / 2 + self._jitter(px(0.35)), "ls")

    def stroke(self, points, width):
        """A line through points in millimetres, drawn as pens do: round, with a breath of unsteadiness."""
        shaken = [(px(x) + self._jitter(1.2), px(y) + self._jitter(1.2)) for x, y in points]
        self.draw.line(shaken, fill=self.ink, width=round(px(width)), joint="curve")
        radius = px(width) / 2
        for x, y in (shaken[0], shaken[-1]):
            self.draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=self.ink)

    def mark(self, box):
        x, y, w, h = box
        if not self.hand:
            for ends in ([(0.2, 0.2), (0.8, 0.8)], [(0.8, 0.2), (0.2, 0.8)]):
                self.stroke([(x + w * across, y + h * down) for across, down in ends], 0.38)
            return
        over = self.chance.uniform(-0.15, 0.1)
        if self.chance.random() < 0.25:
            # A tick instead of a cross, as every fourth person does.
            self.stroke([(x + 0.8, y + h * 0.5), (x + w * 0.45, y + h * 0.85), (x + w * 1.1, y - 0.4)], 0.45)
            return
        shift = self.chance.uniform(-0.4, 0.4)
        self.stroke([(x + w * (0.15 + over) + shift, y + h * (0.1 + over)), (x + w * 0.9 + shift, y + h * 0.92)], 0.45)
        self.stroke([(x + w * 0.88 + shift, y + h * (0.08 + over)), (x + w * 0.12 + shift, y + h * 0.9)], 0.45)

    def signature(self, box):
        """Loops and a long tail that nobody can read."""
        x, y, w, h = box
        at, points = x + 6, []
        for index in range(9):
            tall = (0.75 if index in (0, 4) else 0.3) * h * self.chance.uniform(0.8, 1.1)
            wide = self.chance.uniform(3.0, 5.5)
            points += [(at, y + h * 0.72), (at + wide * 0.55, y + h * 0.74 - tall), (at + wide * 0.9, y + h * 0.6)]
            at += wide * self.chance.uniform(0.55, 0.8)
        points += [(at + 8, y + h * 0.66), (at + 22, y + h * 0.5)]
        ink, self.hand = self.hand, True
        self.stroke(_smooth(points), 0.42)
        self.hand = ink


def _smooth(points):
    """A curve through all points (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    curve = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        for step in range(12):
            t = step / 12
            curve.append(tuple(
                0.5 * (2 * b[i] + (c[i] - a[i]) * t + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t ** 2
                       + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t ** 3) for i in (0, 1)))
    return [*curve, points[-1]]


def cells_of(field):
    if "cellBoxes" in field:
        return field["cellBoxes"]
    x, y, w, h = field["box"]
    width = w / field["cells"]
    return [[x + width * index, y, width, h] for index in range(field["cells"])]


def fill(field, written, pen):
    kind = field["kind"]
    if kind == "comb":
        cells = cells_of(field)
        # Amounts and counts stand at the right end, as the form asks for.
        skip = len(cells) - len(written) if field.get("type") in ("amount", "integer") else 0
        pen.cells(written, cells[skip:])
    elif kind == "choice":
        chosen = written if isinstance(written, list) else [written]
        for option in field["options"]:
            if option["value"] in chosen:
                pen.mark(option["box"])
    elif kind == "checkbox":
        pen.mark(field["box"])
    elif kind == "signature":
        pen.signature(field["box"])
    elif kind == "table":
        x, y, w, h = field["box"]
        height = h / field["rows"]
        for index, row in enumerate(written):
            for column, cell in zip(field["columns"], row):
                if cell:
                    pen.text(cell, [x + column["x"], y + index * height, column["width"], height])
    elif field.get("lines", 1) > 1:
        x, y, w, h = field["box"]
        height = h / field["lines"]
        for index, words in enumerate(written):
            pen.text(words, [x, y + index * height, w, height])
    else:
        pen.text(written, field["box"])


def draw(folder):
    folder.mkdir(exist_ok=True)
    blanks, fields = layout.pages()
    for person in PEOPLE:
        copy = person["copy"]
        style = STYLES[copy]
        chance = random.Random(copy)
        pictures = [blank.copy() for blank in blanks]
        pens = [Pen(picture, style, chance) for picture in pictures]
        for field in fields:
            written = person.get(field["name"])
            if written:
                fill(field, written, pens[field["page"] - 1])
        names = []
        for number, picture in enumerate(pictures, 1):
            names.append(f"{copy}-page-{number}.jpg")
            scan = dict(style["scan"])
            # The second sheet goes through the feeder a little differently.
            scan["angle"] = scan["angle"] * (1 if number == 1 else -0.6)
            scanlook.save_jpeg(scanlook.scanned(picture, zlib.crc32(names[-1].encode()), **scan),
                               folder / names[-1], RESOLUTION)
        truth = {
            "form": {"id": "exempelstad-bistand", "version": 1}, "pages": names,
            "note": "drawn by scripts/forms/draw_exempelstad.py; the people are invented, the numbers are test numbers",
            "fields": {field["name"]: meant(field, person.get(field["name"])) for field in fields},
        }
        (folder / f"{copy}.truth.json").write_text(
            json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

#!/usr/bin/python3
"""Draws a library of form packages to measure with, and one filled page of the size that docs/DESIGN promises for.

  draw_library.py OUT --forms 500

OUT/forms/bench-0000 … are A4 forms of one sender with different layouts; OUT/page.png is bench-0000 filled: 25 text
fields, 40 comb digits in four combs, 20 tick boxes (10 crossed), at 300 dpi; OUT/truth.json says with what.
The same arguments give the same files.
"""
import argparse
import json
import os
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

DPI = 300
SANS = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
WORDS = ("Namn Adress Ort Telefon Arbetsgivare Yrke Inkomst Hyra Bank Barn Skola Vård Läkare Datum Ärende Plats "
         "Orsak Belopp Konto Ombud Språk Kön Ålder Bostad Rum Yta Avtal Period Från Till Övrigt Syfte").split()
VALUES = ("Anna Berg, Storgatan 12, Västerås, 070 123 45 67, Åkeriet i Örebro, undersköterska, tre månader, "
          "Björkvägen 4, Linköping, heltid, söndag, Malmö, vikarie, ja tack, hyresrätt, två rum, Göran Ek, Umeå, "
          "lärare, nattetid, Falun, deltid, Skövde, inget, Nyköping").split(", ")


def mm(value, dpi):
    return round(value * dpi / 25.4)


class Sheet:
    """A page that is drawn in millimetres."""

    def __init__(self, dpi, scale=1):
        self.dpi = dpi
        self.image = Image.new("L", (mm(210, dpi), mm(297, dpi)), 255)
        self.draw = ImageDraw.Draw(self.image)

    def text(self, x, y, text, size, bold=False, fill=20):
        font = ImageFont.truetype(BOLD if bold else SANS, mm(size, self.dpi))
        self.draw.text((mm(x, self.dpi), mm(y, self.dpi)), text, font=font, fill=fill)

    def box(self, x, y, w, h):
        corners = [mm(v, self.dpi) for v in (x, y, x + w, y + h)]
        self.draw.rectangle(corners, outline=60, width=max(1, mm(0.25, self.dpi)))

    def line(self, x, y, w):
        self.draw.line([mm(x, self.dpi), mm(y, self.dpi), mm(x + w, self.dpi), mm(y, self.dpi)], fill=60,
                       width=max(1, mm(0.25, self.dpi)))


def layout(index):
    """Fields of form `index`: the first has the promised page, the others differ in number, order and words."""
    rng = random.Random(index)
    fields, y = [], 40.0
    texts = 25 if index == 0 else rng.randint(8, 24)
    columns = 2 if index == 0 else rng.choice([1, 2, 2, 3])
    width = 170 / columns
    # So many rows fit above the combs and boxes.
    texts = min(texts, 13 * columns) if index == 0 else min(texts, 10 * columns)
    for number in range(texts):
        column = number % columns
        fields.append({"name": f"text{number + 1}", "kind": "text", "label": rng.choice(WORDS),
                       "box": [20 + column * width, y + 3.5, width - 4, 6.5]})
        if column == columns - 1 or number == texts - 1:
            y += 11.5 if index == 0 else rng.uniform(11.0, 15.0)
    combs = 4 if index == 0 else rng.randint(1, 4)
    for number in range(combs):
        cells = 10 if index == 0 else rng.choice([6, 8, 10, 12])
        fields.append({"name": f"comb{number + 1}", "kind": "comb", "type": "digits", "cells": cells,
                       "label": rng.choice(WORDS), "box": [20 + (number % 2) * 85, y + 3.5, cells * 6.0, 7.5]})
        if number % 2 == 1 or number == combs - 1:
            y += 13.5
    boxes = 20 if index == 0 else rng.randint(4, 18)
    per_row = 5 if index == 0 else rng.choice([3, 4, 5])
    for number in range(boxes):
        fields.append({"name": f"box{number + 1}", "kind": "checkbox", "type": "boolean", "label": rng.choice(WORDS),
                       "box": [20 + (number % per_row) * 34, y + 1, 4, 4]})
        if number % per_row == per_row - 1 or number == boxes - 1:
            y += 7.5
    return fields


def blank(index, fields, dpi):
    sheet = Sheet(dpi)
    sheet.text(20, 12, "Exempelstad", 6, bold=True)
    sheet.text(20, 21, f"Blankett {1000 + index}: " + " och ".join(random.Random(index).sample(WORDS, 2)), 4.2)
    sheet.line(20, 30, 170)
    for field in fields:
        x, y, w, h = field["box"]
        if field["kind"] == "checkbox":
            sheet.box(x, y, w, h)
            sheet.text(x + 6, y + 0.3, field["label"], 3)
        else:
            sheet.text(x, y - 3.4, field["label"], 2.6)
            if field["kind"] == "comb":
                for cell in range(field["cells"]):
                    sheet.box(x + cell * w / field["cells"], y, w / field["cells"], h)
            else:
                sheet.line(x, y + h, w)
    sheet.text(20, 288, f"EXS {1000 + index} utgåva 1", 2.4)
    return sheet


def fill(sheet, fields):
    rng = random.Random(7)
    truth = {}
    for number, field in enumerate(fields):
        x, y, w, h = field["box"]
        if field["kind"] == "text":
            truth[field["name"]] = VALUES[number % len(VALUES)]
            sheet.text(x + 1, y + 1.4, truth[field["name"]], 4, fill=35)
        elif field["kind"] == "comb":
            digits = "".join(rng.choice("0123456789") for _ in range(field["cells"]))
            truth[field["name"]] = digits
            for cell, digit in enumerate(digits):
                sheet.text(x + (cell + 0.5) * w / field["cells"] - 1.6, y + 1.1, digit, 5, fill=35)
        else:
            truth[field["name"]] = number % 2 == 0
            if truth[field["name"]]:
                inset = [mm(v, sheet.dpi) for v in (x + 0.7, y + 0.7, x + w - 0.7, y + h - 0.7)]
                stroke = mm(0.45, sheet.dpi)
                sheet.draw.line(inset, fill=35, width=stroke)
                sheet.draw.line([inset[0], inset[3], inset[2], inset[1]], fill=35, width=stroke)
    return truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--forms", type=int, default=500)
    options = parser.parse_args()
    for index in range(options.forms):
        folder = os.path.join(options.out, "forms", f"bench-{index:04}")
        if os.path.exists(os.path.join(folder, "form.json5")):
            continue
        os.makedirs(folder, exist_ok=True)
        fields = layout(index)
        # Drawn like the filled page, so that letters have the same widths; kept at half the size.
        blank(index, fields, DPI).image.reduce(2).save(os.path.join(folder, "page-1.png"), dpi=(150, 150))
        template = {
            "format": "blankett-form/1", "id": f"bench-{index:04}", "version": 1,
            "name": {"sv": f"Mätblankett {index}"},
            "pages": [{"image": "page-1.png", "width": 210, "height": 297}],
            "fields": [{"name": f["name"], "label": {"sv": f["label"]}, "page": 1, "kind": f["kind"],
                        "box": [round(v, 2) for v in f["box"]],
                        **{key: f[key] for key in ("type", "cells") if key in f}} for f in fields],
        }
        with open(os.path.join(folder, "form.json5"), "w", encoding="utf-8") as file:
            json.dump(template, file, ensure_ascii=False)
    fields = layout(0)
    sheet = blank(0, fields, DPI)
    truth = fill(sheet, fields)
    page = sheet.image.rotate(0.6, Image.BICUBIC, fillcolor=250).filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.effect_noise(page.size, 12)
    page = Image.blend(page, noise, 0.04)
    page.save(os.path.join(options.out, "page.png"), dpi=(DPI, DPI))
    with open(os.path.join(options.out, "truth.json"), "w", encoding="utf-8") as file:
        json.dump(truth, file, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Draws a package's boxes over its blank pages, to see whether they sit where the fields are.

usage: scripts/forms/overlay.py PACKAGE OUT        writes OUT/PACKAGE-1.png …
"""
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

import form_file

COLOURS = {"text": "blue", "comb": "purple", "checkbox": "red", "choice": "red", "signature": "green", "table": "teal"}


def parts(field):
    """Every box of a field with its page."""
    if field["kind"] == "choice":
        return [(option["box"], option.get("page", field.get("page", 1))) for option in field["options"]]
    page = field.get("page", 1)
    if "cellBoxes" in field:
        return [(box, page) for box in field["cellBoxes"]]
    x, y, w, h = field["box"]
    if field["kind"] == "comb":
        width = w / field["cells"]
        return [([x + index * width, y, width, h], page) for index in range(field["cells"])]
    return [(field["box"], page)]


def main(package, out):
    package, out = pathlib.Path(package), pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    form = form_file.read(package / "form.json5")
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 11)
    for number, page in enumerate(form["pages"], 1):
        picture = Image.open(package / page["image"]).convert("RGB")
        picture = picture.resize((round(page["width"] * 5), round(page["height"] * 5)), Image.Resampling.LANCZOS)
        draw = ImageDraw.Draw(picture)
        for field in form["fields"]:
            for index, (box, at) in enumerate(parts(field)):
                if at != number:
                    continue
                corners = [box[0] * 5, box[1] * 5, (box[0] + box[2]) * 5, (box[1] + box[3]) * 5]
                draw.rectangle(corners, outline=COLOURS.get(field["kind"], "orange"))
                if index == 0:
                    draw.text((corners[0] + 1, corners[1] - 12), field["name"], font=font, fill="magenta")
        picture.save(out / f"{package.name}-{number}.png")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

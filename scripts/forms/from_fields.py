#!/usr/bin/python3
"""Writes forms/*/form.json5 of the Swedish authorities' forms from the PDFs' own fields.

usage: scripts/forms/from_fields.py

Reads ../shared/data/forms-swedish. The places come from the PDF; a box to mark is moved to its printed frame, because the
frame is what a scan shows. What the fields are called and mean: swedish_forms.py.
"""
import json
import pathlib
import sys

import numpy

import blanks
import form_file
from swedish_forms import FORMS, widget

ROOT = pathlib.Path(__file__).resolve().parents[2]
POINT = 25.4 / 72


def millimetres(rect, height):
    x0, y0, x1, y1 = rect
    return [x0 * POINT, (height - y1) * POINT, (x1 - x0) * POINT, (y1 - y0) * POINT]


def around(boxes):
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return [left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top]


def to_frame(box, page):
    """Moves each side of `box` to the nearest printed line within 1.3 mm; where there is none it stays."""
    scale = blanks.RESOLUTION / 25.4
    reach = round(1.3 * scale)
    x0, y0, x1, y1 = (round(v * scale) for v in (box[0], box[1], box[0] + box[2], box[1] + box[3]))
    inset_x, inset_y = (x1 - x0) // 5, (y1 - y0) // 5

    def line(at, strip):
        """`strip(position)` gives the pixels of a line there. The middle of the dark run that is nearest to `at`."""
        dark = [p for p in range(at - reach, at + reach + 1) if strip(p).mean() < 128]
        if not dark:
            return at
        nearest = min(dark, key=lambda p: abs(p - at))
        run = [nearest]
        for step in (-1, 1):
            while (run[-1] if step > 0 else run[0]) + step in dark:
                run.insert(len(run) if step > 0 else 0, (run[-1] if step > 0 else run[0]) + step)
        return (run[0] + run[-1] + 1) / 2

    left = line(x0, lambda p: page[y0 + inset_y:y1 - inset_y, p])
    right = line(x1, lambda p: page[y0 + inset_y:y1 - inset_y, p])
    top = line(y0, lambda p: page[p, x0 + inset_x:x1 - inset_x])
    bottom = line(y1, lambda p: page[p, x0 + inset_x:x1 - inset_x])
    return [left / scale, top / scale, (right - left) / scale, (bottom - top) / scale]


def rounded(box):
    return [round(v, 2) for v in box]


def field_of(described, widgets, pages, height):
    field = {"name": described["name"], "label": {"sv": described["label"]}, "kind": described["kind"]}
    for key in ("type", "target", "select"):
        if key in described:
            field[key] = described[key]
    if described["kind"] == "choice":
        parts = [widget(option[2], widgets) for option in described["options"]]
        field["page"] = parts[0]["page"]
        field["options"] = [
            {"value": value, "label": {"sv": label},
             "box": rounded(to_frame(millimetres(part["rect_pt"], height), pages[part["page"] - 1]))}
            for (value, label, _), part in zip(described["options"], parts)]
        return field
    parts = [widget(name, widgets) for name in described["widgets"]]
    field["page"] = parts[0]["page"]
    boxes = [millimetres(part["rect_pt"], height) for part in parts]
    box = around(boxes)
    if described["kind"] == "checkbox":
        box = to_frame(box, pages[field["page"] - 1])
    left, top, right, bottom = described.get("grow", (0, 0, 0, 0))
    field["box"] = rounded([box[0] - left, box[1] - top, box[2] + left + right, box[3] + top + bottom])
    if described["kind"] == "comb":
        if len(parts) > 1:
            field["cellBoxes"] = [rounded([b[0] - left, b[1] - top, b[2] + left + right, b[3] + top + bottom])
                                  for b in boxes]
        else:
            field["cells"] = described["cells"]
    # A widget of several lines is set in 9 points: 4.2 mm a line.
    lines = described.get("lines") or (int(box[3] / 4.2) if parts[0].get("multiline") else 1)
    if described["kind"] == "text" and lines > 1:
        field["lines"] = lines
    return field


def main():
    source = blanks.SHARED / "forms-swedish"
    if not source.exists():
        sys.exit("from_fields: ../shared/data/forms-swedish is not here; the committed form.json5 stay as they are")
    for form in FORMS:
        described = json.loads((source / f"{form['pdf']}-blank.fields.json").read_text(encoding="utf-8"))
        width, height = described["media_box_pt"][2:]
        pages = [numpy.asarray(page) for page in blanks.render(source / f"{form['pdf']}-blank.pdf", described)]
        folder = ROOT / "forms" / form["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        fields = [field_of(field, described["fields"], pages, height) for field in form["fields"]]
        form_file.write(folder / "form.json5", {
            "format": "blankett-form/1", "id": form["id"], "version": form["version"], "name": form["name"],
            "pages": [{"image": f"page-{number}.png", "width": round(width * POINT, 2),
                       "height": round(height * POINT, 2)} for number in range(1, described["pages"] + 1)],
            **({"identification": form["identification"]} if "identification" in form else {}),
            "fields": fields,
        }, f"""{form['name']['sv']}.
Written by scripts/forms/from_fields.py; names and meanings are in scripts/forms/swedish_forms.py.
The blank pages are the authority's and not part of the project: scripts/forms/assemble renders them.""")
        print(f"{folder.relative_to(ROOT)}: {len(fields)} fields")


if __name__ == "__main__":
    main()

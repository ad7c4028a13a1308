"""Has blank forms of Swedish authorities taught anew, and compares the fields that are found with the PDFs' own.

usage: scripts/accuracy propose [--blankett PROGRAM] [--out DIR] [--form WORD]… [--condition WORD]… [--all] [--record FILE]

  --blankett PROGRAM  the program to measure (.build/debug/blankett)
  --out DIR           where blanks and packages go (.build/accuracy/propose)
  --form WORD         only forms whose name has WORD in it
  --condition WORD    only these: acroform, pdf, scan, skewed, scanpdf, side, otherside, head
  --few               for a few forms: only that a package is found, not the shares of the promise
  --all               show each field that was missed or is too much
  --record FILE       write the figures there

Conditions: the PDF as it is; the PDF stripped of its form fields; a 300 dpi scan of that; a scan that is turned, noisy, unevenly
lit and a little out of focus; the same as a PDF of pictures, as copiers send it; scans that lie on either side and on their head. A place is found when it covers at least half of the union with the true one. The places of a
choice are its options, those of a comb with cells of its own the cells. "unseen" are true fields where nothing is printed
that shows them: no frame, rule, or label close by that asks for them; they count as missed.

The promise: recall at least 90 %, precision at least 85 %, kind right for 95 % of those found, cell count for 95 %, at most
5 s a page, of one processor; with the PDF's own fields all of them, exactly. Exit 0: kept; 1: not; 2: cannot be measured; 77: no data here.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys

import numpy

import blanks
import form_file
import reading
import scanlook

ROOT = pathlib.Path(__file__).resolve().parents[2]
POINT = 25.4 / 72
FORMS = ["dodsorsaksintyg-blank", "fk7263-blank", "tstrk1007-V0607-blank", "tstrk1007-V06U08-blank"]
CONDITIONS = {"acroform": None, "pdf": None, "scan": {}, "skewed": {"angle": -1.7, "noise": 6, "blur": 1.2, "shade": 12},
              "scanpdf": {"angle": 1.3, "noise": 6, "blur": 1.2, "shade": 12},
              "side": {"angle": 0.4, "noise": 4}, "otherside": {"angle": 0.4, "noise": 4}, "head": {"angle": -0.3, "noise": 4}}
QUARTERS = {"side": 1, "otherside": 3, "head": 2}


# The blanks

def strip(source, target):
    """The same PDF without form fields and other annotations."""
    told = subprocess.run(["qpdf", "--json=2", "--json-stream-data=inline", str(source)], capture_output=True, check=True)
    document = json.loads(told.stdout)
    for entry in document["qpdf"][1].values():
        value = entry.get("value")
        if isinstance(value, dict):
            value.pop("/Annots", None)
            value.pop("/AcroForm", None)
    with open(target.with_suffix(".json"), "w", encoding="utf-8") as file:
        json.dump({"qpdf": document["qpdf"]}, file)
    subprocess.run(["qpdf", "--json-input", str(target.with_suffix(".json")), str(target)], check=True, capture_output=True)


def blank(name, condition, folder):
    """The file to propose from."""
    source = blanks.SHARED / "forms-swedish" / f"{name}.pdf"
    if condition == "acroform":
        return source
    stripped = folder / f"{name}-stripped.pdf"
    if not stripped.exists():
        strip(source, stripped)
    if condition == "pdf":
        return stripped
    look = CONDITIONS[condition]
    pages = [scanlook.scanned(page.convert("RGB"), number, **look).convert("L")
             for number, page in enumerate(blanks.render(stripped), 1)]
    pages = [page.rotate(90 * QUARTERS.get(condition, 0), expand=True) for page in pages]
    if condition == "scanpdf":
        target = folder / f"{name}-{condition}.pdf"
        pages[0].save(target, save_all=True, append_images=pages[1:], resolution=300, quality=85)
        return target
    target = folder / f"{name}-{condition}.tif"
    pages[0].save(target, save_all=True, append_images=pages[1:], dpi=(300, 300), compression="tiff_deflate")
    return target


# The truth

def true_places(name):
    """Page, box in millimetres, kind, cells of each field on paper."""
    described = json.loads((blanks.SHARED / "forms-swedish" / f"{name}.fields.json").read_text(encoding="utf-8"))
    height = described["media_box_pt"][3]
    places = []
    for field in described["fields"]:
        if field["kind"] == "push":
            continue
        x0, y0, x1, y1 = field["rect_pt"]
        kind = "mark" if field["kind"] == "checkbox" else "comb" if field.get("comb") else "text"
        places.append({"name": field["name"], "page": field["page"], "kind": kind,
                       "cells": field["max_len"] if kind == "comb" else None,
                       "box": [x0 * POINT, (height - y1) * POINT, (x1 - x0) * POINT, (y1 - y0) * POINT]})
    return places


def found_places(folder):
    form = form_file.read(folder / "form.json5")
    places = []
    for field in form["fields"]:
        kind = {"checkbox": "mark", "choice": "mark", "comb": "comb"}.get(field["kind"], "text")
        if field["kind"] == "choice":
            boxes = [(option.get("page", field["page"]), option["box"]) for option in field["options"]]
        elif field["kind"] == "table":
            x, y, width, height = field["box"]
            step = height / field["rows"]
            boxes = [(field["page"], [x + column["x"], y + row * step, column["width"], step])
                     for row in range(field["rows"]) for column in field["columns"]]
        else:
            boxes = [(field["page"], box) for box in field.get("cellBoxes", [field["box"]])]
        cells = field.get("cells") if "cellBoxes" not in field else 1
        places += [{"name": field["name"], "page": page, "kind": kind, "cells": cells if kind == "comb" else None, "box": box}
                   for page, box in boxes]
    return places


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(0, width) * max(0, height)
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def is_right_kind(truth, place):
    if truth["kind"] == place["kind"]:
        return True
    # A field of one character is a comb of one cell; a signature is text to a PDF.
    return truth["kind"] == "text" and place["kind"] == "comb" and place["cells"] == 1


def compare(truth, found):
    pairs = sorted(((overlap(t["box"], f["box"]), i, j) for i, t in enumerate(truth) for j, f in enumerate(found)
                    if t["page"] == f["page"]), reverse=True)
    matched, taken = {}, set()
    for share, i, j in pairs:
        if share >= 0.5 and i not in matched and j not in taken:
            matched[i] = j
            taken.add(j)
    combs = [(i, j) for i, j in matched.items() if truth[i]["kind"] == "comb"]
    return {
        "true": len(truth), "found": len(found), "matched": len(matched),
        "kind": sum(is_right_kind(truth[i], found[j]) for i, j in matched.items()),
        "combs": sum(t["kind"] == "comb" for t in truth),
        "cells": sum(found[j]["cells"] == truth[i]["cells"] for i, j in combs),
        "missed": [f"{t['page']} {t['kind']} {t['name']} {rounded(t['box'])}" for i, t in enumerate(truth) if i not in matched],
        "extra": [f"{f['page']} {f['kind']} {f['name']} {rounded(f['box'])}" for j, f in enumerate(found) if j not in taken],
        "wrong-kind": [f"{truth[i]['page']} {truth[i]['name']} {found[j]['name']} {found[j]['kind']} {found[j]['cells']}"
                       for i, j in matched.items() if not is_right_kind(truth[i], found[j])],
        "exact": sum(all(abs(a - b) < 0.02 for a, b in zip(truth[i]["box"], found[j]["box"])) for i, j in matched.items()),
    }


def rounded(box):
    return [round(value, 1) for value in box]


# Measuring

def measure(name, condition, options):
    folder = options.out
    folder.mkdir(parents=True, exist_ok=True)
    source = blank(name, condition, folder)
    package = folder / condition / name
    shutil.rmtree(package, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([options.blankett, "forms", "propose", source, "--id", name.lower(), "--out", package, "--json"],
                         capture_output=True, text=True)
    if run.returncode not in (0, 3):
        sys.exit(f"accuracy propose: {name} {condition}: exit {run.returncode}: {run.stderr.strip()}")
    result = compare(true_places(name), found_places(package / name.lower()))
    told = json.loads(run.stdout) if run.returncode == 0 else {}
    result["seconds"] = [round(value, 2) for value in told.get("seconds", [])]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    result["processorSeconds"] = round(spent / max(1, len(result["seconds"])), 2)
    result["loads"] = run.returncode == 0
    return result


def total(results):
    keys = ["true", "found", "matched", "kind", "combs", "cells", "exact"]
    return {key: sum(result[key] for result in results) for key in keys} | {
        "seconds": [second for result in results for second in result["seconds"]],
        "processorSeconds": max(result["processorSeconds"] for result in results)}


def shares(result):
    return {"recall": result["matched"] / max(1, result["true"]), "precision": result["matched"] / max(1, result["found"]),
            "kind": result["kind"] / max(1, result["matched"]),
            # Where there are no combs nothing is wrong with their cells.
            "cells": result["cells"] / result["combs"] if result["combs"] else 1.0}


def is_kept(condition, result):
    if condition == "acroform":
        return result["exact"] == result["true"] == result["found"]
    share = shares(result)
    return share["recall"] >= 0.9 and share["precision"] >= 0.85 and share["kind"] >= 0.95 and share["cells"] >= 0.95


def line(name, condition, result):
    share = shares(result)
    return (f"{name:26}{condition:10}{result['true']:>6}{result['found']:>7}{share['recall'] * 100:>8.1f}"
            f"{share['precision'] * 100:>11.1f}{share['kind'] * 100:>7.1f}{share['cells'] * 100:>7.1f}{result['exact']:>7}"
            f"{result['processorSeconds']:>8.1f}")


def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--blankett", default=ROOT / ".build/debug/blankett", type=pathlib.Path)
    parser.add_argument("--out", default=ROOT / ".build/accuracy/propose", type=pathlib.Path)
    parser.add_argument("--form", action="append", default=[])
    parser.add_argument("--condition", action="append", default=[])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__)
        return 0
    if not (blanks.SHARED / "forms-swedish").exists():
        print("accuracy propose: ../shared/data/forms-swedish is not here", file=sys.stderr)
        return 77
    if not options.blankett.exists():
        print(f"accuracy propose: {options.blankett} is not there. Build it: swift build", file=sys.stderr)
        return 2
    numpy.seterr(all="raise")
    forms = [name for name in FORMS if not options.form or any(word in name for word in options.form)]
    conditions = [name for name in CONDITIONS if not options.condition or name in options.condition]
    print(f"{'form':26}{'condition':10}{'true':>6}{'found':>7}{'recall':>8}{'precision':>11}{'kind':>7}{'cells':>7}"
          f"{'exact':>7}{'s/page':>8}")
    kept, record = True, []
    for condition in conditions:
        results = []
        for name in forms:
            result = measure(name, condition, options)
            results.append(result)
            print(line(name, condition, result), flush=True)
            for what in ("missed", "extra", "wrong-kind") if options.all else ():
                for place in result[what]:
                    print(f"    {what}: {place}")
            record.append({"form": name, "condition": condition, **{k: v for k, v in result.items() if k not in
                                                                    ("missed", "extra", "wrong-kind")}})
        whole = total(results)
        is_one_kept = is_kept(condition, whole)
        kept = kept and is_one_kept
        print(line("all", condition, whole) + ("" if is_one_kept else "  NOT KEPT"))
        record.append({"form": "all", "condition": condition, **whole, "kept": is_one_kept})
    if options.record:
        reading.record({**reading.origin(), "load": round(os.getloadavg()[2], 1), "results": record}, options.record)
    print("the promise is kept" if kept else "THE PROMISE IS NOT KEPT")
    return 0 if kept else 1

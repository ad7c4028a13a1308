"""Packages of two forms that others published, for measuring: made where they are needed and never committed."""
import xml.etree.ElementTree as ElementTree

import numpy
from PIL import Image

import blanks

DOT = 25.4 / 300


def quexf():
    """queXF's test form (GPL-2.0): its own XML says where each box is, in pixels of a straight 300 dpi page."""
    source = blanks.SHARED / "forms-quexf"
    tree = ElementTree.parse(source / "test_original.xml").getroot()
    scans = blanks.render(source / "test_blank.pdf")
    pages, fields = [], []
    for number, (page, scan) in enumerate(zip(tree.iter("page"), scans), 1):
        pages.append(_straight(page, scan))
        for group in page.iter("boxgroup"):
            fields.append(_quexf_field(group, number))
    form = {"format": "blankett-form/1", "id": "quexf-test", "version": 1, "name": {"en": "queXF test form"},
            "pages": [{"image": f"page-{n}.png", "width": 210, "height": 297} for n in (1, 2)], "fields": fields}
    return "quexf-test", form, pages


def _quexf_field(group, page):
    name, label = group.findtext("varname"), group.findtext("label").strip()
    boxes = []
    for box in group.findall("box"):
        x0, y0, x1, y1 = (int(box.findtext(corner)) for corner in ("tlx", "tly", "brx", "bry"))
        boxes.append(([round(v * DOT, 2) for v in (x0, y0, x1 - x0, y1 - y0)], box))
    field = {"name": name, "label": {"en": label}, "page": page}
    if group.findtext("type") == "1":
        return {**field, "kind": "choice", "select": "one", "correction": "filled-means-undone", "options": [
            {"value": box.findtext("value"), "label": {"en": box.findtext("label")}, "box": place}
            for place, box in boxes]}
    return {**field, "kind": "comb", "writing": "hand-print", "cellBoxes": [place for place, _ in boxes],
            "type": "integer" if name == "B4" else "text"}


def _straight(page, scan):
    """The blank is itself a scan and stands askew: it is laid so that its corner marks are where the XML says."""
    dark = numpy.asarray(scan) < 128

    def mark(x, y):
        # The marks are 20 mm long; the windows keep clear of the scanner's dark edges.
        left, right = (100, 420) if x < 1240 else (2000, 2420)
        top, bottom = (40, 420) if y < 1754 else (2950, 3330)
        part = dark[top:bottom, left:right]
        return (left + int(part.sum(0).argmax()), top + int(part.sum(1).argmax()))
    wanted = [tuple(int(page.findtext(corner + axis)) for axis in "xy") for corner in ("tl", "tr", "bl", "br")]
    equations, results = [], []
    for x, y in wanted:
        seen_x, seen_y = mark(x, y)
        equations += [[x, y, 1, 0, 0, 0, -seen_x * x, -seen_x * y], [0, 0, 0, x, y, 1, -seen_y * x, -seen_y * y]]
        results += [seen_x, seen_y]
    map_to_scan = numpy.linalg.solve(numpy.array(equations, float), numpy.array(results, float))
    return scan.transform((2480, 3508), Image.Transform.PERSPECTIVE, map_to_scan, Image.Resampling.BICUBIC,
                          fillcolor=255)


def tara():
    """A log page of the Tara Ocean Foundation (grp-bork/formHTR, MIT): places read off the template, in hundredths of
    an inch. The template is smaller than A4 and was printed to fill the sheet, so the blank is laid on A4 likewise."""
    source = blanks.SHARED / "forms-formhtr-tara"
    template = blanks.render(source / "template.pdf", mode="colour")[0]
    scale, left, top = 1.0418, 6.0, 6.8
    sheet = Image.new("RGB", (2480, 3508), "white")
    sheet.paste(template.resize([round(side * scale) for side in template.size], Image.Resampling.LANCZOS),
                (round(left / DOT), round(top / DOT)))
    pages = [sheet]

    def box(x, y, w, h):
        return [round(v, 2) for v in (left + x * 0.254 * scale, top + y * 0.254 * scale, w * 0.254 * scale,
                                      h * 0.254 * scale)]

    def text(name, place, **rest):
        return {"name": name, "page": 1, "kind": "text", "writing": "handwriting", "box": box(*place), **rest}

    def circle(x, y):
        return box(x - 10.5, y - 10.5, 21, 21)
    fields = [
        text("year", (179, 105, 59, 31), type="digits"), text("month", (241, 105, 54, 31), type="digits"),
        text("day", (298, 105, 63, 31), type="digits"), text("station", (499, 105, 118, 31), type="digits"),
        text("bathymetry", (194, 173, 143, 25)), text("latitude", (431, 173, 106, 25), type="decimal"),
        text("longitude", (580, 173, 97, 25), type="decimal"), text("start-hour", (222, 216, 41, 26), type="digits"),
        text("start-minute", (265, 216, 42, 26), type="digits"), text("end-hour", (401, 215, 42, 26), type="digits"),
        text("end-minute", (445, 215, 42, 26), type="digits"), text("station-name", (588, 215, 136, 26)),
        text("salinity_1", (121, 330, 98, 69), type="decimal"),
        text("temperature_1", (223, 330, 137, 69), type="decimal"),
        {"name": "turbidity_class_1", "page": 1, "kind": "choice", "select": "one", "options": [
            {"value": str(number), "box": box(434, 341 + 16.5 * (number - 1), 16, 14)} for number in (1, 2, 3)]},
        text("turbidity_fnu_1", (500, 330, 93, 69), lines=3),
        text("fluorescence_1", (596, 330, 139, 69), type="decimal"),
        text("comments", (16, 578, 718, 150), lines=5),
        {"name": "site", "page": 1, "kind": "choice", "select": "one", "options": [
            {"value": "normal", "box": circle(431, 754)}, {"value": "service", "box": circle(582, 754)}]},
        *[{"name": name, "page": 1, "kind": "checkbox", "box": circle(x, y)} for name, x, y in [
            ("rosette", 102, 800), ("a20_omics", 102, 841), ("a20_decknet", 369, 841), ("a40_decknet", 102, 889),
            ("asm", 369, 889), ("net200", 102, 935), ("net680", 369, 935), ("bow_pole", 102, 979),
            ("mercury", 369, 979)]],
    ]
    form = {"format": "blankett-form/1", "id": "tara-log", "version": 1, "name": {"en": "Tara log, metadata"},
            "pages": [{"image": "page-1.png", "width": 210, "height": 297}], "fields": fields}
    return "tara-log", form, pages

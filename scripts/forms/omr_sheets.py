"""Mark sheets that others published without a blank, as form packages: made where they are needed and never committed.

A sheet of OMRChecker (MIT) says in its template.json where its bubbles are once the page is cut out and laid straight.
Of auto-multiple-choice (GPL-2.0-or-later) and zesje (AGPL-3.0) the places were read off the sheets. None has a blank: it
is made from one filled sheet by putting into each box what most boxes of its kind show, and by painting over what was
written or blotted out. So a sheet that a blank was made from is never read as it is: as the photo that it was cut
from, or turned and noisy (`Sheet.is_own`).
"""
import json
import posixpath
import re

import numpy
from PIL import Image, ImageFilter

import blanks
import scanlook

MILLIMETRES = 210
PIXELS = 1654  # 200 dpi
OPTIONS = {"QTYPE_INT": ("0123456789", "vertical"), "QTYPE_MCQ4": ("ABCD", "horizontal"),
           "QTYPE_MCQ5": ("ABCDE", "horizontal"), "QTYPE_MCQ4_RTL": ("DCBA", "horizontal")}


class Grid:
    """Boxes that look alike but for what is printed in them: `rows` of fields with one box for each option."""

    def __init__(self, fields, options, origin, step, gap, size):
        self.fields, self.options = fields, options
        # One place for each field and option, in units of the page.
        self.places = numpy.array([[[origin[0] + step[0] * i + gap[0] * j, origin[1] + step[1] * i + gap[1] * j]
                                    for j in range(len(options))] for i in range(len(fields))], float)
        self.size = size


class Sheet:
    """A filled sheet with what is marked on it."""

    def __init__(self, name, form, picture, truth, is_own=False, is_photo=False, cut=None):
        self.name, self.form, self.picture, self.truth = name, form, picture, truth
        # `cut`: the part of a photo that shows the sheet, as left, top, right and bottom.
        self.is_own, self.is_photo, self.cut = is_own, is_photo, cut

    def pages(self, folder):
        if self.cut or Image.open(self.picture).format not in ("PNG", "JPEG", "TIFF"):
            path = folder / "page-1.png"
            picture = Image.open(self.picture).convert("RGB")
            picture.crop(self.cut or (0, 0, *picture.size)).save(path)
            return [path]
        if not self.is_own or self.is_photo:
            return [self.picture]
        path = folder / "page-1.jpg"
        picture = Image.open(self.picture).convert("RGB")
        picture = picture.resize([round(side * PIXELS / picture.width) for side in picture.size], Image.Resampling.BICUBIC)
        look = scanlook.scanned(picture, 3, angle=1.3, noise=4, blur=0.8, shade=8)
        scanlook.save_jpeg(look, path, 200)
        return [path]


class Source:
    """What a form is made of: a picture, the corners of the page in it, and its grids in units of the page."""

    def __init__(self, key, picture, grids, size, corners=None, erased=(), others=(), loose=0.3):
        self.key, self.picture, self.grids, self.size = key, picture, grids, size
        self.corners, self.erased, self.others, self.loose = corners, erased, others, loose

    @property
    def scale(self):
        return PIXELS / self.size[0]

    def form(self):
        """The template, and its blank."""
        covered = lambda x, y: any(a <= x <= a + w and b <= y <= b + h for a, b, w, h in self.erased)
        self.grids = [grid for grid in self.grids if not covered(*grid.places[0, 0])]
        page = _flat(_straight(Image.open(self.picture).convert("RGB"), self.corners, self.size, self.scale))
        placed = _settle(page, self.grids, self.scale, self.loose)
        for x, y, w, h in self.erased:
            left, top, right, bottom = (round(v * self.scale) for v in (x, y, x + w, y + h))
            page[max(0, top):bottom, max(0, left):right] = 250
        _unmark(page, self.grids, placed, self.scale)
        millimetre = MILLIMETRES / PIXELS
        fields = []
        for grid, places in zip(self.grids, placed):
            width, height = (side * self.scale for side in grid.size)
            for name, row in zip(grid.fields, places):
                fields.append({"name": name, "page": 1, "kind": "choice", "select": "one", "options": [
                    {"value": value, "box": [round(v * millimetre, 2) for v in (x - width / 2, y - height / 2, width, height)]}
                    for value, (x, y) in zip(grid.options, row)]})
        fields += list(self.others)
        form = {"format": "blankett-form/1", "id": self.key, "version": 1, "name": {"en": f"Mark sheet {self.key}"},
                "pages": [{"image": "page-1.png", "width": MILLIMETRES,
                           "height": round(MILLIMETRES * page.shape[0] / page.shape[1], 2)}], "fields": fields}
        return form, [Image.fromarray(page.astype(numpy.uint8))]


# Making a blank

def _straight(picture, corners, size, scale):
    """The page cut out of a picture, its corners named clockwise from the top left; `None` for the whole picture."""
    target = tuple(round(side * scale) for side in size)
    if corners is None:
        return picture.resize(target, Image.Resampling.BICUBIC)
    equations, results = [], []
    for (x, y), (u, v) in zip([(0, 0), (target[0], 0), target, (0, target[1])], corners):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        results += [u, v]
    map_to_picture = numpy.linalg.solve(numpy.array(equations, float), numpy.array(results, float))
    return picture.transform(target, Image.Transform.PERSPECTIVE, map_to_picture, Image.Resampling.BICUBIC)


def _flat(picture):
    """Grey, with the paper's shading taken out."""
    gray = picture.convert("L")
    small = gray.resize([max(1, side // 8) for side in gray.size], Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(15)).filter(ImageFilter.GaussianBlur(8)).resize(gray.size)
    return numpy.clip(numpy.asarray(gray, float) / numpy.maximum(numpy.asarray(paper, float), 40) * 250, 0, 255)


def paper_corners(picture):
    """The corners of the one light sheet on a dark ground."""
    gray = numpy.asarray(picture.convert("L").filter(ImageFilter.MedianFilter(9)), float)
    counts = numpy.histogram(gray, 256, (0, 256))[0] / gray.size
    below, sums = counts.cumsum(), (counts * numpy.arange(256)).cumsum()
    with numpy.errstate(all="ignore"):
        spread = (sums[-1] * below - sums) ** 2 / (below * (1 - below))
    ys, xs = numpy.nonzero(gray > numpy.nanargmax(spread))
    ends = [(xs + ys).argmin(), (xs - ys).argmax(), (xs + ys).argmax(), (xs - ys).argmin()]
    return [(int(xs[end]), int(ys[end])) for end in ends]


def _cut(page, x, y, half):
    left, top = round(x) - half[0], round(y) - half[1]
    return page[max(0, top):top + 2 * half[1], max(0, left):left + 2 * half[0]]


def _parts(page, places, half):
    """What is around each place, as far as it lies wholly on the page."""
    parts = [_cut(page, x, y, half) for x, y in places]
    return [part for part in parts if part.shape == (2 * half[1], 2 * half[0])]


def _half(grid, scale, margin):
    return [max(2, round(side * scale * (0.5 + margin))) for side in grid.size]


def _settle(page, grids, scale, loose):
    """The places of each grid in pixels, moved to where the boxes are printed: templates are laid by hand.

    Every box is looked for with what the boxes of its option show; a grid keeps straight, so a box that was filled over goes
    where its neighbours tell.
    """
    # Small pictures are enough, and much faster.
    factor = max(1, int(min(min(grid.size) for grid in grids) * scale / 14))
    page = numpy.asarray(Image.fromarray(page.astype(numpy.uint8)).reduce(factor), float)
    scale = scale / factor
    settled = [grid.places * scale for grid in grids]
    _centre(page, grids, settled, scale)
    for margin in (0.3, 0.15, 0.15):
        typical = [_typical(page, grids, settled, grid, scale, margin) for grid in grids]
        for grid, places, some in zip(grids, settled, typical):
            _straighten(page, grid, places, some, scale, margin, loose)
    _centre(page, grids, settled, scale)
    return [places * factor for places in settled]


def _centre(page, grids, settled, scale):
    """The frame lies about its middle: moves all boxes with the same options alike, so that what they show does."""
    for options in {tuple(grid.options) for grid in grids}:
        some = [(grid, places) for grid, places in zip(grids, settled) if tuple(grid.options) == options]
        half = _half(some[0][0], scale, 0.08)
        for _ in range(4):
            typical = numpy.median([part for _, places in some for part in _parts(page, places.reshape(-1, 2), half)], axis=0)
            dark = numpy.clip(numpy.percentile(typical, 60) - typical, 0, None)
            if dark.sum() <= 0:
                break
            ys, xs = numpy.indices(dark.shape)
            middle = numpy.array([(xs * dark).sum(), (ys * dark).sum()]) / dark.sum() + 0.5
            for _, places in some:
                places += middle - numpy.array(half)


def _typical(page, grids, settled, grid, scale, margin):
    """For each option of a grid, what most boxes with that option show, all over the page."""
    half = _half(grid, scale, margin)

    def shown(like, option):
        return [part for other, places in zip(grids, settled) if like(other) and _half(other, scale, margin) == half
                for column, value in enumerate(other.options) if option in (None, value)
                for part in _parts(page, places[:, column], half)]
    everything = None
    result = []
    for option in grid.options:
        some = shown(lambda other: other.options == grid.options, option)
        if len(some) < 5:
            # Few fields: all boxes together are alike enough.
            everything = everything or shown(lambda other: True, None)
            some = everything
        result.append(numpy.median(some, axis=0))
    return result


def _straighten(page, grid, places, shown, scale, margin, loose):
    half = _half(grid, scale, margin)
    reach = max(2, round(loose * min(grid.size) * scale))
    steps = numpy.arange(-reach, reach + 1)
    near = 0.2 * (steps[:, None] ** 2 + steps[None, :] ** 2) / reach ** 2
    found = numpy.zeros_like(places)
    for option in range(places.shape[1]):
        typical = shown[option]
        typical = (typical - typical.mean()) / (numpy.linalg.norm(typical - typical.mean()) + 1e-6)
        for row, (x, y) in enumerate(places[:, option]):
            around = _cut(page, x, y, [side + reach for side in half])
            if around.shape != tuple(2 * (side + reach) for side in reversed(half)):
                continue
            windows = numpy.lib.stride_tricks.sliding_window_view(around, typical.shape)
            flat = windows.reshape(*windows.shape[:2], -1)
            flat = flat - flat.mean(-1, keepdims=True)
            scores = flat @ typical.ravel() / (numpy.linalg.norm(flat, axis=-1) + 1e-6) - near
            dy, dx = numpy.unravel_index(scores.argmax(), scores.shape)
            found[row, option] = dx - reach, dy - reach
    rows, columns = numpy.indices(places.shape[:2])
    design = numpy.stack([numpy.ones(rows.size), rows.ravel(), columns.ravel()], 1)
    for axis in (0, 1):
        moved, kept = found[..., axis].ravel(), numpy.ones(rows.size, bool)
        for _ in range(3):
            fit = numpy.linalg.lstsq(design[kept], moved[kept], rcond=None)[0]
            off = numpy.abs(design @ fit - moved)
            kept = off <= max(0.7, numpy.median(off) * 2)
        places[..., axis] += (design @ fit).reshape(places.shape[:2])


def _unmark(page, grids, settled, scale):
    """Puts into each box, and a little around it, what most boxes of its option show."""
    margin = 0.22
    typical = [_typical(page, grids, settled, grid, scale, margin) for grid in grids]
    for grid, places, some in zip(grids, settled, typical):
        for column, shown in enumerate(some):
            for x, y in places[:, column]:
                target = _cut(page, x, y, _half(grid, scale, margin))
                if target.shape == shown.shape:
                    target[...] = shown


# OMRChecker

def _labels(names):
    for name in names:
        span = re.fullmatch(r"(.*?)(\d+)\.\.(\d+)", name)
        if span:
            yield from (f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1))
        else:
            yield name


def _grids(template, bubble, off):
    width, height = template["bubbleDimensions"]
    grids = []
    for block in template["fieldBlocks"].values():
        options, direction = OPTIONS.get(block.get("fieldType")) or (block["bubbleValues"], block["direction"])
        size = block.get("bubbleDimensions", [width, height])
        x, y = block["origin"]
        across, down = (block["bubblesGap"], 0), (0, block["labelsGap"])
        if direction == "vertical":
            across, down = (0, block["bubblesGap"]), (block["labelsGap"], 0)
        grids.append(Grid([name.lower() for name in _labels(block["fieldLabels"])], list(options),
                          (x + size[0] / 2 + off[0], y + size[1] / 2 + off[1]), down, across, bubble))
    return grids


def _truth(template, answers):
    """Field by field; several marks are a list, which no choice of one may give as certain."""
    parts = {name: list(_labels(labels)) for name, labels in template.get("customLabels", {}).items()}
    empty = {label: block.get("emptyValue", "") for block in template["fieldBlocks"].values()
             for label in _labels(block["fieldLabels"])}
    truth = {}
    for name, value in answers.items():
        if name not in parts:
            truth[name.lower()] = list(value) if len(value) > 1 else value or None
            continue
        labels, rest, values = parts[name], value, []
        for label in labels:
            nothing = empty.get(label, "")
            if nothing and rest.startswith(nothing):
                values.append(None)
                rest = rest[len(nothing):]
            elif rest:
                values.append(rest[0])
                rest = rest[1:]
            else:
                values.append(None)
        if rest or (len(value) != len(labels) and value and not any(empty.get(label) for label in labels)):
            # Which column is which cannot be told from the joined text.
            if len([v for v in values if v]) != len(labels):
                continue
        truth |= {label.lower(): found for label, found in zip(labels, values)}
    return truth


OMRCHECKER = blanks.SHARED / "omr-omrchecker"
# All but the answers, where the publishers blotted out the rest.
_ANSWERS_ONLY = [(0, 0, 1800, 880), (0, 880, 430, 1520), (0, 2290, 1800, 110)]
# Photos of which the sheet is less than half.
_CUT = {"sheet1.jpg": (190, 325, 770, 1080)}
# What each copy has of its own, beside the grids: fields by the template's key.
_NUMBERS = {"omr-booklet": [{"name": "sheet-number", "page": 1, "kind": "text", "writing": "print",
                             "box": [203.2, 176.5, 4.8, 33]}]}
# Key, folder of the template, the sheet a blank is made from, the size of its bubbles as printed, its page's corners, what is
# painted over (these in units of the template), and the sheets to read: whether each is a photo.
_CHECKED = [
    ("omr-booklet", "community/Sandeep-1507", "omr-1.png", (19, 19), None,
     [(0, 0, 470, 420), (0, 825, 470, 857), (60, 480, 250, 40), (470, 1440, 719, 242)],
     {"omr-1.png": False, "omr-2.png": False, "omr-3.png": False}),
    ("omr-answers", "community/UPSC-mock", "answer_key.jpg", (26, 26), "paper", [(0, 0, 1800, 430), (0, 2230, 1800, 170)],
     {"answer_key.jpg": True, "scan-angles/angle-1.jpg": True, "scan-angles/angle-2.jpg": True,
      "scan-angles/angle-3.jpg": True, "../../sample3/xeroxed-thin-sheet/grayscale-80-gsm.jpg": True}),
    ("omr-colour", "sample3/colored-thick-sheet", "rgb-100-gsm.jpg", (26, 26), "paper", _ANSWERS_ONLY,
     {"rgb-100-gsm.jpg": True}),
    ("omr-five", "sample2", "AdrianSample/adrian_omr.png", (33, 33), "paper", [],
     {"AdrianSample/adrian_omr.png": True, "AdrianSample/adrian_omr_2.png": True}),
    ("omr-roll", "sample1", "MobileCamera/sheet1.jpg", (40, 40), [(245.8, 421.1), (641.0, 410.1), (672.5, 728.5), (256.3, 753.9)],
     [], {"MobileCamera/sheet1.jpg": True}),
    ("omr-eight", "community/Shamanth", "omr_sheet_01.png", (39, 30), None, [], {"omr_sheet_01.png": False}),
    ("omr-six", "community/Antibodyy", "simple_omr_sheet.jpg", (36, 36), [(71, 59), (194, 59), (194, 211), (71, 211)], [],
     {"simple_omr_sheet.jpg": True}),
]

# Where a look at the sheet says otherwise than the set's own program: the digits are also written above their columns. (Of the
# first, the mark is in the tenth circle, and only a smear of its neighbour in the ninth.) A circle's value is its place.
_SEEN = {
    "omr-booklet-omr-1": {"b6": "9"},
    "omr-booklet-omr-2": {f"b{place}": digit for place, digit in enumerate("0922756", 1)},
    "omr-booklet-omr-3": {f"b{place}": digit for place, digit in enumerate("0462833", 1)},
}
# Where a template lies beside its own sheet.
_OFF = {"omr-eight": (0, -8)}


def _checked():
    truths = json.loads((OMRCHECKER / "truth.json").read_text(encoding="utf-8"))["answers"]
    for key, folder, first, bubble, corners, erased, sheets in _CHECKED:
        template = json.loads((OMRCHECKER / folder / "template.json").read_text(encoding="utf-8"))
        picture = OMRCHECKER / folder / first
        if corners == "paper":
            corners = paper_corners(Image.open(picture).convert("RGB"))
        source = Source(key, picture, _grids(template, bubble, _OFF.get(key, (0, 0))), template["pageDimensions"], corners, erased,
                        _NUMBERS.get(key, ()))
        names = {name: f"{key}-{name.split('/')[-1].split('.')[0]}" for name in sheets}
        yield source, [
            Sheet(names[name], key, OMRCHECKER / folder / name,
                  _truth(template, truths[posixpath.normpath(f"{folder}/{name}")]) | _SEEN.get(names[name], {}), is_own=name == first or "../" in name, is_photo=is_photo, cut=_CUT.get(name.split("/")[-1]))
            for name, is_photo in sheets.items()]


# auto-multiple-choice and zesje: places in pixels of the sheet that the blank is made from

def _number(count, origin, step, gap, size):
    return Grid([f"digit{place}" for place in range(1, count + 1)], list("0123456789"), origin, step, gap, size)


def _crossed():
    folder = blanks.SHARED / "omr-amc"
    for name, values in (("jojo", "5046123"), ("paul", "5132460")):
        picture = folder / "association-export" / f"{name}.jpg"
        truth = json.loads((folder / "association-export/truth.json").read_text(encoding="utf-8"))[f"{name}.jpg"]
        grids = [_number(3, (143.4, 179), (0, 23.7), (31, 0), (16, 16)),
                 Grid(["q1"], list(values), (137, 423), (0, 0), (0, 22.7), (16, 16))]
        meant = {f"digit{place}": digit for place, digit in enumerate(truth["number"], 1)} | {"q1": truth["Q1"]}
        yield Source(f"amc-{name}", picture, grids, (826, 1169), erased=[(470, 240, 218, 66)]), [
            Sheet(f"amc-{name}", f"amc-{name}", picture, meant, is_own=True)]
    picture = folder / "code-scoring" / "4.tif"
    truth = json.loads((folder / "code-scoring/truth.json").read_text(encoding="utf-8"))["4.tif"]
    grids = [_number(4, (246.4, 295.4), (0, 47.1), (63.3, 0), (32, 32))]
    yield Source("amc-code", picture, grids, (1656, 2339)), [
        Sheet("amc-code", "amc-code", picture, {f"digit{place}": digit for place, digit in enumerate(truth["number"], 1)},
              is_own=True)]


def _exam():
    folder = blanks.SHARED / "forms-zesje"
    cover = folder / "scanned_pdfs" / "sample_exam.jpg"
    grids = [_number(7, (112.5, 120), (33.3, 0), (0, 33.3), (20.5, 20.5))]
    nothing = {f"digit{place}": None for place in range(1, 8)}
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    number = truth["studentnumbers/1234323.jpg"]
    sheets = [Sheet(f"zesje-{name}", "zesje-cover", folder / "scanned_pdfs" / f"{name}.jpg", nothing)
              for name in ("shifted", "tilted", "tilted_extreme", "tilted_extreme_2", "messy_three_corners",
                           "missing_two_corners")]
    yield Source("zesje-cover", cover, grids, (1241, 1754)), sheets
    # Another edition, of which there is only the filled sheet.
    picture = folder / "studentnumbers" / "1234323.jpg"
    grids = [_number(7, (293.7, 327), (66.4, 0), (0, 66.4), (41, 41))]
    yield Source("zesje-number", picture, grids, (2480, 3508), erased=[(790, 330, 700, 80), (790, 530, 700, 80)]), [
        Sheet("zesje-number", "zesje-number", picture,
              {f"digit{place}": digit for place, digit in enumerate(number, 1)}, is_own=True)]


def sources():
    """Every form that can be made here, with its sheets."""
    yield from _checked()
    yield from _crossed()
    yield from _exam()

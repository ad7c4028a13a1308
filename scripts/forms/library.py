"""Which form is it? A library of drawn forms with near-identical versions: `scripts/accuracy forms`.

usage: scripts/accuracy forms [--blankett PROGRAM] [--out DIR] [--forms N] [--crowd N] [--pages N] [--seed N] [--record FILE]
                              [--keep]

  --blankett PROGRAM  the program to measure (.build/release/blankett)
  --out DIR           where forms, pages and results go (.build/accuracy/forms)
  --forms N           how many forms, a fifth of them second versions of others that differ in one thing (500)
  --crowd N           so many more forms in the library, of which no page comes: bands of the others' pages in another order (0)
  --pages N           how many filled pages; a tenth are forms that the library has not, a tenth versions (1000)
  --seed N            another seed gives other pages (1)
  --record FILE       write the figures there too (docs/accuracy/forms.json is what the repository keeps)
  --keep              read the pages that an earlier run drew
  --only-right        judge what was found, not how fast

Pages are filled, turned by up to 5 degrees, scaled by up to 3 %, noisy, JPEG of quality 50 and up, every fifth upside down.
Kept: no wrong form or version is accepted, all unknown ones are refused or asked about, 95 % of the known ones are recognised, and
95 of 100 pages are identified and registered within 350 ms. The templates of every second form name the number in its footer. A page
whose picture ends before some of its print is asked about, since what tells its version may stand there; a known one counts as
recognised then. Exit 0: kept; 1: not; 2: cannot be measured.
"""
import collections
import concurrent.futures
import pathlib
import random
import shutil
import sys

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))

import draw_library  # noqa: E402
import form_file  # noqa: E402
import reading  # noqa: E402
import scanlook  # noqa: E402

DPI = 300
# How a version differs from the one before, beside the number in its footer.
CHANGES = ["word", "moved", "added", "removed", "number"]


class Form:
    """Form `index` as version 1, or with one thing changed."""

    def __init__(self, index, version=1, change=None):
        self.index, self.version, self.change = index, version, change
        self.fields = draw_library.layout(index)
        if change:
            getattr(self, f"_{change}")(random.Random(1000 * version + index))

    @property
    def key(self):
        return f"bench-{self.index:04}", self.version

    @property
    def is_numbered(self):
        """Whether its template names the number in its footer."""
        return self.index % 2 == 0

    @property
    def number(self):
        return f"EXS {1000 + self.index} utgåva {self.version}"

    def blank(self):
        sheet = draw_library.blank(self.index, self.fields, DPI)
        if self.version != 1:
            # The footer's number stands in every version.
            sheet.draw.rectangle([0, draw_library.mm(287, DPI), sheet.image.width, sheet.image.height], fill=255)
            sheet.text(20, 288, self.number, 2.4)
        return sheet

    def write(self, folder):
        numbered = {"identification": {"text": self.number}} if self.is_numbered else {}
        self.write_package(folder, self.blank().image.reduce(2), self.key[0], numbered)

    def write_package(self, folder, page, name, numbered):
        folder.mkdir(parents=True)
        page.save(folder / "page-1.png", dpi=(DPI // 2, DPI // 2))
        # Only where they are matters: what is measured comes before reading.
        form_file.write(folder / "form.json5", {
            "format": "blankett-form/1", "id": name, "version": self.version,
            "name": {"sv": f"Mätblankett {self.index}"},
            "pages": [{"image": "page-1.png", "width": 210, "height": 297}], **numbered,
            "fields": [{"name": field["name"], "label": {"sv": field["label"]}, "page": 1, "kind": "image",
                        "box": [round(side, 2) for side in field["box"]]} for field in self.fields],
        }, "Made by scripts/accuracy forms.")

    def write_stranger(self, folder, number):
        """A form of the same sender that differs in its layout: this one's page, its middle cut into bands that change places."""
        chance = random.Random(number)
        own = self.blank().image.reduce(2)
        page = own.copy()
        top, bottom = page.height // 8, page.height * 15 // 16
        # Where only white bands changed places, it is the same form.
        while numpy.count_nonzero(numpy.asarray(page) != numpy.asarray(own)) < 10_000:
            cuts = [top] + sorted(chance.sample(range(top + 40, bottom - 40), 5)) + [bottom]
            bands = [own.crop((0, start, page.width, end)) for start, end in zip(cuts, cuts[1:])]
            chance.shuffle(bands)
            y = top
            for band in bands:
                page.paste(band, (0, y))
                y += band.height
        self.write_package(folder, page, f"crowd-{number:04}", {})

    def _word(self, chance):
        field = chance.choice(self.fields)
        field["label"] = chance.choice([word for word in draw_library.WORDS if word != field["label"]])

    def _moved(self, chance):
        chance.choice(self.fields)["box"][0] += chance.choice([-4, 4])

    def _added(self, chance):
        self.fields.append({"name": "added", "kind": "text", "label": chance.choice(draw_library.WORDS),
                            "box": [130, 18, 60, 6.5]})

    def _removed(self, chance):
        self.fields.pop()

    def _number(self, chance):
        pass


def filled(form, chance):
    """A page with most of its fields filled, as text, crosses and digits."""
    sheet = form.blank()
    wanted = [field for field in form.fields if chance.random() < 0.8]
    chance.shuffle(wanted)
    draw_library.fill(sheet, wanted)
    return sheet.image


def draw(work):
    """One page as a scanner would give it."""
    path, form, seed = work
    chance = random.Random(seed)
    page = filled(form, chance)
    resolution = chance.choice([150, 200, 200, 200, 300])
    if resolution != DPI:
        page = page.resize([round(side * resolution / DPI) for side in page.size], draw_library.Image.Resampling.BOX)
    angle = chance.uniform(-5, 5) + (180 if chance.random() < 0.2 else 0)
    seen = scanlook.scanned(page.convert("RGB"), seed, angle=angle, scale=chance.uniform(0.97, 1.03),
                            shift=(chance.uniform(-10, 10), chance.uniform(-10, 10)), blur=chance.uniform(0.4, 1.0),
                            noise=chance.uniform(1, 6), shade=chance.uniform(3, 10))
    scanlook.save_jpeg(seen, path, resolution, chance.choice([50, 50, 65, 80]))


def library(count):
    """Version 1 of most, and for each fifth form in the library a second version of an earlier one."""
    seconds = count // 5
    firsts = [Form(index) for index in range(count - seconds)]
    return firsts, [Form(index, 2, CHANGES[index % len(CHANGES)]) for index in range(seconds)]


def meant_pages(options, firsts, seconds):
    """What each page is, and what may be said of it: pairs of a form and of the kind it is counted under."""
    chance = random.Random(options.seed)
    strangers = [Form(10000 + number) for number in range(options.pages // 10)]
    versions = [Form(first.index, 3, CHANGES[number % len(CHANGES)]) for number, first in enumerate(
        chance.sample(firsts, min(len(firsts), options.pages // 10)))]
    pages = [(form, "unknown form") for form in strangers] + [
        (form, f"unknown version{', numbered' if form.is_numbered else ''}: {form.change}") for form in versions]
    twins = {form.index for form in seconds}
    while len(pages) < options.pages:
        form = chance.choice(seconds if chance.random() < 0.4 else firsts)
        if form.version == 2:
            kind = f"second version: {form.change}"
        else:
            kind = "has a second version" if form.index in twins else "only version"
        pages.append((form, kind))
    chance.shuffle(pages)
    return pages


def rank(values, share):
    """What `share` of the values do not exceed, rounded."""
    values = sorted(values)
    return round(values[min(len(values) - 1, int(share * len(values)))]) if values else 0


def main(arguments):
    parser = reading.parser(__doc__, "forms", pages=1000)
    parser.add_argument("--forms", type=int, default=500)
    parser.add_argument("--crowd", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--only-right", action="store_true")
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__)
        return 0
    if not reading.is_there(options.blankett):
        return 2

    firsts, seconds = library(options.forms)
    pages = meant_pages(options, firsts, seconds)
    paths = [options.out / f"page-{number:04}.jpg" for number in range(1, len(pages) + 1)]
    if not options.keep:
        shutil.rmtree(options.out, ignore_errors=True)
        options.out.mkdir(parents=True)
        with concurrent.futures.ProcessPoolExecutor() as pool:
            folders = [options.out / "library" / f"{form.key[0]}-{form.version}" for form in firsts + seconds]
            list(pool.map(Form.write, firsts + seconds, folders, chunksize=10))
            crowd = range(options.crowd)
            list(pool.map(Form.write_stranger, [firsts[number % len(firsts)] for number in crowd],
                          [options.out / "library" / f"crowd-{number:04}" for number in crowd], crowd, chunksize=10))
            work = [(path, form, options.seed * 100_000 + number)
                    for number, (path, (form, _)) in enumerate(zip(paths, pages))]
            for done, _ in enumerate(pool.map(draw, work, chunksize=4), 1):
                if done % 50 == 0:
                    print(f"drawn {done} of {len(pages)} pages", file=sys.stderr)

    documents, cost = reading.read(options.blankett, options.out / "library", paths, timeout=7200)
    documents = reading.by_page(documents)
    counts = collections.defaultdict(collections.Counter)
    spent, spent_unknown, wrong, refused = [], [], [], []
    for path, (form, kind) in zip(paths, pages):
        document = documents.get(path.name) or {}
        # A refusal may name the form that it comes near to.
        said = None if document.get("outcome", "").startswith("unknown") else document.get("form")
        found = (said["id"], said["version"]) if said else None
        # A page whose printed number is not on the picture, or that has other print, is not passed: a person is asked about it.
        is_asked = found and any("is of this version" in reason for reason in document.get("reasons", []))
        outcome = "refused" if found is None else "asked" if is_asked else "right" if found == form.key else "wrong"
        counts[kind][outcome] += 1
        is_known = not kind.startswith("unknown")
        remark = f"{path.name}: is {form.key[0]} version {form.version} ({kind}), "
        if outcome == "wrong":
            wrong.append(f"{remark}taken for {found[0]} version {found[1]}")
        elif outcome == "refused" and is_known:
            refused.append(f"{remark}called {document.get('outcome', 'nothing')}")
        times = document.get("milliseconds") or {}
        (spent if is_known else spent_unknown).append(times.get("identify", 0) + times.get("register", 0))
    known = [counts[kind] for kind in counts if not kind.startswith("unknown")]
    recognised = sum(count["right"] + count["asked"] for count in known) / max(1, sum(map(sum, (count.values() for count in known))))
    is_fast = options.only_right or rank(spent, 0.95) <= 350
    is_kept = not wrong and recognised >= 0.95 and is_fast

    print(f"{'pages':34} {'all':>6} {'right':>6} {'asked':>6} {'refused':>8} {'wrong':>6}")
    for kind in sorted(counts):
        count = counts[kind]
        print(f"{kind:34} {sum(count.values()):6} {count['right']:6} {count['asked']:6} {count['refused']:8} {count['wrong']:6}")
    for line in wrong + refused:
        print(f"  {line}")
    print(f"known forms recognised: {recognised:.1%}; identify + register: median {rank(spent, 0.5)} ms, p95 "
          f"{rank(spent, 0.95)} ms (promised 350); unknown ones: median {rank(spent_unknown, 0.5)} ms, p95 "
          f"{rank(spent_unknown, 0.95)} ms; {cost.seconds:.0f} s for {len(pages)} pages; memory of a worker {cost.memory} MB "
          "(promised 350)")
    reading.record({
        **reading.origin(), "forms": options.forms, "crowd": options.crowd, "pages": len(pages), "seed": options.seed,
        "kinds": {kind: dict(sorted(counts[kind].items())) for kind in sorted(counts)}, "wrong": wrong,
        "recognised": round(recognised, 4), "millisecondsMedian": rank(spent, 0.5),
        "milliseconds95": rank(spent, 0.95), "unknownMillisecondsMedian": rank(spent_unknown, 0.5),
        "unknownMilliseconds95": rank(spent_unknown, 0.95), "workerMemory": cost.memory, "isKept": is_kept}, options.record)
    print("kept" if is_kept else "NOT KEPT")
    return 0 if is_kept else 1

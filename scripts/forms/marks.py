"""Mark sheets that others published, read and counted box by box: `scripts/accuracy marks`.

usage: scripts/accuracy marks [--blankett PROGRAM] [--out DIR] [--set WORD]… [--keep] [--record FILE] [--all]

  --blankett PROGRAM  the program to measure (.build/release/blankett)
  --out DIR           where forms, pages and results go (.build/accuracy/marks)
  --set WORD          only the sheets whose name has WORD in it
  --keep              use the forms that an earlier run made
  --record FILE       write the figures there too (docs/accuracy/marks.json is what the repository keeps)
  --all               show every field that was not read right, not only the first few

The library holds all the sheets' forms, so each page must also be recognised. A box is wrong when it is said with certainty to be
marked and is not, or the other way round; it is asked when its field is, or when its page was not read. Of a field with
several marks, which a choice of one is not allowed to have, every certain value is wrong. Blank pages and sheets of another
kind must not be read. Kept: in each set at most 0.5 % of the boxes are wrong, every sheet with such a field is asked and
no page that is none of the sheets is read. Exit 0: kept; 1: not; 2: cannot be measured; 77: ../shared/data is not here.
"""
import collections
import shutil

import blanks
import form_file
import mark_sheets
import omr_sheets
import reading

# Sets by the beginning of their sheets' names.
SETS = {"omr-omrchecker": "omr-", "omr-open-mcr": "mcr-", "omr-amc": "amc-", "forms-zesje": "zesje-"}


def strangers():
    """Pages that must not be read, and what each is."""
    zesje = blanks.SHARED / "forms-zesje"
    yield "zesje-blank", zesje / "scanned_pdfs" / "blank.jpg"
    yield "zesje-exercise", zesje / "blanks" / "student_aligned.jpg"
    for folder in ("75q-core-1", "75q-core-2-part", "150q-core"):
        known = {sheet.picture for sheet in mark_sheets.truths()}
        for picture in sorted((mark_sheets.SOURCE / folder / "input").glob("*.*")):
            if picture not in known:
                yield f"mcr-other-{picture.stem}", picture


def assemble(out):
    """All forms, and all sheets by form."""
    sheets = list(mark_sheets.truths())
    for key, form, _, render in mark_sheets.forms():
        write(out / key, form, render)
    for source, own in omr_sheets.sources():
        sheets += own
        if not (out / source.key / "page-1.png").exists():
            form, pages = source.form()
            write(out / source.key, form, lambda pages=pages: pages)
    return sheets


def write(folder, form, render):
    if (folder / "page-1.png").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    form_file.write(folder / "form.json5", form, "Made by scripts/accuracy marks from ../shared/data.")
    for page in render():
        dpi = page.width / form["pages"][0]["width"] * 25.4
        page.save(folder / "page-1.png", dpi=(dpi, dpi))


class Count:
    """Of one set."""

    def __init__(self):
        self.sheets = self.read = self.boxes = self.marked = self.false = self.missed = self.asked = 0
        self.several = self.severalTaken = 0
        self.remarks = []

    @property
    def share(self):
        return (self.false + self.missed) / max(1, self.boxes)

    def take(self, sheet, template, document):
        """Adds a sheet, and gives whether it was asked where it had to be."""
        fields = {field["name"]: field for field in (document or {}).get("fields", [])}
        is_read = bool(document) and (document.get("form") or {}).get("id") == sheet.form and fields
        self.sheets += 1
        self.read += bool(is_read)
        if not is_read:
            outcome = (document or {}).get("outcome", "nothing")
            self.remarks.append(f"{sheet.name}: {outcome} {' '.join((document or {}).get('reasons') or [])}")
        for field in template["fields"]:
            if field["name"] not in sheet.truth:
                continue
            truth = sheet.truth[field["name"]]
            meant = set(truth if isinstance(truth, list) else [truth] if truth else [])
            values = [option["value"] for option in field["options"]]
            self.boxes += len(values)
            self.marked += len(meant)
            found = fields.get(field["name"]) if is_read else None
            self.several += len(meant) > 1
            if found is None or found["status"] in ("uncertain", "unreadable"):
                self.asked += len(values)
                continue
            said = {found["value"]} if found.get("value") is not None else set()
            if len(meant) > 1:
                self.severalTaken += 1
            self.false += len(said - meant)
            self.missed += len(meant - said)
            if said != meant:
                self.remarks.append(f"{sheet.name} {field['name']}: is {sorted(meant)}, got {sorted(said)}")

    def figures(self):
        return {key: value for key, value in vars(self).items() if key != "remarks"} | {
            "errorShare": round(self.share, 5), "askedShare": round(self.asked / max(1, self.boxes), 4)}


def main(arguments):
    parser = reading.parser(__doc__, "marks", pages=0)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__)
        return 0
    if not blanks.SHARED.exists():
        print("accuracy: ../shared/data is not here")
        return 77
    if not reading.is_there(options.blankett):
        return 2
    library, pages = options.out / "library", options.out / "pages"
    if not options.keep:
        shutil.rmtree(options.out, ignore_errors=True)
    sheets = [sheet for sheet in assemble(library) if not options.set or any(word in sheet.name for word in options.set)]
    templates = {path.parent.name: form_file.read(path) for path in library.glob("*/form.json5")}
    paths = {}
    for sheet in sheets:
        (pages / sheet.name).mkdir(parents=True, exist_ok=True)
        picture = sheet.pages(pages / sheet.name)[0]
        # By the sheet's name: several sets have the same file names.
        paths[sheet.name] = pages / f"{sheet.name}{picture.suffix}"
        shutil.copy(picture, paths[sheet.name])
    others = []
    for name, picture in strangers():
        if not options.set or any(word in name for word in options.set):
            shutil.copy(picture, pages / f"{name}{picture.suffix}")
            others.append(pages / f"{name}{picture.suffix}")
    documents, cost = reading.read(options.blankett, library, [*paths.values(), *others])
    documents = reading.by_page(documents)

    counts = collections.OrderedDict((name, Count()) for name in SETS)
    for sheet in sheets:
        count = next(counts[name] for name, prefix in SETS.items() if sheet.name.startswith(prefix))
        count.take(sheet, templates[sheet.form], documents.get(paths[sheet.name].name))
    taken = [f"{path.name}: read as {documents[path.name]['form']['id']}" for path in others
             if documents.get(path.name, {}).get("outcome") in ("read", "needs-review")]
    print(f"{'set':18}{'sheets':>8}{'read':>6}{'boxes':>8}{'marked':>8}{'false':>7}{'missed':>8}{'wrong %':>9}{'asked %':>9}"
          f"{'several':>9}{'taken':>7}")
    is_kept = not taken
    for name, count in counts.items():
        if not count.sheets:
            continue
        is_kept = is_kept and count.share <= 0.005 and count.severalTaken == 0
        print(f"{name:18}{count.sheets:8}{count.read:6}{count.boxes:8}{count.marked:8}{count.false:7}{count.missed:8}"
              f"{count.share * 100:9.3f}{count.asked / count.boxes * 100:9.2f}{count.several:9}{count.severalTaken:7}")
        for remark in count.remarks if options.all else count.remarks[:8]:
            print(f"    {remark}")
    print(f"pages that are none of the sheets: {len(others)}, taken for one: {len(taken)}; {cost.seconds:.1f} s in all")
    for line in taken:
        print(f"    {line}")
    reading.record({**reading.origin(), "sets": {name: count.figures() for name, count in counts.items()},
                    "strangers": len(others), "strangersTaken": taken, "isKept": is_kept}, options.record,
                   options.out / "marks.json")
    print("kept" if is_kept else "NOT KEPT")
    return 0 if is_kept else 1

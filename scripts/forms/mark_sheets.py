"""Mark sheets that others published, as form packages and sets: made where they are needed and never committed."""
import csv
import re
import subprocess

import blanks
import omr_sheets

POINT = 25.4 / 72
# The circles are 7.9 points wide, and stand 15 points apart.
CIRCLE = 8.6
SOURCE = blanks.SHARED / "omr-open-mcr"
# By the sheet's name: how many questions, how many are answered at most, and the columns of its grids, from left to right.
GRIDS = {
    75: [("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 12), ("first", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 6),
         ("middle", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2), ("student", "0123456789", 10), ("course", "0123456789", 10)],
    150: [("course", "0123456789", 10), ("student", "0123456789", 10)],
}
COLUMNS = {"last": "Last Name", "first": "First Name", "middle": "Middle Name", "student": "Student ID",
           "course": "Course ID"}


def words(pdf):
    """The single characters of a page with their middles in points, top down; and the question numbers."""
    text = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', text)
    return [((float(x0) + float(x1)) / 2, (float(y0) + float(y1)) / 2, word) for x0, y0, x1, y1, word in found]


def box(x, y):
    return [round((v - CIRCLE / 2) * POINT, 2) for v in (x, y)] + [round(CIRCLE * POINT, 2)] * 2


def choice(name, circles):
    return {"name": name, "page": 1, "kind": "choice", "select": "one",
            "options": [{"value": value, "box": box(x, y)} for x, y, value in circles]}


def open_mcr(questions):
    """A sheet of open-mcr (GPL-3.0): its PDF says where each letter stands, and around each is its circle."""
    pdf = SOURCE / f"blank_{questions}q.pdf"
    found = words(pdf)
    letters = [word for word in found if len(word[2]) == 1]
    fields = []
    for x, y, word in found:
        if re.fullmatch(r"\d+\.", word):
            row = sorted(letter for letter in letters if 0 < letter[0] - x < 95 and abs(letter[1] - y) < 4)[:5]
            assert [letter[2] for letter in row] == list("ABCDE"), (word, row)
            fields.append(choice("q" + word[:-1], row))
    fields.sort(key=lambda field: int(field["name"][1:]))
    # What is left are the grids: columns of one alphabet from its first character down.
    heads = {alphabet: sorted(((round(y / 100), x, y) for x, y, word in letters if word == alphabet[0]
                               and any(w == alphabet[2] and abs(x - a) < 2 and abs(b - y - 30) < 3
                                       for a, b, w in letters)))
             for _, alphabet, _ in GRIDS[questions]}
    for name, alphabet, count in GRIDS[questions]:
        columns, heads[alphabet] = heads[alphabet][:count], heads[alphabet][count:]
        assert len(columns) == count, (name, len(columns))
        for number, (_, x, y) in enumerate(columns, 1):
            column = [(x, y + 15 * place, value) for place, value in enumerate(alphabet)]
            fields.append(choice(f"{name}_{number}", column))
    key = f"mcr-{questions}"
    form = {"format": "blankett-form/1", "id": key, "version": 1, "name": {"en": f"Mark sheet, {questions} questions"},
            "pages": [{"image": "page-1.png", "width": 215.9, "height": 279.4}], "fields": fields}
    # A thousand circles take pdftoppm a minute.
    return key, form, pdf, lambda: blanks.render(pdf, program="pdftocairo")


def forms():
    """Of every sheet with a blank: its folder, its form, where its blank comes from, and what renders that."""
    for questions in GRIDS:
        yield open_mcr(questions)


def truths():
    """Every filled sheet of open-mcr."""
    for folder, questions in [("75q-core-1/output", 75), ("75q-core-2-part", 75), ("150q-core/output", 150)]:
        for file in [SOURCE / folder / key for key in ("results.csv", "keys.csv")]:
            if not file.exists():
                continue
            with open(file, encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    picture = next(SOURCE.glob(f"{folder.split('/')[0]}/input/{row.get('Source File')}"), None)
                    if picture:
                        yield omr_sheets.Sheet(f"mcr-{folder.split('/')[0]}-{picture.stem}", f"mcr-{questions}",
                                               picture, marks(row, questions))


def marks(row, questions):
    truth = {f"q{number}": row.get(f"Q{number}") or None for number in range(1, questions + 1)}
    for name, _, count in GRIDS[questions]:
        if COLUMNS[name] not in row:
            # An answer key says nothing of them; it is told by its number of nothing but nines.
            continue
        text = row.get(COLUMNS[name]) or ""
        truth |= {f"{name}_{number}": text[number - 1:number].strip() or None for number in range(1, count + 1)}
    return truth

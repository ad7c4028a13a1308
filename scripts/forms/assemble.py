#!/usr/bin/python3
"""Puts all form packages that can be had here together in one folder, ready for `blankett read --forms`.

usage: scripts/forms/assemble.py [OUT]             OUT is .build/forms when it is not said

Our own form is complete in forms/. The others' blank pages are not part of the project: they are rendered from
../shared/data where that is there, else only our own form is put there. What is there already is not made again.
"""
import json
import pathlib
import shutil
import sys

import blanks
import form_file

ROOT = pathlib.Path(__file__).resolve().parents[2]


def is_newer(made, *sources):
    return made.exists() and all(made.stat().st_mtime >= source.stat().st_mtime for source in sources)


def copy(package, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in package.iterdir():
        if path.is_file() and path.name != "README.md":
            shutil.copy2(path, folder / path.name)


def save(pages, folder):
    for number, page in enumerate(pages, 1):
        page.save(folder / f"page-{number}.png", dpi=(blanks.RESOLUTION, blanks.RESOLUTION))


def write(folder, form):
    folder.mkdir(exist_ok=True)
    form_file.write(folder / "form.json5", form, "Made by scripts/forms/assemble.py from ../shared/data.")
    return folder


def swedish(out):
    from swedish_forms import FORMS
    source = blanks.SHARED / "forms-swedish"
    for form in FORMS:
        package, folder = ROOT / "forms" / form["folder"], out / form["folder"]
        pdf = source / f"{form['pdf']}-blank.pdf"
        copy(package, folder)
        described = json.loads((source / f"{form['pdf']}-blank.fields.json").read_text(encoding="utf-8"))
        if not is_newer(folder / f"page-{described['pages']}.png", pdf):
            save(blanks.render(pdf, described), folder)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    copy(ROOT / "forms" / "exempelstad-bistand", out / "exempelstad-bistand")
    if blanks.SHARED.exists():
        import foreign_forms
        import mark_sheets
        swedish(out)
        for folder, form, pages in (foreign_forms.quexf(), foreign_forms.tara()):
            save(pages, write(out / folder, form))
        for folder, form, pdf, render in mark_sheets.forms():
            folder = write(out / folder, form)
            if not is_newer(folder / "page-1.png", pdf):
                save(render(), folder)
    else:
        print("assemble: ../shared/data is not here: only our own form is put there", file=sys.stderr)
    print(f"{out}: " + ", ".join(sorted(path.parent.name for path in out.glob("*/form.json5"))))


if __name__ == "__main__":
    if len(sys.argv) > 2 or sys.argv[1:2] in (["-h"], ["--help"]):
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else ROOT / ".build" / "forms")

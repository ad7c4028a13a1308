#!/usr/bin/python3
"""Draws our own paper: Exempelstad's application in two blank pages, its package, and filled copies.

usage: scripts/forms/draw_exempelstad.py [--blank] [--samples]      (both when nothing is said)

The same pictures come out each time. Needs python3-pil, python3-numpy, python3-qrcode and the fonts of scripts/setup.
"""
import pathlib
import sys

import exempelstad_layout as layout
import form_file

PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "forms" / "exempelstad-bistand"
REMARK = """Exempelstad's application for financial support: the form of the demo and of the tests.
Written by scripts/forms/draw_exempelstad.py from what it draws; change it there.
Lengths are millimetres from the page's top left corner: [x, y, width, height]."""

RULES = [
    {"rule": "order", "fields": ["period-fran", "period-till"],
     "message": {"sv": "Perioden slutar innan den börjar.", "en": "The period ends before it begins."}},
    {"rule": "sum", "parts": ["inkomst-lon", "inkomst-ersattning", "inkomst-bidrag"], "total": "inkomst-summa",
     "message": {"sv": "Inkomsterna ger inte summan.", "en": "The incomes do not add up to the total."}},
    {"rule": "sum", "parts": ["utgift-el", "utgift-forsakring", "utgift-resor"], "total": "utgift-summa",
     "message": {"sv": "Utgifterna ger inte summan.", "en": "The expenses do not add up to the total."}},
    {"rule": "requires", "field": "medsokande", "values": ["ja"], "then": ["medsokande-personnummer"],
     "message": {"sv": "Medsökandes personnummer saknas.", "en": "The co-applicant's personal number is missing."}},
    {"rule": "any-of", "fields": ["telefon", "epost", "gatuadress"],
     "message": {"sv": "Det finns inget sätt att nå den sökande.", "en": "There is no way to reach the applicant."}},
]


def draw_blank():
    pictures, fields = layout.pages()
    for number, picture in enumerate(pictures, 1):
        # Few colours are enough for print, and keep the file small.
        picture.quantize(48, dither=0).save(PACKAGE / f"page-{number}.png", optimize=True,
                                            dpi=(layout.RESOLUTION, layout.RESOLUTION))
    form_file.write(PACKAGE / "form.json5", {
        "format": "blankett-form/1", "id": "exempelstad-bistand", "version": 1,
        "name": {"sv": "Ansökan om ekonomiskt bistånd", "en": "Application for financial support"},
        "pages": [{"image": f"page-{number}.png", "width": layout.WIDTH, "height": layout.HEIGHT}
                  for number in (1, 2)],
        "identification": {"text": layout.NUMBER, "barcode": "^EXS1042-1/[12]$"},
        "errorTarget": 0.005,
        "fields": fields,
        "rules": RULES,
        "output": {"schema": "output.schema.json", "constants": {"/channel": "PAPER", "/formNumber": "EXS1042-1"}},
    }, REMARK)


def main(arguments):
    known = {"--blank", "--samples"}
    if not set(arguments) <= known:
        sys.exit(__doc__)
    PACKAGE.mkdir(parents=True, exist_ok=True)
    if not arguments or "--blank" in arguments:
        draw_blank()
    if not arguments or "--samples" in arguments:
        import exempelstad_samples
        exempelstad_samples.draw(PACKAGE / "samples")


if __name__ == "__main__":
    main(sys.argv[1:])

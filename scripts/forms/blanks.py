"""Renders the blank pages of PDFs that are not part of the project."""
import pathlib
import subprocess
import tempfile

from PIL import Image, ImageDraw

RESOLUTION = 300
SHARED = pathlib.Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def render(pdf, fields=None, resolution=RESOLUTION, mode="gray", program="pdftoppm"):
    """All pages as pictures. `fields` is the PDF's fields.json: buttons that only a screen shows are painted over."""
    with tempfile.TemporaryDirectory() as folder:
        # poppler complains of fonts that the PDF does not bring; the pages are whole all the same.
        command = [program, "-r", str(resolution), "-png", *(["-gray"] if mode == "gray" else []), str(pdf),
                   f"{folder}/page"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        pages = [Image.open(path).convert("L" if mode == "gray" else "RGB")
                 for path in sorted(pathlib.Path(folder).glob("page-*.png"))]
    scale = resolution / 72
    for button in (fields or {}).get("fields", []):
        if button["kind"] == "push":
            page = pages[button["page"] - 1]
            x0, y0, x1, y1 = button["rect_pt"]
            height = fields["media_box_pt"][3]
            ImageDraw.Draw(page).rectangle(
                [x0 * scale - 4, (height - y1) * scale - 4, x1 * scale + 4, (height - y0) * scale + 4], fill="white")
    return pages

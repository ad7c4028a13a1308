"""Where the characters come from: real digits, and fonts for what nobody has written for us.

Real digits are divided by their order in the files, since neither file names its writers: both were collected writer by
writer or class by class, so a stretch at the end shares fewer writers with the rest than a random part would.
"""
import gzip
import pathlib

import numpy
from PIL import Image, ImageDraw, ImageFont

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data" / "digits"
FONTS = pathlib.Path("/usr/share/fonts")

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ"
# The order of the network's answers; empty and struck out have no character.
CLASSES = [*"0123456789", *LETTERS, "empty", "struck"]
EMPTY, STRUCK = CLASSES.index("empty"), CLASSES.index("struck")

# Handwriting counts more than print, which is easy.
HANDS = ["truetype/femkeklaver/femkeklaver.ttf", "truetype/sjfonts/Delphine.ttf", "truetype/sjfonts/SteveHand.ttf",
         "truetype/kristi/Kristi.ttf", "truetype/tlwg/Purisa.ttf", "truetype/tlwg/Purisa-BoldOblique.ttf",
         "truetype/kiloji/kiloji.ttf", "truetype/seto/setofont.ttf",
         "truetype/yusei-magic/YuseiMagic-Regular.ttf", "opentype/comic-neue/ComicNeue-Regular.otf",
         "opentype/comic-neue/ComicNeue-LightItalic.otf", "opentype/comic-neue/ComicNeue-Bold.otf"]
PRINT = ["truetype/dejavu/DejaVuSans.ttf", "truetype/dejavu/DejaVuSansMono.ttf", "truetype/dejavu/DejaVuSerif.ttf",
         "truetype/dejavu/DejaVuSans-Bold.ttf", "truetype/liberation2/LiberationSans-Regular.ttf",
         "truetype/liberation2/LiberationSans-Bold.ttf", "truetype/liberation2/LiberationMono-Regular.ttf",
         "truetype/liberation2/LiberationSans-Italic.ttf", "truetype/liberation2/LiberationSerif-Regular.ttf"]
# Never seen in training: the hands of our own form's filled copies.
HELD_OUT = ["truetype/breip/Breip.ttf", "truetype/fifthhorseman/dkg.ttf", "truetype/fifthhorseman/dkgBd.ttf",
            "truetype/klee/KleeOne-Regular.ttf", "truetype/klee/KleeOne-SemiBold.ttf"]


def idx(name):
    raw = gzip.open(SHARED / name).read()
    dimensions = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big") for i in range(raw[3])]
    return numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * raw[3]).reshape(dimensions)


def real_digits(part):
    """Pictures with ink high, and labels; `part` is train, check (for calibrating) or test."""
    pictures, labels = idx("mnist-train-images.idx3.gz"), idx("mnist-train-labels.idx1.gz")
    for digit in range(10):
        places = numpy.flatnonzero(labels == digit)
        yield from ((pictures[place], digit, "mnist") for place in _stretch(places, part))
    pictures, labels = idx("optdigits-32x32-images.idx3.gz"), idx("optdigits-labels.idx1.gz")
    yield from ((pictures[place], int(labels[place]), "optdigits")
                for place in _stretch(numpy.arange(len(labels)), part))


def _stretch(places, part):
    """The first three quarters, the next twelfth, the last sixth."""
    first, second = len(places) * 3 // 4, len(places) * 5 // 6
    return {"train": places[:first], "check": places[first:second], "test": places[second:]}[part]


def glyph(font, character, height=72, side=96):
    """A character of a font in the middle of a square, ink high; None where the font has none."""
    drawn = ImageFont.truetype(str(FONTS / font), height)
    left, top, right, bottom = drawn.getbbox(character)
    if right - left < 4 or bottom - top < 4:
        return None
    size = max(24, round(height * 66 / max(right - left, bottom - top)))
    drawn = ImageFont.truetype(str(FONTS / font), size)
    picture = Image.new("L", (side, side), 0)
    left, top, right, bottom = drawn.getbbox(character)
    ImageDraw.Draw(picture).text(((side - left - right) / 2, (side - top - bottom) / 2), character, font=drawn, fill=255)
    return numpy.asarray(picture)


def glyphs(fonts, characters):
    """(picture, class, font) of each character that a font has; a stand-in box for a missing one is left out."""
    for font in fonts:
        missing = glyph(font, "\uffff")
        for character in characters:
            picture = glyph(font, character)
            if picture is not None and (missing is None or not numpy.array_equal(picture, missing)):
                yield picture, CLASSES.index(character), font

"""Sides of paper whose number stands on them in squares that any scan keeps."""
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 310, 437
COLUMNS, ROWS = 4, 8
BITS = COLUMNS * ROWS


def draw(number, path):
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    for index, bit in enumerate(_bits(number)):
        left, top, right, bottom = _square(index)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0 if bit else 255)
    image.save(path, dpi=(75, 75))


def number(file):
    """The number on a scanned side; None when no side of ours can be read there."""
    image = Image.open(file).convert("L")
    image.load()
    scale_x, scale_y = image.width / WIDTH, image.height / HEIGHT
    bits = []
    for index in range(BITS):
        left, top, right, bottom = _square(index)
        middle = ((left + right) / 2 * scale_x, (top + bottom) / 2 * scale_y)
        level = image.getpixel((int(middle[0]), int(middle[1])))
        if 64 < level < 192:
            return None
        bits.append(level <= 64)
    found = sum(bit << place for place, bit in enumerate(bits[:24]))
    return found if _bits(found) == bits else None


def _square(index):
    column, row = index % COLUMNS, index // COLUMNS
    return (WIDTH * column // COLUMNS, HEIGHT * row // ROWS, WIDTH * (column + 1) // COLUMNS, HEIGHT * (row + 1) // ROWS)


def _bits(number):
    # 24 bits, and their bytes' sum as a check: a half page does not pass for another number.
    check = sum(number >> shift & 255 for shift in (0, 8, 16)) + 85 & 255
    return [bool((number | check << 24) >> place & 1) for place in range(BITS)]

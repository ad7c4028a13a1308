"""Makes of a written line what the line recogniser is given, and of one writing several.

`normal` is what Sources/VisionReading does: `PageImage.croppedToInk`, then COpenCV's copencv_scale_line. Change both together.
"""
import cv2
import numpy

from line_network import HEIGHT, LONGEST

cv2.setNumThreads(1)


def normal(picture):
    """Grey of any size -> 48 rows, cut to the ink with a margin; None without ink."""
    darkest = int(picture.min())
    if darkest >= 225:
        return None
    dark = picture < max(160, (darkest + 235) // 2)
    rows, columns = numpy.flatnonzero(dark.any(1)), numpy.flatnonzero(dark.any(0))
    if (rows[-1] - rows[0]) + (columns[-1] - columns[0]) <= 4:
        return None
    cut = picture[max(0, rows[0] - 8):rows[-1] + 9, max(0, columns[0] - 10):columns[-1] + 11]
    high, wide = cut.shape
    width = min(LONGEST, max(1, round(wide * HEIGHT / high)))
    return cv2.resize(cut, (width, HEIGHT), interpolation=cv2.INTER_AREA if high > HEIGHT else cv2.INTER_LINEAR)


def rewritten(picture, random, strength=1.0):
    """The same writing by another day's hand, pen and scanner."""
    uniform, normal_ = random.uniform, random.normal
    high, wide = picture.shape
    ink = 255 - picture.astype(numpy.float32)
    turn, shear = numpy.deg2rad(normal_(0, 1.2 * strength)), uniform(-.3, .3) * strength
    across, down = 1 + uniform(-.18, .18) * strength, 1 + uniform(-.15, .15) * strength
    matrix = numpy.array([[across, shear * down], [numpy.sin(turn) * across, down]])
    corners = matrix @ numpy.array([[0, wide, 0, wide], [0, 0, high, high]])
    shift = -corners.min(1) + 14
    size = numpy.ceil(numpy.ptp(corners, axis=1) + 28).astype(int)
    moved = cv2.warpAffine(ink, numpy.hstack([matrix, shift[:, None]]), (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR)
    # The hand is never quite steady along the line.
    cells = max(3, moved.shape[1] // 50)
    shake = cv2.resize(normal_(0, uniform(0, 1.6) * strength, (3, cells, 2)).astype(numpy.float32), moved.shape[::-1],
                       interpolation=cv2.INTER_CUBIC)
    y, x = numpy.mgrid[0:moved.shape[0], 0:moved.shape[1]].astype(numpy.float32)
    moved = cv2.remap(moved, x + shake[..., 0], y + shake[..., 1], cv2.INTER_LINEAR)
    kind = random.random()
    if kind < .25:
        moved = cv2.dilate(moved, numpy.ones((2, 2) if random.random() < .6 else (3, 3), numpy.uint8))
    elif kind < .4:
        thin = cv2.erode(moved, numpy.ones((2, 2), numpy.uint8))
        if (thin > 60).sum() > .4 * (moved > 60).sum():
            moved = thin
    if random.random() < .1:  # a remainder of a rule
        row, first = int(random.integers(2, moved.shape[0] - 2)), int(random.integers(0, moved.shape[1] * 3 // 4))
        moved[row:row + int(random.integers(1, 3)), first:first + int(random.integers(20, 120))] = 170
    if random.random() < .5:
        moved = cv2.GaussianBlur(moved, (0, 0), uniform(.3, 1.1))
    top = max(1.0, float(moved.max()))
    moved *= uniform(max(45 / top, .35), max(45 / top, min(1.15, 250 / top)))
    moved += normal_(0, uniform(0, 5), moved.shape)
    return numpy.clip(255 - moved, 0, 255).astype(numpy.uint8)

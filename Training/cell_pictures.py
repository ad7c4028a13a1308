"""Makes of a clean character what is left of one in a cell of a scanned form, in the form the network takes.

What happens to it on the way: a hand (slant, size, unsteady strokes, pens), the form (frames taken away, and bits of strokes
with them; remains of frames and neighbours), the scanner (blur, grain, pale ink). `normal` is what COpenCV's
copencv_net_read_cell does, step by step; change both together.
"""
import cv2
import numpy

import cell_sources as sources

cv2.setNumThreads(1)

SIDE = 96
INPUT, INNER = 32, 26
INK = 70


def normal(picture):
    """Cell of any size, ink high -> 32 x 32, cut to the ink, longer side 26, darkest ink at full; None without ink."""
    rows, columns = numpy.flatnonzero((picture > INK).any(1)), numpy.flatnonzero((picture > INK).any(0))
    if not len(rows):
        return None
    cut = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    scale = INNER / max(cut.shape)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    full = max(1, int(small.max()))
    result = numpy.zeros((INPUT, INPUT), numpy.uint8)
    top, left = (INPUT - size[1]) // 2, (INPUT - size[0]) // 2
    result[top:top + size[1], left:left + size[0]] = numpy.minimum(255, small.astype(numpy.float32) * (255 / full) + 0.5)
    return result


class Hand:
    """Writes characters, never twice the same; the same again for the same seed."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        y, x = numpy.mgrid[0:SIDE, 0:SIDE].astype(numpy.float32) - SIDE / 2
        self.grid = numpy.stack([x, y])

    def chance(self, share):
        return self.random.random() < share

    def cell(self, picture, label, is_real):
        """One training picture of a character; `is_real` for ink that somebody wrote, which needs less distortion."""
        picture = self._on_canvas(picture)
        if label < 10 and is_real:
            picture = self._swedish(picture, label)
        picture = self._written(picture, 0.55 if is_real else 1.0)
        return self._scanned(self._in_form(self._pen(picture)))

    def struck(self, picture):
        """A character that its writer crossed out."""
        picture = self._pen(self._written(self._on_canvas(picture), 0.8))
        width = int(self.random.integers(4, 9))
        ys, xs = numpy.nonzero(picture > INK)
        if not len(ys):
            return None
        top, bottom, left, right = ys.min(), ys.max(), xs.min(), xs.max()

        def at(across, down):
            shake = self.random.normal(0, 2, 2)
            return (int(left + (right - left) * across + shake[0]), int(top + (bottom - top) * down + shake[1]))

        # A cross over a one is an X, and one line through it a T.
        is_narrow = right - left < .5 * (bottom - top)
        kind = self.random.integers(1 if is_narrow else 0, 4)
        if kind == 0:  # a cross over it
            lines = [[at(-.2, -.1), at(1.2, 1.1)], [at(1.2, -.1), at(-.2, 1.1)]]
        elif kind == 1:  # straight lines through it
            downs = numpy.sort(self.random.uniform(.15, .85, self.random.integers(3 if is_narrow else 2, 5)))
            lines = [[at(-.3, down), at(1.3, down + self.random.uniform(-.2, .2))] for down in downs]
        elif kind == 2:  # a zigzag
            turns = self.random.integers(5, 12)
            lines = [[at(-.15 if i % 2 else 1.15, i / turns) for i in range(turns + 1)]]
        else:  # slanting strokes side by side
            lines = [[at(start, 1.05), at(start + .5, -.05)] for start in numpy.arange(-.3, .9, self.random.uniform(.2, .4))]
        for line in lines:
            cv2.polylines(picture, [numpy.array(line, numpy.int32)], False, 255, width, cv2.LINE_AA)
        return self._scanned(picture)

    def nothing(self):
        """Specks, dots and bits of rules that are no character."""
        picture = numpy.zeros((SIDE, SIDE), numpy.uint8)
        for _ in range(self.random.integers(1, 5)):
            x, y = (int(v) for v in self.random.integers(16, SIDE - 16, 2))
            if self.chance(.6):
                axes = tuple(int(v) for v in self.random.integers(1, 6, 2))
                cv2.ellipse(picture, (x, y), axes, float(self.random.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
            else:
                end = (x + int(self.random.integers(-40, 40)), y + int(self.random.integers(-4, 4)))
                cv2.line(picture, (x, y), end, 255, int(self.random.integers(2, 5)), cv2.LINE_AA)
        return self._scanned(picture)

    def _on_canvas(self, picture):
        if picture.shape[0] == SIDE:
            return picture
        # 0 and 255 only, as optdigits has it, becomes grey at its edges by the scaling.
        middle = cv2.resize(picture, (76, 76), interpolation=cv2.INTER_CUBIC)
        return cv2.copyMakeBorder(middle, 10, 10, 10, 10, cv2.BORDER_CONSTANT, value=0)

    def _swedish(self, picture, digit):
        """Sevens with a bar, ones with a hook or a foot, zeros with a slash now and then: habits the data lacks."""
        ys, xs = numpy.nonzero(picture > INK)
        if not len(ys):
            return picture
        top, bottom, left, right = ys.min(), ys.max(), xs.min(), xs.max()
        height, width = bottom - top, right - left
        pen = int(self.random.integers(4, 8))
        picture = picture.copy()
        if digit == 7 and self.chance(.3):
            y = int(top + height * self.random.uniform(.42, .62))
            row = numpy.flatnonzero(picture[y] > INK)
            if len(row):
                x, reach = int(row.mean()), int(max(9, width * self.random.uniform(.25, .45)))
                cv2.line(picture, (x - reach, y + int(self.random.integers(-2, 5))),
                         (x + reach, y - int(self.random.integers(-2, 5))), 255, pen, cv2.LINE_AA)
        elif digit == 1 and width < height * .5:
            first = numpy.flatnonzero(picture[top + 2] > INK)
            if len(first) and self.chance(.35):
                x, reach = int(first.mean()), height * self.random.uniform(.15, .35)
                cv2.line(picture, (x, top + 2), (int(x - reach), int(top + reach * self.random.uniform(.7, 1.3))), 255,
                         pen, cv2.LINE_AA)
            last = numpy.flatnonzero(picture[bottom - 2] > INK)
            if len(last) and self.chance(.1):
                x, reach = int(last.mean()), int(height * self.random.uniform(.12, .25))
                cv2.line(picture, (x - reach, bottom - 1), (x + reach, bottom - 1), 255, pen, cv2.LINE_AA)
        elif digit == 0 and self.chance(.02) and width > 20:
            cv2.line(picture, (left + width // 8, bottom - height // 8), (right - width // 8, top + height // 8), 255,
                     pen, cv2.LINE_AA)
        return picture

    def _written(self, picture, strength):
        """Turned, slanted, stretched and shaken."""
        normal, uniform = self.random.normal, self.random.uniform
        turn = numpy.deg2rad(normal(0, 6 * strength))
        shear = uniform(-.35, .25) * strength
        across, down = 1 + uniform(-.25, .25) * strength, 1 + uniform(-.15, .15) * strength
        cosine, sine = numpy.cos(turn), numpy.sin(turn)
        matrix = numpy.array([[cosine, -sine], [sine, cosine]]) @ numpy.array([[1, shear], [0, 1]]) \
            @ numpy.diag([1 / across, 1 / down])
        x, y = self.grid
        map_x = matrix[0, 0] * x + matrix[0, 1] * y + SIDE / 2
        map_y = matrix[1, 0] * x + matrix[1, 1] * y + SIDE / 2
        cells = int(self.random.integers(4, 8))
        shake = normal(0, uniform(0, 3.2) * strength, (cells, cells, 2)).astype(numpy.float32)
        shake = cv2.resize(shake, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        return cv2.remap(picture, (map_x + shake[..., 0]).astype(numpy.float32),
                         (map_y + shake[..., 1]).astype(numpy.float32), cv2.INTER_LINEAR)

    def _pen(self, picture):
        size = int(self.random.integers(2, 6))
        tip = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        if self.chance(.4):
            return cv2.dilate(picture, tip)
        if self.chance(.35):
            thin = cv2.erode(picture, tip)
            # A hairline would be gone.
            if (thin > INK).sum() > .35 * (picture > INK).sum():
                return thin
        return picture

    def _in_form(self, picture):
        """What taking away the frame does, and what it leaves."""
        ys, xs = numpy.nonzero(picture > INK)
        if not len(ys):
            return picture
        top, bottom, left, right = (int(v) for v in (ys.min(), ys.max(), xs.min(), xs.max()))
        height, width = bottom - top, right - left
        if self.chance(.2):  # a rule ran through it near an edge, and the strokes were closed again or not quite
            thick = int(self.random.integers(2, 6))
            band = picture.copy()
            if self.chance(.7):
                y = int(top + height * self.random.choice([self.random.uniform(0, .25), self.random.uniform(.75, 1)]))
                band[y:y + thick] = 0
            else:
                x = int(left + width * self.random.choice([self.random.uniform(0, .2), self.random.uniform(.8, 1)]))
                band[:, x:x + thick] = 0
            tip = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
            picture = cv2.morphologyEx(band, cv2.MORPH_CLOSE, tip) if self.chance(.65) else band
        if self.chance(.06):  # its end lies in another cell
            share = self.random.uniform(.04, .14)
            side = self.random.integers(0, 4)
            picture = picture.copy()
            if side == 0:
                picture[:int(top + height * share)] = 0
            elif side == 1:
                picture[int(bottom - height * share):] = 0
            elif side == 2:
                picture[:, :int(left + width * share)] = 0
            else:
                picture[:, int(right - width * share):] = 0
        if self.chance(.08):  # a remainder of the frame
            picture = picture.copy()
            thick = int(self.random.integers(1, 4))
            gap = int(self.random.integers(-3, 8))
            if self.chance(.6):
                y = top - gap if self.chance(.5) else bottom + gap
                x = int(self.random.integers(left - 8, right))
                cv2.line(picture, (x, y), (x + int(self.random.integers(6, 40)), y), 255, thick)
            else:
                x = left - gap if self.chance(.5) else right + gap
                y = int(self.random.integers(top - 8, bottom))
                cv2.line(picture, (x, y), (x, y + int(self.random.integers(6, 24))), 255, thick)
        if self.chance(.06):  # a speck
            picture = picture.copy()
            centre = (int(self.random.integers(left - 6, right + 7)), int(self.random.integers(top - 6, bottom + 7)))
            cv2.circle(picture, centre, int(self.random.integers(1, 4)), 255, -1, cv2.LINE_AA)
        return picture

    def _scanned(self, picture):
        sigma = self.random.uniform(.4, 1.9)
        picture = cv2.GaussianBlur(picture, (0, 0), sigma).astype(numpy.float32)
        picture *= self.random.uniform(.55, 1)
        picture += self.random.normal(0, self.random.uniform(0, 13), picture.shape)
        picture = numpy.clip(picture, 0, 255).astype(numpy.uint8)
        # Beyond the strokes' soft edges the difference from the blank is white.
        strokes = cv2.dilate((picture > 55).astype(numpy.uint8), numpy.ones((3, 3), numpy.uint8))
        return normal(picture * strokes)


def collect(makers):
    """Pictures, labels and names of their sources, of (picture, label, source); those without ink are left out."""
    kept = [(picture, label, source) for picture, label, source in makers if picture is not None]
    return (numpy.stack([one[0] for one in kept]), numpy.array([one[1] for one in kept], numpy.int64),
            numpy.array([one[2] for one in kept]))


def training_set(seed, real=2, optdigits=8, font_digits=40, letters=90, struck=9000, empty=3000):
    return collect(_training(Hand(seed), real, optdigits, font_digits, letters, struck, empty))


def _training(hand, real, optdigits, font_digits, letters, struck, empty):
    digits = list(sources.real_digits("train"))
    for picture, label, source in digits:
        for _ in range(optdigits if source == "optdigits" else real):
            yield hand.cell(picture, label, True), label, source
    drawn = list(sources.glyphs(sources.HANDS + sources.PRINT, sources.CLASSES[:39]))
    for picture, label, font in drawn:
        times = font_digits if label < 10 else letters
        for _ in range(times if font in sources.HANDS else times // 2):
            yield hand.cell(picture, label, False), label, "font"
    originals = [picture for picture, _, _ in digits[::7]] + [picture for picture, _, _ in drawn]
    for index in range(struck):
        yield hand.struck(originals[int(hand.random.integers(len(originals)))]), sources.STRUCK, "struck"
    for _ in range(empty):
        yield hand.nothing(), sources.EMPTY, "empty"


def real_set(part):
    """Real digits that were held out, as they are."""
    hand = Hand(0)
    return collect((normal(hand._on_canvas(picture)), label, source)
                   for picture, label, source in sources.real_digits(part))


def cell_set(part, seed):
    """Real digits that were held out, as forms and scanners leave them."""
    hand = Hand(seed)
    return collect((hand.cell(picture, label, True), label, source)
                   for picture, label, source in sources.real_digits(part))


def font_set(seed, times=10):
    """Characters of the fonts that were held out."""
    hand = Hand(seed)
    return collect((hand.cell(picture, label, False), label, font)
                   for picture, label, font in sources.glyphs(sources.HELD_OUT, sources.CLASSES[:39])
                   for _ in range(times))


def other_set(seed, count=1000):
    """Struck out characters and specks, from digits that were held out."""
    hand = Hand(seed)
    digits = [picture for picture, _, _ in sources.real_digits("test")]

    def makers():
        for index in range(count):
            yield hand.struck(digits[index * 7 % len(digits)]), sources.STRUCK, "struck"
            yield hand.nothing(), sources.EMPTY, "empty"
    return collect(makers())

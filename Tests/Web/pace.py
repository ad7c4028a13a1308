"""How long a person takes for what a test does: a stated pace for the hand, the eye and the decision, and the machine's part as measured.

The pace is that of the keystroke-level model (Card, Moran and Newell: The keystroke-level model for user performance time
with interactive systems, Communications of the ACM 23(7), 1980): K for an average typist who is no secretary, P, H and M as
published, B as in their later work (0.1 s for a press or a release). Reading a heading, or a line of an answer, is ours: 2 s.
The person's part is added up and not waited for, so that a run is short; what the machine takes is measured while nobody
thinks, and so counted twice where a person would think meanwhile: the sums are upper bounds for this pace.
"""

import time
import unicodedata

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

KEY = 0.28
POINT = 1.1
BUTTON = 0.1
HAND = 0.4
THINK = 1.35
READ = 2.0
STATED = {"key": KEY, "point": POINT, "buttonPressOrRelease": BUTTON, "handBetweenKeysAndMouse": HAND, "lookAndDecide": THINK,
          "readALine": READ}


class Person:
    """Does things in the browser, and adds up what they cost at the stated pace."""

    def __init__(self, steps):
        self.steps = steps
        self.hand = "keys"
        self.seconds = 0.0
        self.machine = 0.0
        self.keys = 0
        self.clicks = 0

    @property
    def total(self):
        return self.seconds + self.machine

    def counts(self):
        return {"person": round(self.seconds, 1), "machine": round(self.machine, 1), "total": round(self.total, 1),
                "keys": self.keys, "clicks": self.clicks}

    # What costs time

    def think(self, times=1):
        self.seconds += THINK * times

    def read(self, lines=1):
        self.seconds += READ * lines

    def to(self, hand):
        if self.hand != hand:
            self.seconds += HAND
            self.hand = hand

    def wait(self, condition, what, patience=180):
        """The machine's part: from now until the page shows it."""
        start = time.monotonic()
        while True:
            try:
                value = condition()
            except Exception:  # the page is drawn anew meanwhile
                value = None
            if value:
                self.machine += time.monotonic() - start
                return value
            if time.monotonic() - start > patience:
                self.steps.fail(f"waited {patience} s for {what}; the page says: {self.steps.text()}")
            time.sleep(0.01)

    # What is done

    def press(self, *keys):
        """Keys, one after the other; a chord counts each of its keys."""
        self.to("keys")
        self.seconds += KEY * len(keys)
        self.keys += len(keys)

    def key(self, *keys):
        self.press(*keys)
        self.steps.keys(*keys)

    def click(self, selector):
        self.to("mouse")
        self.seconds += POINT + 2 * BUTTON
        self.clicks += 1
        self.steps.press(selector)

    def drag(self, act):
        self.to("mouse")
        self.seconds += 2 * (POINT + BUTTON)
        self.clicks += 1
        act()

    def type_over(self, selector, text):
        """Into an input: a click, everything chosen, and typed."""
        self.click(selector)
        self.press(*"xx", *text)
        self.steps.set_value(selector, text)

    def choose(self, selector, value):
        """From a list that opens: a click, a look, a click."""
        self.click_only()
        self.click_only()
        self.steps.select(selector, value)

    def click_only(self):
        """Where the browser's own list or dialog would open, which a driver does not see."""
        self.to("mouse")
        self.seconds += POINT + 2 * BUTTON
        self.clicks += 1

    def choose_file(self, selector, path):
        """The dialog of the computer: opened, looked at, the file chosen with a double click."""
        self.click_only()
        self.think()
        self.seconds += POINT + 4 * BUTTON
        self.clicks += 1
        self.steps.find(selector).send_keys(str(path))


def is_same(one, other):
    """Whether two labels say the same, apart from case and the sign at the end."""
    plain = [unicodedata.normalize("NFC", text or "").strip().rstrip(".:?").lower() for text in (one, other)]
    return plain[0] == plain[1]


def changes_between(before, after):
    """How many keys it takes to make one text of another: the characters that go, and those that come."""
    row = list(range(len(after) + 1))
    for i, one in enumerate(before, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(after, 1):
            last, row[j] = row[j], last if one == other else 1 + min(row[j], row[j - 1])
    return row[-1]


def overlap(one, other):
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0
    return width * height / (one[2] * one[3] + other[2] * other[3] - width * height)

"""What a batch is, and what goes wrong in it: all of it follows from the seed and the batch's number."""
import random

KINDS = ["escl", "airscan"]

# What the device is when nothing is wrong with it; every batch begins and goes on with this.
WELL = {
    "state": "", "adf_state": "", "jam_after": -1, "door_open_after": -1, "multifeed_after": -1, "abort_after": -1,
    "lose_after": -1, "asleep": 0, "page_delay": 0, "chunk_delay": 0, "truncate_at": -1, "busy": False,
    "content_length": False, "eager_empty": True, "empty_post": 409, "location_host": "", "location": "",
    "absolute_location": False, "faults": [],
}

LOGIN = "<html><body><form action=/login><input name=password></form></body></html>"


def answer(match, skip, times=1, **what):
    """A fault in an answer of the device, after `skip` right ones."""
    return {"faults": [{"match": match, "skip": skip, "times": times, **what}]}


def draw(rng, pages):
    """One fault: its name, and what is set for it at the device or done to a program."""
    page = rng.randrange(pages + 1)
    next_page, status, jobs = "GET NextDocument", "GET ScannerStatus", "POST ScanJobs"
    return rng.choice([
        lambda: ("nothing", {}),
        lambda: ("jam", {"jam_after": page}),
        lambda: ("open cover", {"door_open_after": page}),
        lambda: ("two sheets at once", {"multifeed_after": page}),
        lambda: ("device gives up", {"abort_after": page}),
        lambda: ("device loses a page", {"lose_after": page}),
        lambda: ("cut page", {"truncate_at": rng.choice([0, 1, 500, 2000, 4000])}),
        lambda: ("slow motor", {"page_delay": rng.uniform(0.1, 0.8)}),
        lambda: ("slow bytes", {"chunk_delay": rng.uniform(0.1, 0.6)}),
        lambda: ("busy for ever", {"busy": True}),
        lambda: ("busy for a while", answer(jobs, 0, rng.randint(1, 2), status=503)),
        lambda: ("asleep", {"asleep": rng.uniform(0.5, 2)}),
        lambda: ("sensor that waits", {"eager_empty": False}),
        lambda: ("length announced", {"content_length": True}),
        lambda: ("foreign host", {"location_host": "printer.invalid:8080"}),
        lambda: ("whole address", {"absolute_location": True}),
        lambda: ("no address", {"location": "-"}),
        lambda: ("job refused", answer(jobs, 0, status=rng.choice([400, 401, 409, 500]))),
        lambda: ("job lost", answer(jobs, 0, lost=True)),
        lambda: ("job dropped", answer(jobs, 0, drop=True)),
        lambda: ("not yet", answer(next_page, page, rng.randint(1, 3), status=503)),
        lambda: ("no more, too early", answer(next_page, page, rng.randint(1, 3), status=404)),
        lambda: ("gone, too early", answer(next_page, page, 1, status=410)),
        lambda: ("no more, too early, sensor empty",
                 {**answer(next_page, page, 50, status=404), "adf_state": "ScannerAdfEmpty"} if page else {}),
        lambda: ("conflict", answer(next_page, page, 1, status=409)),
        lambda: ("device error", answer(next_page, page, rng.randint(1, 50), status=500)),
        lambda: ("page dropped", answer(next_page, page, drop=True)),
        lambda: ("page lost on the way", answer(next_page, page, lost=True)),
        lambda: ("page never comes", answer(next_page, page, hang=True)),
        lambda: ("page never ends", answer(next_page, page, endless=True)),
        lambda: ("page is late", answer(next_page, page, delay=rng.uniform(0.5, 3))),
        lambda: ("page is noise", answer(next_page, page, garbage=rng.choice([0, 10, 5000]))),
        lambda: ("page is a login", answer(next_page, page, status=200, body=LOGIN, headers={"Content-Type": "text/html"})),
        lambda: ("status dropped", answer(status, rng.randrange(4), rng.randint(1, 3), drop=True)),
        lambda: ("status is a login", answer(status, rng.randrange(4), rng.randint(1, 50), status=200, body=LOGIN)),
        lambda: ("status is noise", answer(status, rng.randrange(4), rng.randint(1, 3), garbage=300)),
        lambda: ("status never comes", answer(status, rng.randrange(4), 1, hang=True)),
        lambda: ("delete refused", answer("DELETE ScanJobs", 0, rng.randint(1, 3), status=500)),
        lambda: ("delete dropped", answer("DELETE ScanJobs", 0, 1, drop=True)),
        lambda: ("stop pressed", {"stop": rng.uniform(0, 1.5), "page_delay": 0.3}),
        lambda: ("agent killed", {"kill": "agent", "after": rng.uniform(0, 2), "page_delay": 0.3}),
    ])()


class Plan:
    """The stack of one batch, and what goes wrong at each try to scan it; after the last try nothing does."""

    def __init__(self, seed, number):
        rng = random.Random(f"{seed} {number}")
        self.number = number
        self.kind = KINDS[number % 2]
        self.sides = rng.choice([1, 1, 2])
        self.sheets = rng.randint(1, 5)
        # The number of each side of paper, in the order in which it lies in the feeder.
        self.stack = [number * 16 + side for side in range(self.sheets * self.sides)]
        self.tries = [self._try(rng)]
        if rng.random() < 0.2:
            self.tries.append(self._try(rng))

    def _try(self, rng):
        if self.kind == "airscan" and rng.random() < 0.3:
            name, what = "worker killed", {"kill": "worker", "after": rng.uniform(0, 2.5), "page_delay": rng.uniform(0, 0.4)}
        else:
            name, what = draw(rng, len(self.stack))
        device = {key: value for key, value in what.items() if key in WELL}
        return {"name": name, "device": device, **{key: what[key] for key in ("kill", "after", "stop") if key in what}}

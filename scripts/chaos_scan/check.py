"""One batch from its stack to the last of its pages, and whether the promise was kept."""
import time

import plan
from lane import Refused

# Longer than all that may be waited for in one batch with the lanes' deadlines: whoever is beyond that hangs.
PATIENCE = 150
# The device's own time to come to rest, and ours to clear up.
REST = 15


class Broken(Exception):
    """The promise was not kept: how."""


class Batch:
    def __init__(self, lane, plan):
        self.lane, self.plan = lane, plan
        self.result = {
            "number": plan.number, "kind": plan.kind, "sides": plan.sides, "stack": len(plan.stack),
            "tries": [], "served": 0, "delivered": 0, "broken": None,
        }

    def run(self):
        try:
            batch, start = None, 1
            for one in self.plan.tries + [{"name": "mended", "device": {}}]:
                batch, state, start = self._scan(one, batch, start)
                if state == "reading":
                    break
            else:
                raise Broken("it did not become complete when nothing was wrong any more")
            self.result["delivered"] = len(self.plan.stack)
        except Broken as broken:
            self.result["broken"] = str(broken)
            self._start_afresh()
        except (OSError, RuntimeError, Refused) as error:
            self.result["broken"] = f"{type(error).__name__}: {error}"
            self._start_afresh()
        return self.result

    def _scan(self, one, batch, start):
        """Scans the stack from sheet `start`; into `batch` where it is incomplete, else anew."""
        rest = self.plan.stack[(start - 1) * self.plan.sides:]
        lane, began = self.lane, time.monotonic()
        lane.set_printer({"reset": True, **plan.WELL, **one["device"], "adf": lane.paper(rest)})
        note = {"what": one["name"], "from": start}
        self.result["tries"].append(note)
        try:
            # In the mended round the device may still be known as busy, or as it was while it failed.
            note["retries"] = 0
            while True:
                try:
                    found = lane.ask("POST", f"/batches/{batch}/continue" if batch else "/scans", {"profile": f"sides-{self.plan.sides}"})
                    break
                except Refused as refusal:
                    if one["name"] != "mended" or note["retries"] >= 5:
                        note["refused"] = str(refusal)
                        self._rested(one)
                        if lane.printer_state()["inFeeder"] != len(rest):
                            raise Broken(f"sheets moved although the scan was refused ({refusal})") from None
                        return batch, "refused", start
                    note["retries"] += 1
                    time.sleep(1)
            batch = found["id"]
            self._interfere(one, batch)
            view = self._ended(batch)
        finally:
            note["seconds"] = round(time.monotonic() - began, 1)
        state = view["state"]
        note.update(state=state, reason=view.get("reason"), fromSheet=view.get("fromSheet"))
        self.result["served"] += len(lane.printer_state()["pages"])
        self._rested(one)
        note["job"] = [job["state"] for job in lane.printer_state()["jobs"]]
        note["left"] = lane.printer_state()["inFeeder"]
        return self._judged(batch, view)

    def _judged(self, batch, view):
        pages, stack, sides = self.lane.delivered(batch), self.plan.stack, self.plan.sides
        if None in pages:
            raise Broken(f"a page that is none of ours: {pages}")
        if len(set(pages)) != len(pages):
            raise Broken(f"a page came twice: {pages}")
        if pages != sorted(pages):
            raise Broken(f"pages changed places: {pages}")
        if view["state"] == "reading":
            if pages != stack:
                raise Broken(f"called complete: {len(pages)} of {len(stack)} pages: {[page - stack[0] + 1 for page in pages]}")
            return batch, "reading", 1
        start = view.get("fromSheet")
        if start is None:
            raise Broken(f"{view['state']} without a sheet to go on from")
        whole = stack[:(start - 1) * sides]
        if pages[:len(whole)] != whole:
            raise Broken(f"{view.get('reason')}: sheets before {start} are called good, but {[page - stack[0] + 1 for page in pages]} came")
        if view["state"] == "failed":
            if pages or start != 1:
                raise Broken(f"called failed with {len(pages)} pages, from sheet {start}")
            return None, "failed", 1
        if start > self.plan.sheets:
            # Every sheet is there, and the device did not confirm it: the person says that this is all.
            if pages != stack:
                raise Broken(f"{view.get('reason')}: nothing is named that is missing, but {len(pages)} of {len(stack)} pages came")
            self.lane.ask("POST", f"/batches/{batch}/finish")
            return batch, "reading", 1
        return batch, "incomplete", start

    def _interfere(self, one, batch):
        if "stop" in one:
            time.sleep(one["stop"])
            self.lane.on_page("POST", f"/api/batches/{batch}/stop")
        if one.get("kill") == "agent":
            time.sleep(one["after"])
            self.lane.kill_agent()
            self.lane.start_agent()
        if one.get("kill") == "worker":
            # Whatever it is doing by then; a batch that is through already is none to kill.
            time.sleep(one["after"])
            self.result["tries"][-1]["killed"] = self.lane.kill_worker()

    def _ended(self, batch):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            view = self.lane.ask("GET", f"/batches/{batch}")["batch"]
            if view["state"] != "scanning":
                return view
            time.sleep(0.1)
        raise Broken(f"it hung: no end after {PATIENCE} s")

    def _rested(self, one):
        """Waits until nothing of the batch is left in the device."""
        deadline = time.monotonic() + REST
        while left := self.lane.left():
            if time.monotonic() > deadline:
                raise Broken(f"left behind: {', '.join(left)}")
            time.sleep(0.2)

    def _start_afresh(self):
        self.lane.set_printer({"reset": True, **plan.WELL, "adf": []})
        self.lane.kill_agent()
        self.lane.start_agent()


def line(result):
    tries = "; ".join(
        f"{one['what']} -> {one.get('refused') or one.get('state')}"
        + (f" ({one['reason']}, from sheet {one['fromSheet']})" if one.get("reason") else "")
        + f" {one.get('seconds', '?')} s" for one in result["tries"])
    return f"{result['number']} {result['kind']} {result['stack']} pages: {tries}" + (
        f"  BROKEN: {result['broken']}" if result["broken"] else "")


def summary(results, left, seconds):
    tries = [one for result in results for one in result["tries"]]
    reasons = {}
    for one in tries:
        word = "refused: " + one["refused"] if "refused" in one else one.get("reason") or one.get("state") or "none"
        reasons[word] = reasons.get(word, 0) + 1
    return {
        "batches": len(results), "pages in stacks": sum(result["stack"] for result in results),
        "pages served": sum(result["served"] for result in results),
        "pages delivered once": sum(result["delivered"] for result in results),
        "scans": len(tries), "scan-workers killed": sum(1 for one in tries if one.get("killed")),
        "ends": dict(sorted(reasons.items(), key=lambda pair: -pair[1])),
        "longest scan, s": max((one.get("seconds", 0) for one in tries), default=0),
        "seconds": round(seconds),
        "broken": [line(result) for result in results if result["broken"]] + left,
    }

"""Kills a loaded bridge again and again, then compares what was promised with what is there; see scripts/chaos."""
import argparse
import hashlib
import json
import pathlib
import random
import shutil
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/bridge_rig"))

from clients import Agent, Consumer  # noqa: E402
from ledger import Ledger  # noqa: E402
from rig import Bridge, Link, percentile  # noqa: E402
from stores import STORES  # noqa: E402

AGENTS, CONSUMERS = 8, 2
READY = 2.0
SUBSCRIPTIONS = [{"name": "cases"}, {"name": "permits", "formTypes": ["rig-permit"]}]
# What is fetched once more over the API at the end, byte for byte.
SAMPLE = 500


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/chaos bridge", add_help=False)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--store", choices=sorted(STORES), default="sqlite")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


class Run:
    def __init__(self, wish, folder):
        self.wish, self.dice = wish, random.Random(wish.seed)
        self.ledger = Ledger()
        self.closing, self.drained = threading.Event(), threading.Event()
        self.deadline = None
        self.store = STORES[wish.store]()
        self.bridge = Bridge(folder, wish.programs / "blankett-bridge", SUBSCRIPTIONS, **self.store.configuration())
        self.port = self.bridge.port
        self.clients = [
            Agent(self, self.bridge.token("agent", f"kiosk-{number}"), random.Random(f"{wish.seed} agent {number}"))
            for number in range(AGENTS)
        ] + [
            Consumer(self, one["name"], self.bridge.token("consumer", f"{one['name']}-{number}", "--subscription", one["name"]),
                     random.Random(f"{wish.seed} {one['name']} {number}"))
            for one in SUBSCRIPTIONS for number in range(CONSUMERS)
        ]
        for one in SUBSCRIPTIONS:
            self.ledger.cases[one["name"]]
        self.ready, self.own_ends, self.killed_early = [], 0, 0

    def out_of_patience(self):
        return self.deadline is not None and time.monotonic() > self.deadline

    def cycle(self, number):
        self.bridge.start()
        if self.dice.random() < 0.1:
            # Somewhere in its start: while it recovers, or before it listens.
            time.sleep(self.dice.uniform(0, 0.08))
            self.killed_early += 1
        else:
            waited = self.first_answer()
            if waited is None:
                self.ledger.fault(f"cycle {number}: no acknowledgement within 15 s; see {self.bridge.log}")
                return False
            self.ready.append(waited)
            time.sleep(self.dice.uniform(0.005, 0.25))
        self.own_ends += not self.bridge.kill()
        return True

    def first_answer(self):
        """Seconds from its start until an agent got an acknowledgement."""
        begun, before = time.monotonic(), len(self.ledger.stored) + self.ledger.resent
        while time.monotonic() - begun < 15:
            if len(self.ledger.stored) + self.ledger.resent > before:
                return time.monotonic() - begun
            if self.ledger.backlog() > 3900:
                # The agents wait for the consumers: any answer will do.
                try:
                    Link(self.port, timeout=2).ask("GET", "/problems/not-found")
                    return time.monotonic() - begun
                except OSError:
                    pass
            if self.bridge.process.poll() is not None:
                return None
            time.sleep(0.001)
        return None

    def go(self):
        for client in self.clients:
            client.start()
        for number in range(self.wish.cycles):
            if not self.cycle(number):
                break
            if self.wish.verbose or (number + 1) % 100 == 0:
                print(f"{number + 1} cycles, {len(self.ledger.stored)} records stored", flush=True)
        self.finish()

    def finish(self):
        """Lets the agents get their last answers and the consumers fetch all, then kills once more."""
        self.bridge.start()
        self.closing.set()
        self.deadline = time.monotonic() + 90
        for client in self.clients[:AGENTS]:
            client.join(100)
        wanted = {name: self.takers(name, self.ledger.stored) for name in self.ledger.cases}
        while not self.out_of_patience() and any(
                not wanted[name] <= self.ledger.done[name].keys() for name in wanted):
            time.sleep(0.05)
        self.drained.set()
        for client in self.clients:
            client.join(30)
        self.bridge.kill()

    @staticmethod
    def takers_of(form):
        return [one["name"] for one in SUBSCRIPTIONS if form in one.get("formTypes", [form])]

    def takers(self, name, identities):
        return {identity for identity in identities if name in self.takers_of(self.ledger.sent[identity][2])}

    def judge(self):
        ledger, found = self.ledger, self.store.examine(self.bridge)
        stored, acknowledged = found["stored"], set(ledger.stored)
        faults = list(ledger.faults)
        faults += [f"{name}: {row}" for name, row in found["broken"].items()]
        faults += [f"the database: {line}" for line in found["damage"][:5]]
        lost = acknowledged - stored
        never_sent = stored - ledger.sent.keys()
        doubled = 0
        for name in ledger.cases:
            rows, cases, done = found["deliveries"].get(name, {}), ledger.cases[name], ledger.done[name]
            should = self.takers(name, stored & ledger.sent.keys())
            if rows.keys() != should:
                faults.append(f"{name} has {len(rows.keys() - should)} deliveries too many, {len(should - rows.keys())} too few")
            for identity in done:
                if rows.get(identity) != (2, cases[identity]):
                    faults.append(f"{identity} was done in {name} as {cases[identity]}, and is {rows.get(identity)}")
                    lost = lost | {identity}
            open_ones = self.takers(name, acknowledged) - done.keys()
            if open_ones:
                faults.append(f"{name}: {len(open_ones)} records were never done, such as {sorted(open_ones)[0]}")
            doubled += sum(1 for fault in faults if "twice" in fault or "came again" in fault)
        if lost:
            faults.append(f"{len(lost)} acknowledged are lost, such as {sorted(lost)[0]}")
        if never_sent:
            faults.append(f"{len(never_sent)} are stored that nobody sent")
        audit = self.bridge.command("audit", "verify")
        if audit.returncode:
            faults.append(f"the audit log: {audit.stderr.strip()}")
        faults += self.fetch_again()
        if self.own_ends:
            faults.append(f"it ended by itself {self.own_ends} times")
        slow = percentile(self.ready, 0.99)
        if not slow <= READY:
            faults.append(f"ready again after {slow:.2f} s (p99), not within {READY} s")
        return {
            "store": self.wish.store, "cycles": len(self.ready) + self.killed_early, "killed in their start": self.killed_early,
            "records sent": len(ledger.sent), "acknowledged": len(acknowledged), "stored": len(stored),
            "sent again": ledger.resent, "pages of their own": len(ledger.pages) - 1,
            "lost": len(lost), "doubled": doubled,
            "handed over": {name: ledger.received[name] for name in ledger.cases},
            "of these once more, after a lost lease": {name: ledger.again[name] for name in ledger.cases},
            "done": {name: len(ledger.done[name]) for name in ledger.cases},
            "refused": dict(ledger.refused), "audit": audit.stdout.strip(),
            "ready again, ms": {name: round(percentile(self.ready, share) * 1000)
                                for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1))},
            "broken": faults,
        }

    def fetch_again(self):
        """A sample over the API: the record as it was sent, and each of its pages."""
        ledger, faults = self.ledger, []
        self.bridge.start()
        self.bridge.wait_until_ready()
        try:
            link = Link(self.port, self.bridge.token("consumer", "sample", "--subscription", "cases"))
            for identity in self.dice.sample(ledger.stored, min(SAMPLE, len(ledger.stored))):
                _, pages, _, body = ledger.sent[identity]
                if link.ask("GET", f"/v1/records/{identity}") != (200, body):
                    faults.append(f"{identity} does not come as it was sent")
                for number, name in enumerate(pages, 1):
                    status, image = link.ask("GET", f"/v1/records/{identity}/pages/{number}")
                    if status != 200 or hashlib.sha256(image).hexdigest() != name:
                        faults.append(f"page {number} of {identity}: {status}, or other bytes")
        finally:
            self.bridge.stop()
        return faults[:20]


def main():
    wish = arguments()
    if wish.seed is None:
        wish.seed = random.SystemRandom().randrange(1 << 31)
    folder = ROOT / ".build/chaos-bridge"
    if not (wish.programs / "blankett-bridge").exists():
        print(f"chaos: {wish.programs / 'blankett-bridge'} is missing; run swift build", file=sys.stderr)
        return 2
    print(f"seed {wish.seed}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.monotonic()
    run = Run(wish, folder)
    try:
        run.go()
        summary = run.judge()
    finally:
        if run.bridge.process and run.bridge.process.poll() is None:
            run.bridge.kill()
        run.store.stop()
    summary["seconds"] = round(time.monotonic() - begun)
    (ROOT / ".build/chaos").mkdir(parents=True, exist_ok=True)
    (ROOT / ".build/chaos/bridge.json").write_text(json.dumps({"seed": wish.seed, "summary": summary}, indent=1))
    print(json.dumps(summary, indent=1))
    print(f"chaos: {'BROKEN' if summary['broken'] else 'kept'}, seed {wish.seed}")
    if summary["broken"]:
        print(f"what it left is in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

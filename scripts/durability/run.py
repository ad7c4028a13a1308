"""Watches the bridge's system calls, and makes them fail one by one; see scripts/test-durability."""
import argparse
import errno
import json
import pathlib
import random
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts/bridge_rig"), str(ROOT / "scripts/chaos_bridge")]

import trace  # noqa: E402
from rig import Bridge, Link, record, sha256, uuid7  # noqa: E402
from stores import SQLite  # noqa: E402

# What is made to fail at each of its calls in one record's life, and how. 0 is a write that wrote nothing.
FAILING = {
    "pwrite64": ["EIO", "ENOSPC", 0], "fdatasync": ["EIO", "ENOSPC"], "fsync": ["EIO", "ENOSPC"],
    "write": ["EIO", "ENOSPC", 0], "rename": ["EIO", "ENOSPC"], "openat": ["EIO", "ENOSPC", "EMFILE"],
    "mkdir": ["EIO", "ENOSPC"], "ftruncate": ["EIO", "ENOSPC"], "pread64": ["EIO"], "statfs": ["EIO"],
}
# Further calls of one kind than this are no new places.
MOST = 60


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/test-durability", add_help=False)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--faults", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


class Watched:
    """strace on the bridge, into a file."""

    def __init__(self, folder):
        self.file = folder / "trace"

    def words(self, *more):
        return ["strace", "-f", "-y", "-qq", "-s", "110", "-o", str(self.file), *more]

    def attach(self, process, inject):
        self.file.write_text("")
        traced = f"{trace.CALLS},{inject.split(':')[0]}"
        self.process = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "110", "-o", str(self.file), "-e", f"trace={traced}", "-e", f"inject={inject}",
             "-p", str(process.pid)], stderr=subprocess.PIPE)
        # "Process N attached with M threads"
        self.process.stderr.readline()

    def detach(self):
        self.process.terminate()
        self.process.stderr.close()
        self.process.wait()

    def lines(self):
        return self.file.read_text(errors="replace").splitlines()


class Test:
    def __init__(self, wish, folder):
        self.wish, self.folder, self.faults = wish, folder, []
        self.bridge = Bridge(folder, wish.programs / "blankett-bridge", [{"name": "cases"}])
        self.agent = self.bridge.token("agent", "kiosk")
        self.consumer = self.bridge.token("consumer", "cases", "--subscription", "cases")
        # Record id to its bytes and page, and what was promised of it.
        self.promised, self.known = {}, {}
        self.watched = Watched(folder)

    # The oracle

    def oracle(self):
        """Half of the requests one after the other, half of them from eight agents at once."""
        for alone in (True, False):
            self.bridge.start(*self.watched.words("--seccomp-bpf", "-e", f"trace={trace.CALLS}"))
            self.bridge.wait_until_ready()
            count = self.wish.requests // 2
            if alone:
                self.send(count)
                self.take(count)
            else:
                threads = [threading.Thread(target=self.send, args=(count // 8,)) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            # strace ends with what it watches.
            subprocess.run(["pkill", "-TERM", "-P", str(self.bridge.process.pid)], check=False)
            self.bridge.process.wait()
            lines = self.watched.lines()
            calls = trace.read(lines)
            promises = sum(one.promises for one in trace.exchanges(calls))
            found = trace.violations(calls, alone)
            spoiled = trace.violations(trace.read(trace.spoiled(lines)), alone)
            print(f"{'one after the other' if alone else 'eight at once'}: {promises} promises, {len(found)} before "
                  f"they were on the disk ({len(spoiled)} in the same trace with its syncs after the answers)", flush=True)
            self.faults += found[:5]
            if promises < count:
                self.faults.append(f"only {promises} of {count} requests were seen")
            # In a group, another's sync before its answer looks like its own.
            if len(spoiled) < promises * (0.9 if alone else 0.3):
                self.faults.append("the oracle does not see answers that go before their sync")

    def send(self, count):
        link = Link(self.bridge.port, self.agent, timeout=60)
        for number in range(count):
            self.put(link, *self.new(b"" if number % 5 else secrets.token_bytes(3000)))

    def take(self, count):
        link = Link(self.bridge.port, self.consumer, timeout=60)
        for _ in range(count // 40):
            items = link.post("/v1/subscriptions/cases/claims", {"limit": 20})[1]["items"]
            self.acknowledge(link, items)

    # One record's life

    def new(self, content):
        identity, page = uuid7(), b"\x89PNG\r\n\x1a\n" + content
        body = record(identity, pages=[page])
        self.known[identity] = (body, page)
        return identity, body, page

    def put(self, link, identity, body, page):
        status, _ = link.ask("PUT", f"/v1/blobs/{sha256(page)}", page)
        if status in (200, 201):
            status, _ = link.ask("PUT", f"/v1/records/{identity}", body)
            if status in (200, 201):
                self.promised[identity] = "stored"
        return status

    def acknowledge(self, link, items):
        status, answer = link.post("/v1/subscriptions/cases/acknowledgements", {"items": [
            {"leaseId": item["leaseId"], "outcome": "done", "caseId": "c-" + item["record"]["id"]} for item in items]})
        if status == 200:
            for item, result in zip(items, answer["items"]):
                if result["result"] in ("done", "already-done"):
                    self.promised[item["record"]["id"]] = "done"
        return status

    def life(self):
        """Page, record, claim, acknowledgement; each is tried once. What was answered, in words."""
        seen = []
        try:
            link = Link(self.bridge.port, self.agent, timeout=4)
            seen.append(str(self.put(link, *self.new(secrets.token_bytes(2000)))))
            link = Link(self.bridge.port, self.consumer, timeout=4)
            status, answer = link.post("/v1/subscriptions/cases/claims", {"limit": 5, "leaseSeconds": 10})
            seen.append(str(status))
            if status == 200 and answer["items"]:
                seen.append(str(self.acknowledge(link, answer["items"])))
        except (OSError, ValueError) as error:
            seen.append(type(error).__name__)
        return " ".join(seen)

    # Faults

    def case(self, name, begin):
        """A life with one fault in it, then the end without warning, and a start on what is left."""
        self.bridge.start(environment=begin.get("environment"))
        self.bridge.wait_until_ready()
        if "inject" in begin:
            self.watched.attach(self.bridge.process, begin["inject"])
        else:
            (self.bridge.data / ".count").touch()
        seen = self.life()
        fired = True
        if "inject" in begin:
            self.watched.detach()
            calls = trace.read(self.watched.lines())
            fired = any(call.injected for call in calls)
            self.faults += [f"{name}: {one}" for one in trace.violations(calls, alone=True)]
        else:
            fired = (self.bridge.data / ".fired").exists()
            (self.bridge.data / ".count").unlink()
            (self.bridge.data / ".fired").unlink(missing_ok=True)
        code = self.bridge.process.poll()
        if code not in (None, 6):
            self.faults.append(f"{name}: it ended with {code}")
        self.bridge.kill()
        self.recover(name)
        if self.wish.verbose and fired:
            print(f"{name}: {seen}{'' if code is None else f', ended with {code}'}", flush=True)
        return fired

    def recover(self, name):
        """What was promised is there; what was not can be sent again."""
        self.bridge.start()
        try:
            self.bridge.wait_until_ready()
        except RuntimeError:
            self.faults.append(f"{name}: it does not start any more")
            raise
        agent, consumer = Link(self.bridge.port, self.agent), Link(self.bridge.port, self.consumer)
        for identity in list(self.known)[-2:]:
            body, page = self.known[identity]
            if identity in self.promised:
                if consumer.ask("GET", f"/v1/records/{identity}") != (200, body):
                    self.faults.append(f"{name}: the record that was promised is lost")
                if consumer.ask("GET", f"/v1/records/{identity}/pages/1") != (200, page):
                    self.faults.append(f"{name}: the page that was promised is lost")
            elif (status := self.put(agent, identity, body, page)) not in (200, 201):
                self.faults.append(f"{name}: sent again after the recovery it is answered with {status}")
        self.bridge.kill()

    def inject(self):
        dice = random.Random(self.wish.seed)
        cases = [(call, how, number) for call, ways in FAILING.items() for how in ways for number in range(1, MOST + 1)]
        halves = [(then, number) for then in (0, errno.ENOSPC) for number in range(1, MOST + 1)]
        done, places, over = 0, {}, set()
        if self.wish.faults is not None:
            # A short form: the first calls of each kind are the record's own.
            cases = dice.sample([case for case in cases if case[2] <= (30 if case[0] == "pwrite64" else 2)], self.wish.faults)
            halves = dice.sample([half for half in halves if half[1] <= 30], max(1, self.wish.faults // 5))
        for call, how, number in cases:
            if (call, how) in over:
                continue
            what = f"retval={how}" if isinstance(how, int) else f"error={how}"
            fired = self.case(f"{call} {number} {what}", {"inject": f"{call}:{what}:when={number}"})
            if fired:
                done += 1
                places[call] = places.get(call, 0) + 1
            elif self.wish.faults is None:
                over.add((call, how))
        library = self.folder / "halfwrite.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(ROOT / "scripts/durability/halfwrite.c")], check=True)
        for then, number in halves:
            if ("half", then) in over:
                continue
            fired = self.case(f"half of write {number}, then {errno.errorcode.get(then, 'the rest')}", {"environment": {
                "LD_PRELOAD": str(library), "HALF_WRITE_FOLDER": str(self.bridge.data), "HALF_WRITE_AT": str(number),
                "HALF_WRITE_THEN": str(then)}})
            if fired:
                done += 1
                places["half"] = places.get("half", 0) + 1
            elif self.wish.faults is None:
                over.add(("half", then))
        print(f"{done} faults in one record's life: {places}", flush=True)
        if not done:
            self.faults.append("no fault was made at all")

    def finish(self):
        """In the end each record is done once, and the files are sound."""
        self.bridge.start()
        self.bridge.wait_until_ready()
        link, until = Link(self.bridge.port, self.consumer), time.monotonic() + 30
        while time.monotonic() < until and len([one for one in self.promised.values() if one == "done"]) < len(self.known):
            items = link.post("/v1/subscriptions/cases/claims", {"limit": 100, "waitSeconds": 1})[1]["items"]
            for item in items:
                if self.promised.get(item["record"]["id"]) == "done":
                    self.faults.append(f"{item['record']['id']} was done, and came again")
            if items:
                self.acknowledge(link, items)
        self.bridge.kill()
        found = SQLite().examine(self.bridge)
        missing = self.known.keys() - found["stored"]
        undone = [one for one in self.known if found["deliveries"]["cases"].get(one) != (2, f"c-{one}")]
        if missing or undone or len(found["stored"]) != len(self.known):
            self.faults.append(f"{len(missing)} records are missing, {len(undone)} not done, {len(found['stored'])} of {len(self.known)} stored")
        self.faults += [f"{name}: {row}" for name, row in found["broken"].items()] + found["damage"][:5]
        audit = self.bridge.command("audit", "verify")
        if audit.returncode:
            self.faults.append(audit.stderr.strip())
        print(f"{len(self.known)} records in all, each done once; {audit.stdout.strip()}", flush=True)


def main():
    wish = arguments()
    if wish.seed is None:
        wish.seed = random.SystemRandom().randrange(1 << 31)
    if not (wish.programs / "blankett-bridge").exists():
        print(f"durability: {wish.programs / 'blankett-bridge'} is missing; run swift build", file=sys.stderr)
        return 2
    if subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode:
        print("durability: this machine lets nobody watch system calls (ptrace)", file=sys.stderr)
        return 77
    print(f"seed {wish.seed}", flush=True)
    folder = ROOT / ".build/durability"
    shutil.rmtree(folder, ignore_errors=True)
    test = Test(wish, folder)
    try:
        test.oracle()
        test.inject()
        test.finish()
    finally:
        if test.bridge.process and test.bridge.process.poll() is None:
            test.bridge.process.send_signal(signal.SIGKILL)
    for fault in test.faults:
        print(f"BROKEN: {fault}")
    print(f"durability: {'BROKEN' if test.faults else 'kept'}, seed {wish.seed}")
    if not test.faults:
        shutil.rmtree(folder)
    return 1 if test.faults else 0


if __name__ == "__main__":
    sys.exit(main())

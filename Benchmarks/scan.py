#!/usr/bin/env python3
"""A stack of both-sided sheets through the agent, beside curl fetching the same documents from the same printer.

  Benchmarks/scan.py [--programs .build/release] [--pages 100] [--runs 3] [--ppm 100 0] [--json]

The printer is virtual-mfp, which sends finished A4 pages of 300 dpi as they lie in its feeder; --ppm gives it a motor of so
many sheets a minute, and 0 none: then it sends as fast as the machine can, which no feeder does, and the ratio shows what the
agent does beside fetching. The agent checks, seals and journals each page before it fetches the next; curl only writes it to
a file. Prints for each speed the medians of both times, their ratio, how far the agent's resident memory moved after the
first ten pages, and how many pages were journalled while sheets still lay in the feeder. The agent runs without a
read-worker: what is measured is scanning.
"""
import argparse
import atexit
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROMISED_RATIO, PROMISED_MEGABYTES = 1.15, 20
SETTINGS = """<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"><pwg:Version>2.6</pwg:Version><pwg:InputSource>Feeder</pwg:InputSource>
<scan:ColorMode>Grayscale8</scan:ColorMode><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution><scan:Duplex>true</scan:Duplex>
</scan:ScanSettings>"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(connection, method, path, body=None):
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        sys.exit(f"bench: {method} {path} answered {answer.status}: {content[:300]}")
    return json.loads(content) if content else None


def draw(folder, count):
    """Pages with enough on them to be as large as scanned forms are, about half a megabyte."""
    from PIL import Image, ImageDraw
    chance = random.Random(1)
    files = []
    for number in range(1, count + 1):
        page = Image.new("L", (2480, 3507), 245)
        pen = ImageDraw.Draw(page)
        for line in range(150, 3350, 45):
            words = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz     ") for _ in range(90))
            pen.text((150, line), f"{number} {words}", fill=20, font_size=34)
        file = folder / f"side-{number:03}.jpg"
        page.save(file, quality=85, dpi=(300, 300))
        files.append(str(file))
    return files


def wait_for(file, process, log):
    for _ in range(600):
        if file.exists() and file.read_text().endswith("\n"):
            return file.read_text().strip()
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"bench: {process.args[0]} did not start: " + log.read_text()[-400:])


def resident(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


class Rig:
    def __init__(self, folder, programs, pages):
        self.folder, self.pages, self.delay = folder, pages, 0
        (folder / "bin").mkdir()
        (folder / "profiles").mkdir()
        for name in ("blankett-agent", "blankett-scan-worker"):
            shutil.copy2(programs / name, folder / "bin")
        for bundle in programs.glob("*.resources"):
            (folder / "bin" / bundle.name).symlink_to(bundle.resolve())
        self.files = draw(folder, pages)
        self.log = open(folder / "log", "ab")
        self.printer = subprocess.Popen(
            [programs / "virtual-mfp", "--port", "0", "--raw", "--address-file", folder / "mfp.address"],
            stdout=self.log, stderr=self.log)
        atexit.register(self.printer.terminate)
        address = wait_for(folder / "mfp.address", self.printer, folder / "log")
        self.origin = "http://" + urllib.parse.urlsplit(address).netloc
        (folder / "profiles/any.json5").write_text(json.dumps({
            "format": "blankett-device/1", "maker": "any", "devices": [{
                "name": "Any", "version": 1, "match": {}, "connection": ["escl"], "profiles": {
                    "both": {"source": "feeder", "sides": 2, "mode": "gray", "resolution": 300, "size": "A4"}}}]}))
        (folder / "agent.json5").write_text(json.dumps({
            "format": "blankett-agent/1", "station": "bench", "data": "agent", "forms": [], "profiles": ["profiles"],
            "readers": 1, "test": True, "discovery": {"usb": False}, "scanners": [{"name": "MFP", "address": address}]}))
        self.agent = subprocess.Popen(
            [folder / "bin/blankett-agent", "--config", folder / "agent.json5"], stdout=self.log, stderr=self.log)
        atexit.register(self.agent.terminate)
        wait_for(folder / "agent/agent.address", self.agent, folder / "log")
        self.control = UnixConnection(os.path.relpath(folder / "agent/control.sock"))
        self.mfp = http.client.HTTPConnection(urllib.parse.urlsplit(self.origin).netloc)
        for _ in range(200):
            if any(device["state"] == "ready" for device in ask(self.control, "GET", "/status")["devices"]):
                break
            time.sleep(0.1)

    def load(self):
        # A server closes what was idle for a while; a closed one connects anew by itself.
        self.control.close()
        self.mfp.close()
        ask(self.mfp, "POST", "/_ctl", {"reset": True, "raw": True, "page_delay": self.delay, "adf": self.files})

    def with_curl(self):
        """Seconds for one curl process, one connection, all documents; the job's own POST and DELETE belong to it."""
        self.load()
        target = self.folder / "curl"
        target.mkdir(exist_ok=True)
        begin = time.perf_counter()
        headers = subprocess.run(
            ["curl", "-sS", "-D", "-", "-o", "/dev/null", "-H", "Content-Type: text/xml", "--data-binary", SETTINGS,
             self.origin + "/eSCL/ScanJobs"], check=True, capture_output=True, text=True).stdout
        location = next(line.split(":", 1)[1].strip() for line in headers.splitlines() if line.lower().startswith("location:"))
        job = urllib.parse.urljoin(self.origin, location)
        wanted = "".join(f'url = "{job}/NextDocument"\noutput = "{target}/{number}.jpg"\n' for number in range(self.pages))
        subprocess.run(["curl", "-sS", "--fail", "-K", "-"], input=wanted, text=True, check=True)
        subprocess.run(["curl", "-sS", "-X", "DELETE", job], check=True)
        seconds = time.perf_counter() - begin
        for number, file in enumerate(self.files):
            if (target / f"{number}.jpg").stat().st_size != os.path.getsize(file):
                sys.exit("bench: curl did not get the pages")
        return seconds

    def with_agent(self):
        self.load()
        begin = time.perf_counter()
        batch = ask(self.control, "POST", "/scans", {"device": "MFP", "profile": "both"})["id"]
        memory, early = [], 0
        while True:
            state = ask(self.control, "GET", f"/batches/{batch}")["batch"]
            seconds = time.perf_counter() - begin
            if state["state"] != "scanning":
                break
            if state["pages"] >= 10:
                memory.append(resident(self.agent))
            if ask(self.mfp, "GET", "/_ctl")["inFeeder"] > 0:
                early = max(early, state["pages"])
            time.sleep(0.05)
        if state["state"] == "incomplete" or state["pages"] != self.pages:
            sys.exit(f"bench: the batch was not whole: {state}")
        memory.append(resident(self.agent))
        return seconds, memory, early

    def stop(self):
        for process in (self.agent, self.printer):
            process.terminate()
        for process in (self.agent, self.printer):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def measure(rig, ppm, runs):
    """Medians at one speed of the motor."""
    # A sheet has two sides.
    rig.delay = 30 / ppm if ppm else 0
    curl, agent, memory, early = [], [], [], []
    for _ in range(runs):
        curl.append(rig.with_curl())
        seconds, samples, journalled = rig.with_agent()
        agent.append(seconds)
        memory.append(samples)
        early.append(journalled)
    flat = [value for samples in memory for value in samples]
    return {
        "pages": rig.pages, "runs": runs, "ppm": ppm,
        "kilobytesPerPage": round(sum(map(os.path.getsize, rig.files)) / len(rig.files) / 1024),
        "curlSeconds": round(statistics.median(curl), 3), "agentSeconds": round(statistics.median(agent), 3),
        "ratio": round(statistics.median(agent) / statistics.median(curl), 3),
        "runsCurl": [round(value, 3) for value in curl], "runsAgent": [round(value, 3) for value in agent],
        "megabytes": [round(min(flat), 1), round(max(flat), 1)],
        "megabytesMovedInARun": round(max(max(samples) - min(samples) for samples in memory), 1),
        "journalledWhileFeeding": min(early)}


def tell(result):
    ppm = result["ppm"]
    motor = f"{ppm:g} sheets a minute" if ppm else "no motor"
    promised = f" (promised {PROMISED_RATIO})" if ppm else ""
    print(f"{result['pages']} sides, {result['kilobytesPerPage']} kB each, {motor}, medians of {result['runs']} runs")
    print(f"  curl {result['curlSeconds']:.2f} s, agent {result['agentSeconds']:.2f} s: ratio {result['ratio']:.2f}{promised}")
    print(f"  agent's memory {result['megabytes'][0]:.0f} to {result['megabytes'][1]:.0f} MB; moved in a run by at most "
          f"{result['megabytesMovedInARun']:.1f} MB (promised {PROMISED_MEGABYTES})")
    print(f"  journalled while sheets still lay in the feeder: {result['journalledWhileFeeding']} of {result['pages']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ppm", type=float, nargs="+", default=[100, 0],
                        help="sheets a minute of the printer's motor; 0: as fast as it sends")
    parser.add_argument("--json", action="store_true", help="one object a line for each speed")
    options = parser.parse_args()
    # So that what was begun is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(pathlib.Path(folder), options.programs.resolve(), options.pages)
        try:
            for ppm in options.ppm:
                result = measure(rig, ppm, options.runs)
                print(json.dumps(result)) if options.json else tell(result)
        finally:
            rig.stop()


if __name__ == "__main__":
    main()

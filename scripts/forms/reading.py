"""What the measurements of scripts/accuracy share: their options, reading pages with the program, and where a figure comes from."""
import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parser(usage, out, pages):
    """The options that every measurement on drawn pages has."""
    made = argparse.ArgumentParser(usage=usage, add_help=False)
    made.add_argument("--blankett", default=ROOT / ".build/release/blankett", type=pathlib.Path)
    made.add_argument("--out", default=ROOT / ".build/accuracy" / out, type=pathlib.Path)
    made.add_argument("--pages", type=int, default=pages)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--record", type=pathlib.Path)
    made.add_argument("-h", "--help", action="store_true")
    return made


def is_there(program):
    """Whether the program can be run; says so if not."""
    if not program.exists():
        print(f"accuracy: {program} is not there. Build it: swift build -c release", file=sys.stderr)
    return program.exists()


# What a reading cost: seconds from start to end, and MB of the largest process, which is a read-worker.
Cost = collections.namedtuple("Cost", ["seconds", "memory"])


def read(program, forms, pages, *more, timeout=600):
    """The documents that `blankett read` gives, and what they cost; ends the measurement where there is none."""
    command = [str(program), "read", "--forms", str(forms), "--json", *map(str, more), *map(str, pages)]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        guard = threading.Timer(timeout, process.kill)
        guard.start()
        # The largest of the process and of all that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        cost = Cost(time.monotonic() - started, round(usage.ru_maxrss / 1024))
        output.seek(0)
        errors.seek(0)
        documents = []
        for line in output:
            try:
                documents.append(json.loads(line))
            except json.JSONDecodeError:
                pass
        if not documents:
            sys.exit(f"accuracy: {' '.join(command[:4])} … gave no reading (exit {process.returncode}): "
                     f"{errors.read().strip()[-400:]}")
    return documents, cost


def by_page(documents):
    """Each page's document, by the page's file name."""
    return {pathlib.Path(page["source"]).name: document for document in documents for page in document["pages"]}


def origin():
    """When, where and of which commit a figure is."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    return {"date": datetime.date.today().isoformat(), "machine": f"{platform.machine()}, {platform.system()}",
            "commit": commit.strip()}


def record(figures, *files):
    """Writes figures as JSON to each of the files that is named."""
    for path in filter(None, files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

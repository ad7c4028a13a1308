"""What the measurements of scripts/accuracy share: their options, reading pages with the program, and where a figure comes from."""
import argparse
import datetime
import json
import pathlib
import platform
import subprocess
import sys
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


def read(program, forms, pages, *more, timeout=600):
    """The documents that `blankett read` gives, and how many seconds it took; ends the measurement where there is none."""
    command = [str(program), "read", "--forms", str(forms), "--json", *map(str, more), *map(str, pages)]
    started = time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    seconds = time.monotonic() - started
    documents = []
    for line in result.stdout.splitlines():
        try:
            documents.append(json.loads(line))
        except json.JSONDecodeError:
            pass
    if not documents:
        sys.exit(f"accuracy: {' '.join(command[:4])} … gave no reading (exit {result.returncode}): "
                 f"{result.stderr.strip()[-400:]}")
    return documents, seconds


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

#!/usr/bin/python3
"""How long a page takes to read, stage by stage, beside the tesseract command on the same page: `scripts/bench reading`.

usage: scripts/bench reading [--forms N] [--pages N] [--programs DIR] [--json] [--record FILE]

  --forms N        how many forms the library has (500)
  --pages N        how often the page is read (7)
  --programs DIR   what to measure (.build/release, built first)
  --json           print the figures as JSON as well
  --record FILE    write them there too (docs/accuracy/reading-speed.json is what the repository keeps)

The page is A4 at 300 dpi with 25 text fields, 40 comb digits and 20 boxes. It is read one at a time, by one worker with two
threads, as a clerk waits for it, and each reading has a run of tesseract right after it: on a busy machine only the ratio tells
anything. Then two at a time, as a stack goes through. Medians; the first reading, which loads the models, does not count.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "forms"))
import reading as accuracy  # noqa: E402

STAGES = ("decode", "identify", "read", "total")


def read(programs, library, pages, readers, on_document=lambda: None):
    """The documents, in order, as they come."""
    command = [str(programs / "blankett"), "read", "--forms", str(library), "--json", "--readers", str(readers), *map(str, pages)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    documents = []
    for line in process.stdout:
        if line.startswith("{"):
            documents.append(json.loads(line))
            on_document()
    if process.wait() not in (0, 3) or not documents:
        sys.exit("bench: blankett read printed nothing: " + process.stderr.read()[-500:])
    return documents


def yardstick(page):
    """Milliseconds of the tesseract command for the whole page, on one thread, which is its fastest."""
    started = time.perf_counter()
    subprocess.run(["tesseract", str(page), "-", "-l", "swe"], env=dict(os.environ, OMP_THREAD_LIMIT="1"), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def judged(documents, truth):
    """How many fields are asked, and how many wrong with certainty."""
    fields = documents[0]["fields"]
    good = {field["name"]: field.get("value") == truth[field["name"]] for field in fields}
    return (sum(field["status"] != "read" for field in fields),
            sum(field["status"] == "read" and not good[field["name"]] for field in fields))


def measure(programs, library, page, truth, pages):
    ratios, stages, yards = [], {stage: [] for stage in STAGES}, []
    read(programs, library, [page], 1)  # layouts and features of a new library are made once
    for _ in range(pages):
        # A reading between two runs of the yardstick: what else the machine does weighs on both.
        documents = read(programs, library, [page] * 2, 1)
        times = documents[-1]["milliseconds"]
        for stage in STAGES:
            stages[stage].append(times.get(stage, 0))
        yards.append(yardstick(page))
        ratios.append(yards[-1] / times["total"])
    asked, wrong = judged(documents, truth)
    started = time.perf_counter()
    count = 2 * pages + 2
    read(programs, library, [page] * count, 2)
    return {"stages": {stage: round(statistics.median(values)) for stage, values in stages.items()},
            "tesseract": round(statistics.median(yards)), "ratio": round(statistics.median(ratios), 2),
            "asked": asked, "wrong": wrong, "fields": len(truth),
            "pagesPerSecond": round(count / (time.perf_counter() - started), 2)}


def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--forms", type=int, default=500)
    parser.add_argument("--pages", type=int, default=7)
    parser.add_argument("--programs", type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__)
        return 0
    if not options.programs:
        for product in ("blankett", "blankett-read-worker"):
            subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=ROOT, check=True, stdout=sys.stderr)
    programs = options.programs or ROOT / ".build" / "release"
    data = ROOT / ".build" / "bench"
    print(f"drawing {options.forms} forms", file=sys.stderr)
    subprocess.run(["/usr/bin/python3", str(ROOT / "Benchmarks" / "draw_library.py"), str(data),
                    "--forms", str(options.forms)], check=True)
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    library = data / f"library-{options.forms}"
    library.mkdir(exist_ok=True)
    for index in range(options.forms):
        link = library / f"bench-{index:04}"
        if not link.exists():
            link.symlink_to(data / "forms" / link.name)
    busy = os.getloadavg()[0]
    figures = measure(programs, library, data / "page.png", truth, options.pages)
    _, cost = accuracy.read(programs / "blankett", library, [data / "page.png"] * 6)
    figures |= {"memory": cost.memory, "forms": options.forms, "load": round(busy, 1)}
    print(f"A4 300 dpi, 25 fields + 40 comb digits + 20 boxes, library of {options.forms} forms, {os.cpu_count()} cores, "
          f"load {busy:.1f} before")
    print("  one page at a time: " + ", ".join(f"{stage} {value} ms" for stage, value in figures["stages"].items())
          + " (promised 800)")
    print(f"  tesseract, whole page, in the same run: {figures['tesseract']} ms; {figures['ratio']} x faster (promised 3 x)")
    print(f"  two at a time: {figures['pagesPerSecond']} pages a second; memory of a worker {figures['memory']} MB (promised 350)")
    print(f"  of {figures['fields']} fields {figures['asked']} asked, {figures['wrong']} wrong", flush=True)
    if options.json:
        print(json.dumps(figures))
    accuracy.record({**accuracy.origin(), **figures}, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Scans the batches of one chaos run, each scanner on a thread of its own; scripts/chaos says what is promised."""
import argparse
import json
import pathlib
import queue
import random
import shutil
import sys
import threading
import time

import check
import plan
from lane import Lane

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/chaos scan", add_help=False)
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", type=int)
    parser.add_argument("--lanes", type=int, default=6)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def work(lane, batches, results, wish):
    """Takes batches of the lane's kind until there are none."""
    while True:
        try:
            number = batches.get_nowait()
        except queue.Empty:
            return
        result = check.Batch(lane, plan.Plan(wish.seed, number)).run()
        results.append(result)
        if wish.verbose or result["broken"]:
            print(check.line(result), flush=True)
        elif len(results) % 50 == 0:
            print(f"{len(results)} batches", flush=True)


def main():
    wish = arguments()
    if wish.seed is None:
        wish.seed = random.SystemRandom().randrange(1 << 31)
    folder = ROOT / ".build/chaos"
    for program in ("blankett-agent", "blankett-scan-worker", "virtual-mfp"):
        if not (wish.programs / program).exists():
            print(f"chaos: {wish.programs / program} is missing; run swift build", file=sys.stderr)
            return 2
    print(f"seed {wish.seed}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    numbers = range(wish.batches) if wish.only is None else [wish.only]
    batches = {kind: queue.Queue() for kind in plan.KINDS}
    for number in numbers:
        batches[plan.Plan(wish.seed, number).kind].put(number)

    began = time.monotonic()
    results, lanes, threads = [], [], []
    try:
        for index in range(max(wish.lanes, len(plan.KINDS))):
            kind = plan.KINDS[index % len(plan.KINDS)]
            if batches[kind].empty():
                continue
            lanes.append(Lane(folder / f"lane-{index}", wish.programs, kind))
            threads.append(threading.Thread(target=work, args=(lanes[-1], batches[kind], results, wish)))
            threads[-1].start()
        for thread in threads:
            thread.join()
    finally:
        left = [line for lane in lanes for line in lane.stop()]
    summary = check.summary(results, left, time.monotonic() - began)
    (folder / "scan.json").write_text(json.dumps(
        {"seed": wish.seed, "summary": summary, "batches": sorted(results, key=lambda one: one["number"])}, indent=1))
    print(json.dumps(summary, indent=1))
    isKept = len(results) == len(numbers) and not summary["broken"]
    print(f"chaos: {'kept' if isKept else 'BROKEN'}, seed {wish.seed}")
    return 0 if isKept else 1


if __name__ == "__main__":
    sys.exit(main())

"""Trains the network for comb cells and measures it; started by scripts/train cells."""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODELS = ROOT / "Sources/VisionReading/Models"


def parsed():
    parser = argparse.ArgumentParser(prog="scripts/train cells", description=__doc__)
    parser.add_argument("--seed", type=int, default=1042)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--real", type=int, default=3, help="pictures of each real digit (3)")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".build/training", help="where pictures are kept")
    parser.add_argument("--out", type=pathlib.Path, default=MODELS, help="where cells.onnx and its figures go")
    parser.add_argument("--measure-only", action="store_true", help="measure the cells.onnx that is there")
    return parser.parse_args()


options = parsed()
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import cv2  # noqa: E402
import numpy  # noqa: E402

import cell_pictures as pictures  # noqa: E402
import cell_sources as sources  # noqa: E402


def cached(name, make):
    """Sets of pictures are made once; the file is named after what makes them, so that no old one is taken."""
    code = b"".join((ROOT / "Training" / file).read_bytes() for file in ("cell_pictures.py", "cell_sources.py"))
    path = options.cache / f"{name}-{hashlib.sha256(code).hexdigest()[:12]}.npz"
    if not path.exists():
        started = time.monotonic()
        made = make()
        options.cache.mkdir(parents=True, exist_ok=True)
        numpy.savez(path, pictures=made[0], labels=made[1], sources=made[2])
        print(f"{name}: {len(made[0])} pictures in {time.monotonic() - started:.0f} s", flush=True)
    found = numpy.load(path)
    return found["pictures"], found["labels"], found["sources"]


def opencv_answers(path, cells):
    network = cv2.dnn.readNetFromONNX(str(path))
    answers = []
    started = time.process_time()
    for cell in cells:
        network.setInput((cell.astype(numpy.float32) / 255)[None, None])
        answers.append(network.forward()[0].copy())
    return numpy.stack(answers), (time.process_time() - started) / len(cells) * 1000


def softmax(answers):
    powers = numpy.exp(answers - answers.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def temperature(answers, labels):
    """The number to divide answers by, so that what is said to be 99 % sure is right in 99 of 100."""
    def loss(divisor):
        return -numpy.log(numpy.maximum(softmax(answers / divisor)[numpy.arange(len(labels)), labels], 1e-12)).mean()
    return float(min(numpy.arange(.5, 3.01, .02), key=loss))


BINS = [0, .5, .8, .9, .95, .98, .99, .995, .998, .999, .9995, .9999, 1.0000001]


def reliability(answers, labels):
    """How often what is said to be so sure is right, and the expected calibration error."""
    shares = softmax(answers)
    sure, is_right = shares.max(1), shares.argmax(1) == labels
    rows, error = [], 0.0
    for low, high in zip(BINS, BINS[1:]):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            rows.append({"from": low, "cells": int(inside.sum()), "said": round(float(sure[inside].mean()), 5),
                         "right": round(float(is_right[inside].mean()), 5)})
            error += inside.mean() * abs(sure[inside].mean() - is_right[inside].mean())
    return {"expectedCalibrationError": round(float(error), 5), "table": rows}


def accuracy(answers, labels, allowed=slice(None)):
    masked = numpy.full_like(answers, -numpy.inf)
    masked[:, allowed] = answers[:, allowed]
    return round(float((masked.argmax(1) == labels).mean()), 5)


def passed(answers, labels):
    """Share of cells that are at least so sure, and how many of these are wrong."""
    shares = softmax(answers)
    sure, is_wrong = shares.max(1), shares.argmax(1) != labels
    return [{"atLeast": level, "passed": round(float((sure >= level).mean()), 5),
             "wrong": round(float(is_wrong[sure >= level].mean()), 6) if (sure >= level).any() else None}
            for level in (.8, .9, .95, .99, .995, .999)]


def figures(read):
    """`read` gives for pictures the answers of the network."""
    digits, letters = slice(0, 10), slice(10, 39)
    result = {}
    cells, labels, names = cached("check", lambda: pictures.cell_set("check", options.seed + 1))
    answers = read(cells)
    divisor = temperature(answers[:, digits], labels)
    result["temperature"] = round(divisor, 2)
    for name, make in [("digits as written", lambda: pictures.real_set("test")),
                       ("digits in cells", lambda: pictures.cell_set("test", options.seed + 2))]:
        cells, labels, names = cached(name.replace(" ", "-"), make)
        answers = read(cells) / divisor
        result[name] = {
            "cells": len(cells), "right, any class": accuracy(answers, labels),
            "right, digits": accuracy(answers, labels, digits),
            **{f"right, digits, {source}": accuracy(answers[names == source], labels[names == source], digits)
               for source in ("mnist", "optdigits")},
            "passed": passed(answers[:, digits], labels), **reliability(answers[:, digits], labels)}
    cells, labels, names = cached("fonts", lambda: pictures.font_set(options.seed + 3))
    answers = read(cells) / divisor
    is_letter = labels >= 10
    result["held-out fonts"] = {
        "cells": len(cells), "right, any class": accuracy(answers, labels),
        "digits, right among digits": accuracy(answers[~is_letter], labels[~is_letter], digits),
        "letters, right among letters": accuracy(answers[is_letter], labels[is_letter], letters),
        "åäö, right among letters": accuracy(answers[labels >= 36], labels[labels >= 36], letters)}
    cells, labels, names = cached("others", lambda: pictures.other_set(options.seed + 4))
    answers = read(cells)
    result["others"] = {"struck out, right": accuracy(answers[labels == sources.STRUCK], labels[labels == sources.STRUCK]),
                        "empty, right": accuracy(answers[labels == sources.EMPTY], labels[labels == sources.EMPTY])}
    return result


def main():
    options.out.mkdir(parents=True, exist_ok=True)
    model = options.out / "cells.onnx"
    record = options.out / "cells.json"
    training = {}
    if options.measure_only:
        training = json.loads(record.read_text(encoding="utf-8"))["training"]
    else:
        import torch
        import cell_network
        torch.set_num_threads(options.threads)
        cells, labels, names = cached(f"train-{options.real}-{options.seed}",
                                      lambda: pictures.training_set(options.seed, real=options.real))
        counts = {name: int((names == name).sum()) for name in sorted(set(names))}
        print(f"training on {len(cells)} cells: {counts}", flush=True)
        started, used = time.monotonic(), time.process_time()
        network = cell_network.train(cells, labels, options.seed, options.epochs,
                                     report=lambda line: print(line, flush=True))
        training = {"seed": options.seed, "epochs": options.epochs, "cells": counts,
                    "seconds": round(time.monotonic() - started), "cpuSeconds": round(time.process_time() - used),
                    "torch": torch.__version__, "processor": platform.machine(),
                    "date": datetime.date.today().isoformat()}
        cell_network.export(network, model)
        test, _, _ = cached("digits-as-written", lambda: pictures.real_set("test"))
        other, _ = opencv_answers(model, test[::10])
        own = cell_network.answers(network, test[::10])
        training["opencvDiffersAtMost"] = float(f"{numpy.abs(other - own).max():.2g}")
        training["opencvDecidesOtherwise"] = int((other.argmax(1) != own.argmax(1)).sum())
    cost = []

    def read(cells):
        answers, milliseconds = opencv_answers(model, cells)
        cost.append(milliseconds)
        return answers

    measured = figures(read)
    result = {"model": "cells.onnx", "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
              "bytes": model.stat().st_size, "classes": sources.CLASSES, "temperature": measured.pop("temperature"),
              "training": training, "opencv": cv2.__version__, "millisecondsPerCell": round(float(numpy.median(cost)), 3),
              "figures": measured}
    record.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    json.dump(measured, sys.stdout, indent=1, ensure_ascii=False)
    print(f"\n{model}: {result['bytes']} bytes, {result['millisecondsPerCell']} ms a cell, "
          f"temperature {result['temperature']}")


if __name__ == "__main__":
    main()

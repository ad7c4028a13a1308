"""Trains the hand's head of the line recogniser and measures it; started by scripts/train words."""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODELS = ROOT / "Sources/VisionReading/Models"


def parsed():
    parser = argparse.ArgumentParser(prog="scripts/train words", description=__doc__)
    parser.add_argument("--seed", type=int, default=1042)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--real", type=int, default=2, help="pictures of each real word, the first as it is (2)")
    parser.add_argument("--drawn", type=int, default=2500, help="lines drawn with fonts (2500)")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".build/training", help="where columns are kept")
    parser.add_argument("--out", type=pathlib.Path, default=MODELS, help="where hand.net and its figures go")
    parser.add_argument("--columns-only", action="store_true", help="only run the recogniser's stem over all pictures")
    return parser.parse_args()


options = parsed()
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

import line_network  # noqa: E402
import word_figures  # noqa: E402
import word_pictures as pictures  # noqa: E402
import word_sources as sources  # noqa: E402

torch.set_num_threads(options.threads)
model = line_network.FlatModel(line_network.models() / "line.net")
CHARACTERS = [line[0] for line in (line_network.models() / "line.txt").read_text(encoding="utf-8").split("\n") if line]
# The recogniser of the product knows no ß, five of six real words have one, and a hand is not to learn a wrong letter for it.
MORE = ["ß"]
ALPHABET = CHARACTERS + MORE


class Lines:
    """What the stem makes of lines, with their texts: 16 bits a number, since a hundred megabytes are enough."""

    def __init__(self, columns, texts, names):
        self.columns, self.texts, self.names = columns, texts, names

    def __len__(self):
        return len(self.texts)

    def batch(self, places):
        length = max(self.columns[place].shape[1] for place in places)
        result = numpy.zeros((len(places), self.columns[places[0]].shape[0], length), numpy.float32)
        for row, place in enumerate(places):
            result[row, :, :self.columns[place].shape[1]] = self.columns[place]
        return torch.from_numpy(result), torch.tensor([self.columns[place].shape[1] for place in places])


def lines(name, make):
    """Columns of a set are made once; the file is named after what makes them."""
    code = b"".join((ROOT / "Training" / file).read_bytes()
                    for file in ("word_pictures.py", "word_sources.py", "line_network.py"))
    path = options.cache / f"words-{name}-{hashlib.sha256(code).hexdigest()[:12]}.npz"
    if not path.exists():
        started = time.monotonic()
        stem = line_network.Stem(model, line_network.models() / "line.net", options.cache)
        made = [(pictures.normal(picture), text, source) for picture, text, source in make()]
        made = sorted((one for one in made if one[0] is not None), key=lambda one: one[0].shape[1])
        columns = []
        for place, (line, *_) in enumerate(made):
            columns.append(stem(line).astype(numpy.float16))
            if place % 500 == 0:
                print(f"{name}: {place} of {len(made)} lines, {time.monotonic() - started:.0f} s", flush=True)
        options.cache.mkdir(parents=True, exist_ok=True)
        numpy.savez(path, columns=numpy.concatenate(columns, 1), lengths=[one.shape[1] for one in columns],
                    texts=[text for _, text, _ in made], names=[source for *_, source in made])
    found = numpy.load(path)
    ends = numpy.cumsum(found["lengths"])
    whole = found["columns"]
    return Lines([whole[:, end - length:end] for end, length in zip(ends, found["lengths"])],
                 [str(text) for text in found["texts"]], [str(one) for one in found["names"]])


def again(items, times, seed):
    """Each line as it is, and rewritten."""
    random = numpy.random.default_rng(seed)
    for picture, text, name in items:
        yield picture, text, name
        for _ in range(times - 1):
            yield pictures.rewritten(picture, random), text, name


def drawn(fonts, count, seed):
    random = numpy.random.default_rng(seed)
    for picture, text, name in sources.drawn_lines(fonts, count, seed):
        yield pictures.rewritten(picture, random), text, name


def train(head, sets, report):
    """Connectionist temporal classification, AdamW, one cycle; the mean of the last weights."""
    torch.manual_seed(options.seed)
    random = numpy.random.default_rng(options.seed)
    index = {character: place + 1 for place, character in enumerate(ALPHABET)}
    samples = [(one, place) for one in sets for place in range(len(one))
               if all(character in index for character in one.texts[place])
               and len(one.texts[place]) * 1.3 < one.columns[place].shape[1]]
    averaged = torch.optim.swa_utils.AveragedModel(head, avg_fn=lambda mean, new, _: mean + (new - mean) * .005)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=.02)
    size = 32
    total = options.epochs * (len(samples) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.5e-3, total_steps=total, pct_start=.15)
    started, step = time.monotonic(), 0
    for epoch in range(options.epochs):
        head.train()
        # Lines of like length share a batch, and batches come in any order.
        order = sorted(range(len(samples)), key=lambda k: samples[k][0].columns[samples[k][1]].shape[1] + random.uniform(0, 6))
        batches = [order[first:first + size] for first in range(0, len(order) - size + 1, size)]
        random.shuffle(batches)
        losses = []
        for batch in batches:
            chosen = [samples[k] for k in batch]
            joined = Lines([one.columns[place] for one, place in chosen], [one.texts[place] for one, place in chosen], [])
            columns, lengths = joined.batch(range(len(chosen)))
            # A tenth of what the stem says is left out, so that no single number is trusted.
            columns = functional.dropout(columns, .1)
            wanted = [[index[character] for character in text] for text in joined.texts]
            answers = functional.log_softmax(head(columns, drop=.1), 2)
            loss = functional.ctc_loss(answers, torch.tensor(sum(wanted, [])), lengths,
                                       torch.tensor([len(one) for one in wanted]), zero_infinity=True)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 5)
            optimizer.step()
            schedule.step()
            losses.append(float(loss))
            step += 1
            if step > total // 2:
                averaged.update_parameters(head)
            elif step == total // 2:
                averaged.module.load_state_dict(head.state_dict())
        seconds = time.monotonic() - started
        report(f"epoch {epoch + 1}/{options.epochs}: loss {numpy.mean(losses):.4f}, {seconds:.0f} s", head)
    return averaged.module.eval()


def read(head, given, characters):
    """What a head makes of lines, in their order."""
    head.eval()
    found = []
    with torch.no_grad():
        for first in range(0, len(given), 16):
            places = list(range(first, min(first + 16, len(given))))
            columns, lengths = given.batch(places)
            answers = head(columns)
            for row, length in enumerate(lengths.tolist()):
                found += line_network.texts(answers[:length, row:row + 1], characters)
    return found


def main():
    seed = options.seed
    began, used = time.monotonic(), time.process_time()
    sets = {
        "test": lines("test", lambda: sources.real_words("test")),
        "check": lines("check", lambda: sources.real_words("check")),
        "letters": lines("letters", sources.letter_lines),
        "fonts": lines(f"fonts-{seed}", lambda: drawn(sources.HELD_OUT, 300, seed + 1)),
    }
    learned = [lines(f"drawn-{options.drawn}-{seed}", lambda: drawn(sources.HANDS, options.drawn, seed)),
               lines(f"train-{options.real}-{seed}", lambda: again(sources.real_words("train"), options.real, seed))]
    if options.columns_only:
        return
    unchanged, head = line_network.Head(model).eval(), line_network.Head(model, len(MORE))

    def report(line, head):
        found = word_figures.errors(sets["check"].texts, read(head, sets["check"], ALPHABET))
        print(f"{line}; character error rate on writers to check with {found['characterErrorRate']:.3%}", flush=True)

    head = train(head, learned, report)
    options.out.mkdir(parents=True, exist_ok=True)
    data = head.file()
    (options.out / "hand.net").write_bytes(data)
    figures = {}
    for name, given in sets.items():
        figures[name] = {"unchanged": word_figures.errors(given.texts, read(unchanged, given, CHARACTERS)),
                         "hand": word_figures.errors(given.texts, read(head, given, ALPHABET))}
    record = {
        "model": "hand.net", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "more": "".join(MORE),
        "training": {"seed": seed, "epochs": options.epochs, "realWords": len(learned[1]), "drawnLines": len(learned[0]),
                     "seconds": round(time.monotonic() - began), "cpuSeconds": round(time.process_time() - used),
                     "writersToCheck": sources.PARTS["check"], "writersToTest": sources.PARTS["test"],
                     "torch": torch.__version__, "processor": platform.machine(),
                     "date": datetime.date.today().isoformat()},
        "figures": figures}
    (options.out / "hand.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()

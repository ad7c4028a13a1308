"""The page of figures: `scripts/accuracy page` writes docs/accuracy/README.md and its plots from the JSON files beside it."""
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "accuracy"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 320, 64, 48, 24, 16


def curve(scored):
    """How many are wrong among those that pass, for every share that is asked.

    `scored` are pairs of a confidence and whether the value is right. One point for each confidence that occurs, from everything
    passed to nothing.
    """
    scored = sorted(scored, reverse=True)
    points, wrong = [], 0
    for place, (confidence, is_right) in enumerate(scored, 1):
        wrong += not is_right
        if place == len(scored) or scored[place][0] != confidence:
            points.append({"confidence": round(confidence, 5), "asked": round(1 - place / len(scored), 5),
                           "errors": wrong, "passed": place, "errorShare": round(wrong / place, 5)})
    return points[::-1]


def svg(title, across, up, lines, names=(), largest=None):
    """A plot of `lines`, each a list of x and y; shares are shown in per cent."""
    most = (max([x for line in lines for x, _ in line] + [1e-9]),
            largest or max([y for line in lines for _, y in line] + [1e-9]) * 1.1)
    inner = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)

    def place(x, y):
        return (round(LEFT + x / most[0] * inner[0], 1), round(HEIGHT - BOTTOM - min(y / most[1], 1) * inner[1], 1))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<title>{title}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for step in range(6):
        x, y = place(most[0] * step / 5, most[1] * step / 5)
        out.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#333">{most[1] * step / 5:.3g}</text>')
        out.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#333">{most[0] * step / 5:.3g}</text>')
    colours, dashes = ["#1a4f8b", "#b3400f", "#2c7a3f", "#6b3fa0"], ["", "6 3", "2 3", "8 2 2 2"]
    for number, line in enumerate(lines):
        points = " ".join("{},{}".format(*place(*point)) for point in line)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colours[number % 4]}" stroke-width="2" '
                   f'stroke-dasharray="{dashes[number % 4]}"/>')
        if number < len(names):
            out.append(f'<text x="{WIDTH - RIGHT - 4}" y="{TOP + 14 + 16 * number}" text-anchor="end" '
                       f'fill="{colours[number % 4]}">{names[number]}</text>')
    out.append(f'<text x="{LEFT + inner[0] / 2}" y="{HEIGHT - 8}" text-anchor="middle" fill="#111">{across}</text>')
    out.append(f'<text transform="translate(14 {TOP + inner[1] / 2}) rotate(-90)" text-anchor="middle" fill="#111">{up}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def _load(name):
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _origin(figures):
    return f"Measured {figures['date']} on {figures['machine']}, commit {figures['commit']}."


def _marks(figures):
    rows = ["| set | sheets | read | boxes | marked | falsely | missed | wrong | asked |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, count in figures["sets"].items():
        rows.append(f"| {name} | {count['sheets']} | {count['read']} | {count['boxes']} | {count['marked']} | {count['false']} | "
                    f"{count['missed']} | {100 * count['errorShare']:.3f} % | {100 * count['askedShare']:.1f} % |")
    text = ["## Mark sheets, box by box", "", *rows, "",
            f"Of {figures['strangers']} pages that are none of these sheets {len(figures['strangersTaken'])} were taken for one. A "
            "box is asked when its field is, or when its sheet was not recognised. Where a set has no blank, one was made from a "
            "filled sheet (`scripts/forms/omr_sheets.py`). " + _origin(figures), ""]
    return text


def _forms(figures):
    rows = ["| pages | right | asked | refused | wrong |", "| --- | ---: | ---: | ---: | ---: |"]
    for kind, count in figures["kinds"].items():
        cells = [str(count.get(outcome, 0)) for outcome in ("right", "asked", "refused", "wrong")]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return [f"## Which of {figures['forms']} forms", "", *rows, "",
            f"Known forms recognised: {100 * figures['recognised']:.1f} %. Identified and registered: median "
            f"{figures['millisecondsMedian']} ms, p95 {figures['milliseconds95']} ms; unknown ones p95 "
            f"{figures['unknownMilliseconds95']} ms. A worker grew to {figures['workerMemory']} MB. " + _origin(figures), ""]


def _combs(figures):
    every = figures["figures"]["all"]
    rows = ["| sure at | of all digits | of these right |", "| ---: | ---: | ---: |"]
    rows += [f"| {row['threshold']} | {100 * row['sure']:.2f} % | {100 * (row['right'] or 0):.3f} % |" for row in figures["sureDigits"]]
    return ["## Real digits in combs", "", *rows, "",
            f"{every['digits']} digits that were held out from training, {100 * every['right']:.2f} % of them right. Of "
            f"{every['fields']} fields {100 * every['fieldsCertain']:.1f} % pass without a question, {every['fieldsWrongAsCertain']} of "
            "them wrong. Some digits have a label that few would give them who see them: `scripts/accuracy combs` draws all that were "
            "sure and other than their label. " + _origin(figures), ""]


def _letters(figures):
    every = figures["figures"]["all"]
    return ["## Capitals in combs", "",
            f"{every['fields']} words in hand-writing fonts that were held out, since nobody has written letters for us: "
            f"{100 * every['right']:.1f} % of {every['digits']} letters right, {100 * every['fieldsCertain']:.1f} % of the words pass "
            f"without a question, {every['fieldsWrongAsCertain']} of them wrong. Expect less of people. " + _origin(figures), ""]


def _propose(figures):
    rows = ["| blanks | condition | fields | recall | precision | kind | cells | s a page |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for one in figures["results"]:
        found = max(1, one["matched"])
        cells = 100 * one["cells"] / one["combs"] if one["combs"] else 100
        rows.append(f"| {one['form']} | {one['condition']} | {one['true']} | {100 * one['matched'] / one['true']:.1f} % | "
                    f"{100 * one['matched'] / max(1, one['found']):.1f} % | {100 * one['kind'] / found:.1f} % | {cells:.1f} % | "
                    f"{one['processorSeconds']:.1f} |")
    return ["## Fields found on blank forms", "", *rows, "",
            "Against the PDFs' own fields, which condition `acroform` takes over and the others have stripped; places that cover half "
            "of the union; seconds of one processor. Margins and mailing windows where nothing is printed that shows a field count "
            "as missed (`scripts/accuracy propose --help`). The machine's load was "
            f"{figures['load']} on two cores, and seconds of a processor that others use too are longer. " + _origin(figures), ""]


def _speed(figures):
    stages = ", ".join(f"{name} {value}" for name, value in figures["stages"].items())
    return ["## Time for one page", "",
            f"A4 at 300 dpi, 25 text fields, 40 comb digits, 20 boxes, {figures['forms']} forms, milliseconds: {stages}. The "
            f"tesseract command on the same page in the same run: {figures['tesseract']} ms, so {figures['ratio']} times as long. "
            f"Two at a time: {figures['pagesPerSecond']} pages a second. The machine's load before was {figures['load']} on "
            "two cores: the ratio tells, the milliseconds do not. " + _origin(figures), ""]


def _curve(figures):
    points = figures["curve"]
    (FOLDER / "curve.svg").write_text(svg(
        "Errors among fields that pass, by the share that is asked", "asked, % of fields with a value",
        "wrong among those that pass, %", [[(100 * p["asked"], 100 * p["errorShare"]) for p in points]]), encoding="utf-8")
    return ["## Errors against questions", "", "![Errors among fields that pass, by the share that is asked](curve.svg)", "",
            f"Over {points[0]['passed']} filled fields of {figures['sets']} sets: if all were passed, {points[0]['errors']} would be "
            "wrong; the more are asked, the fewer are. " + _origin(figures), ""]


def write():
    text = ["# What was measured", "", "Written by `scripts/accuracy page` from the JSON files here, which the measurements write: "
            "`scripts/accuracy --curve FILE`, `scripts/accuracy combs|forms|marks|propose --record FILE`, `scripts/accuracy combs --letters --record FILE`, `scripts/bench reading --record FILE`.", ""]
    for name, part in (("curve", _curve), ("marks", _marks), ("combs", _combs), ("letters", _letters), ("forms", _forms), ("propose", _propose), ("reading-speed", _speed)):
        figures = _load(name)
        if figures:
            text += part(figures)
    (FOLDER / "README.md").write_text("\n".join(text), encoding="utf-8")
    print(FOLDER / "README.md")
    return 0

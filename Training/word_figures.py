"""How well written lines were read."""


def alignment(truth, found):
    """Pairs (character of the truth or "", character found or "") with the fewest differences."""
    rows = [list(range(len(found) + 1))]
    for a in truth:
        before = rows[-1]
        row = [before[0] + 1]
        for place, b in enumerate(found):
            row.append(min(before[place] + (a != b), before[place + 1] + 1, row[-1] + 1))
        rows.append(row)
    i, j, pairs = len(truth), len(found), []
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (truth[i - 1] != found[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], found[j]))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", found[j]))
    return pairs[::-1]


def errors(truths, founds):
    """Character error rate, with and without what happens to ß; whole lines; umlauts; and what is like the learned list."""
    count = wrong = sharp = wrong_sharp = exact = invented = 0
    umlauts = {one: [0, 0] for one in "åäöÅÄÖ"}
    for truth, found in zip(truths, founds):
        pairs = alignment(truth, found)
        count += len(truth)
        wrong += sum(a != b for a, b in pairs)
        sharp += truth.count("ß")
        wrong_sharp += sum(a == "ß" and b != "ß" for a, b in pairs)
        exact += truth == found
        invented += "stra" in found.lower() and "stra" not in truth.lower()
        for a, b in pairs:
            if a in umlauts:
                umlauts[a][0] += 1
                umlauts[a][1] += a == b
    share = lambda part, whole: round(part / whole, 5) if whole else None  # noqa: E731
    small = lambda letter: share(umlauts[letter][1] + umlauts[letter.upper()][1],  # noqa: E731
                                 umlauts[letter][0] + umlauts[letter.upper()][0])
    return {"lines": len(truths), "characters": count, "characterErrorRate": share(wrong, count),
            "withoutß": share(wrong - wrong_sharp, count - sharp), "exact": share(exact, len(truths)),
            "found": {letter: small(letter) for letter in "åäö"}, "streetsInvented": invented}

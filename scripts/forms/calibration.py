"""How often fields that say they are so sure are right, by kind."""

BINS = [0, .5, .9, .98, .995, .999, .9995, 1.0000001]


def reliability(said, bins=BINS):
    """Of (confidence, is right): by confidence how much is right, and the expected calibration error."""
    table, error = [], 0.0
    for low, high in zip(bins, bins[1:]):
        inside = [one for one in said if low <= one[0] < high]
        if inside:
            claimed = sum(one[0] for one in inside) / len(inside)
            right = sum(one[1] for one in inside) / len(inside)
            error += len(inside) / len(said) * abs(claimed - right)
            table.append({"from": low, "cells": len(inside), "said": round(claimed, 5), "right": round(right, 5)})
    return {"expectedCalibrationError": round(error, 5), "table": table}


def by_kind(said):
    """Of (kind, confidence, is right, is certain): for each kind, and for all."""
    figures = {}
    for kind in [*sorted({one[0] for one in said}), "all"]:
        own = [one for one in said if kind in (one[0], "all")]
        certain = [one for one in own if one[3]]
        wrong = sum(not one[2] for one in certain)
        figures[kind] = {
            "fields": len(own), "certain": len(certain), "wrongAsCertain": wrong,
            # With none wrong of n, fewer than three in n are, nineteen times of twenty.
            "wrongAtMost": round((wrong + 3 if wrong == 0 else wrong + 2 * wrong ** .5 + 2) / max(1, len(certain)), 5),
            **reliability([(one[1], one[2]) for one in own])}
    return figures


def lines(figures):
    """A table for people."""
    yield f"{'kind':12}{'fields':>8}{'certain':>9}{'wrong':>7}{'at most':>9}{'calibration error':>19}   said -> right"
    for kind, one in figures.items():
        rows = "  ".join(f"{row['said']:.4f} -> {row['right']:.4f} ({row['cells']})" for row in one["table"])
        yield f"{kind:12}{one['fields']:>8}{one['certain']:>9}{one['wrongAsCertain']:>7}{one['wrongAtMost']:>9.2%}" \
              f"{one['expectedCalibrationError']:>19.4f}   {rows}"

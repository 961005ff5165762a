"""Regions of pixels in mpmath: one pixel, one class, one image at a time."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

SOFT = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0, width=32))


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Scores and masks of one mode; tame masks are hard and not empty, where a loss may jump or have a kink."""
    mode = draw(st.sampled_from(["multiclass", "multilabel", "binary"]))
    count = 1 if mode == "binary" else draw(st.integers(2, 4))
    shape = rows if mode == "binary" else (*rows, count)
    values: dict[str, Any] = {"mode": mode} if mode != "multiclass" or draw(st.booleans()) else {}
    from_logits = draw(st.booleans())
    numbers = st.floats(-5, 5, width=32) if tame else st.one_of(st.floats(-5, 5, width=32), st.floats(-60, 60))
    elements = numbers if from_logits else st.floats(0.0625, 0.9375, width=32)
    logits = draw(npst.arrays(np.float64, shape, elements=elements))
    hard = mode == "multiclass" and draw(st.booleans())
    if hard:
        labels = draw(npst.arrays(np.int64, rows, elements=st.integers(0, count - 1)))
    else:
        labels = draw(npst.arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0]) if tame else SOFT))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255, -1]))
        labels = np.where(draw(npst.arrays(np.bool_, labels.shape)), values["ignore_index"], labels)
    if not from_logits:
        values["from_logits"] = False
    options: dict[str, Any] = {
        "per_image": st.booleans(),
        "average": st.sampled_from(["macro", "micro"]),
        "overlap": st.sampled_from(["min", "product"]),
        "empty": st.sampled_from(["zero", "formula", "skip"]),
        "smooth_nr": st.sampled_from([0.0, 0.5, 1.0]),
        "smooth_dr": st.sampled_from([0.0, 1.0, 1.5]),
    }
    values |= {name: draw(values_of) for name, values_of in options.items() if draw(st.booleans())}
    if values.get("smooth_nr"):
        values["smooth_dr"] = max(values.get("smooth_dr", 0.0), values["smooth_nr"])
    if mode != "binary" and draw(st.booleans()):
        values["classes"] = draw(npst.arrays(np.int64, draw(st.integers(1, 3)), elements=st.integers(0, count - 1)))
    return {"logits": logits, "labels": labels} | values


def flat(a: Any, axes: int) -> list[Any]:
    """The innermost lists, or numbers, below so many axes."""
    for _ in range(axes - 1):
        a = list(itertools.chain.from_iterable(a))
    return a if axes else [a]


def depth(a: Any) -> int:
    return 1 + depth(a[0]) if isinstance(a, list) and a else int(isinstance(a, list))


def probabilities(scores: list[float], mode: str, from_logits: bool) -> list[Any]:
    z = [mpf(x) for x in scores]
    if not from_logits:
        return z
    if mode != "multiclass":
        return [1 / (1 + mp.exp(-x)) for x in z]
    e = [mp.exp(x - max(z)) for x in z]
    return [x / mp.fsum(e) for x in e]


def regions(given: dict[str, Any]) -> list[list[list[tuple[Any, Any]]]]:
    """For each image, for each class: the pairs of probability and membership of the pixels that count."""
    axes = depth(given["logits"]) - 1
    pixels = flat(given["logits"], axes)
    mode, ignored = given["mode"], given["ignore_index"]
    by_class = depth(given["labels"]) > axes
    labels = flat(given["labels"], axes)
    count = len(pixels[0]) if pixels else 0
    images = len(given["logits"]) if given["per_image"] and axes > 1 else 1
    size = len(pixels) // images if images else 0
    found: list[list[list[tuple[Any, Any]]]] = [[[] for _ in range(count)] for _ in range(images)]
    for i, (scores, label) in enumerate(zip(pixels, labels, strict=True)):
        for c, p in enumerate(probabilities(scores, mode, given["from_logits"])):
            mine = label[c] if by_class else label
            if mine != ignored:
                t = mine if by_class or mode == "binary" else float(mine == c)
                found[i // size][c].append((p, mpf(t)))
    return found


def overlaps(given: dict[str, Any], name: str, hit: Any, alpha: Any, beta: Any, gamma: Any = 1) -> list[dict[str, Any]]:
    """What a quotient of TP, FP and FN is in each region."""
    results = []
    for image in regions(given):
        picked = given["classes"] if given["classes"] is not None else range(len(image))
        every = [image[c] for c in picked]
        for pairs_of in [[every]] if given["average"] == "micro" else [[[pairs]] for pairs in every]:
            pairs = list(itertools.chain.from_iterable(pairs_of[0]))
            tp = mp.fsum(min(p, t) if given["overlap"] == "min" else p * t for p, t in pairs)
            fp, fn = mp.fsum(p for p, _ in pairs) - tp, mp.fsum(t for _, t in pairs) - tp
            above = hit * tp + given["smooth_nr"]
            below = hit * tp + mpf(alpha) * fp + mpf(beta) * fn + given["smooth_dr"]
            filled = any(t for _, t in pairs)
            counts = bool(pairs) and (filled or given["empty"] != "skip")
            score = above / below if below else mp.nan
            void = not counts or (given["empty"] == "zero" and not filled)
            steps = {"TP": tp, "FP": fp, "FN": fn, name: score}
            value = mpf(0) if void else mp.nan if mp.isnan(score) else (1 - score) ** mpf(gamma)
            results.append({"value": value, "divisor": int(counts), "counts": counts, "steps": steps})
    return results

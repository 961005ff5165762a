"""CTC by its definition: every path of classes, those summed that read as the targets."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import inf, mp, mpf

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Few frames and classes, so that all paths can be written out; tame targets can always be aligned."""
    batched, n = bool(rows), rows[0] if rows else 1
    frames, classes = draw(st.integers(3, 4) if tame else st.integers(0, 4)), draw(st.integers(2, 3))
    logits = np.random.default_rng(draw(st.integers(0, 999))).normal(
        0, draw(st.sampled_from([1, 10])), (frames, n, classes)
    )
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    blank = draw(st.integers(0, classes - 1))
    labels = [c for c in range(classes) if c != blank]
    longest = 2 if tame else 3
    lengths = [draw(st.integers(0, longest)) for _ in range(n)]
    targets = [[draw(st.sampled_from(labels)) for _ in range(length)] for length in lengths]
    values: dict[str, Any] = {"log_probs": log_probs if batched else log_probs[:, 0]}
    if not batched or draw(st.booleans()):
        values["targets"] = np.array(list(itertools.chain.from_iterable(targets)), dtype=np.int64)
    else:
        padded = [[*target, *[draw(st.sampled_from([-1, blank, 99]))] * (longest - len(target))] for target in targets]
        values["targets"] = np.array(padded, dtype=np.int64).reshape(n, longest)
    values["target_lengths"] = np.array(lengths if batched else lengths[0], dtype=np.int64)
    if draw(st.booleans()):
        least = 3 if tame else 0
        count = [draw(st.integers(min(least, frames), frames)) for _ in range(n)]
        values["input_lengths"] = np.array(count if batched else count[0], dtype=np.int64)
    if blank or draw(st.booleans()):
        values["blank"] = blank
    if draw(st.booleans()):
        values["zero_infinity"] = draw(st.booleans())
    return values


def read(path: tuple[int, ...], blank: int) -> list[int]:
    return [c for c, _ in itertools.groupby(path) if c != blank]


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    log_probs, targets = given["log_probs"], given["targets"]
    lengths = given["target_lengths"]
    batched = np.ndim(log_probs) == 3 or len(lengths) != 1
    results = []
    for i, length in enumerate(lengths):
        frames = [frame[i] if batched else frame for frame in log_probs]
        if given["input_lengths"] is not None:
            frames = frames[: given["input_lengths"][i]]
        flat = targets if not targets or not isinstance(targets[0], list) else None
        target = targets[i][:length] if flat is None else flat[sum(lengths[:i]) : sum(lengths[:i]) + length]
        classes = range(len(frames[0])) if frames else range(0)
        paths = itertools.product(classes, repeat=len(frames))
        p = mp.fsum(
            mp.exp(mp.fsum(mpf(frame[c]) for frame, c in zip(frames, path, strict=True)))
            for path in paths
            if read(path, given["blank"]) == target
        )
        value = -mp.log(p) if p else mpf(0) if given["zero_infinity"] else inf
        steps = {
            "frames": len(frames),
            "labels": length,
            "frames needed": length + sum(a == b for a, b in itertools.pairwise(target)),
            "p(targets)": p,
            "-log p(targets)": value,
        }
        # log-probabilities near 0 add up to one that may be much smaller
        results.append({"value": value / max(length, 1), "divisor": 1, "counts": True, "steps": steps, "size": 1})
    return results

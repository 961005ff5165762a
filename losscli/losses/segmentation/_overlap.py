"""The losses that are one quotient of true positives, false positives and false negatives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from losscli.declare import AnyArray, Floats, Ints
from losscli.losses.segmentation import _regions
from losscli.terms import Step, Terms


class Quotient(NamedTuple):
    """score = (hit TP + smooth_nr) / (hit TP + alpha FP + beta FN + smooth_dr), loss = (1 - score)^gamma."""

    name: str
    hit: float
    alpha: float
    beta: float
    gamma: float = 1.0


def overlap(
    quotient: Quotient,
    logits: Floats,
    labels: AnyArray,
    *,
    mode: str,
    from_logits: bool,
    per_image: bool,
    average: str,
    classes: Ints | None,
    overlap: str,
    empty: str,
    smooth_nr: float,
    smooth_dr: float,
    ignore_index: int,
) -> Terms:
    """The loss of each region: a class, in an image or in the whole batch."""
    count = logits.shape[-1]
    t, counts = _regions.targets(labels, count, mode, ignore_index)
    at = _regions.pixels(logits, mode, from_logits, counts)
    n = _regions.images(logits, per_image)
    each = at.p.shape[1] // max(n, 1)
    picked = _regions.chosen(classes, count)
    micro = average == "micro"

    def sums(a: AnyArray) -> Any:
        by_region = a.reshape(len(a), n, each).sum(axis=-1).T[:, picked if len(a) == count else [0] * len(picked)]
        return (by_region.sum(axis=1) if micro else by_region).reshape(-1)

    soft = overlap == "min" and labels.dtype.kind == "f"
    over = at.minus(t) if soft else None
    tp = sums(at.p * t if over is None else np.minimum(at.p, t))
    fp = sums(at.p * (1 - t) if over is None else np.maximum(over, 0))
    fn = sums(at.q * t if over is None else np.maximum(-over, 0))
    a, alpha, beta, gamma = quotient[1:]
    below = a * tp + alpha * fp + beta * fn + smooth_dr
    filled = sums(t) > 0
    seen = sums(at.counts) > 0
    if empty == "skip":
        seen &= filled
    live = seen & filled if empty == "zero" else seen
    # 1 - score without its 1: below - above, from parts that do not cancel
    base = np.where(live, (alpha * fp + beta * fn + (smooth_dr - smooth_nr)) / below, 0.0)
    value = base if gamma == 1 else base**gamma

    def grad() -> Floats:
        slope = np.where(live, (1.0 if gamma == 1 else gamma * base ** (gamma - 1)) / below, 0.0)
        g_tp, g_fp, g_fn = (
            _spread(g) for g in (-slope * a * base, slope * alpha * (1 - base), slope * beta * (1 - base))
        )
        if over is None:
            by_p = g_tp * t + g_fp * (1 - t) - g_fn * t
        else:
            under = (1 - np.sign(over)) / 2
            by_p = (g_tp - g_fn) * under + g_fp * (1 - under)
        return at.slope(by_p)

    def _spread(g: Floats) -> Floats:
        """From a number a region to (C, M)."""
        whole = np.zeros((n, count))
        for k, c in enumerate(picked):  # a class may be named twice
            whole[:, c] += g if micro else g[k :: len(picked)]
        return np.repeat(whole.T, each, axis=1)

    one = micro or mode == "binary"
    steps: dict[str, Step] = {"TP": tp, "FP": fp, "FN": fn, quotient.name: lambda: (a * tp + smooth_nr) / below}
    return Terms(
        value=np.where(live, value, 0.0),
        steps=steps,
        grad=grad,
        counts=seen,
        formula=formula(quotient, smooth_nr, smooth_dr),
        axes=_regions.axes(n, per_image, None if one else picked),
    )


def formula(quotient: Quotient, smooth_nr: float, smooth_dr: float) -> str:
    """The formula with its numbers."""
    hit, fp, fn = (
        f"{'' if weight == 1 else f'{weight:g} '}{name}"
        for weight, name in zip(quotient[1:4], ("TP", "FP", "FN"), strict=True)
    )
    above = f"({hit} + {smooth_nr:g})" if smooth_nr else hit
    score = f"{above} / ({hit} + {fp} + {fn}{f' + {smooth_dr:g}' if smooth_dr else ''})"
    return f"1 - {score}" if quotient.gamma == 1 else f"(1 - {score})^{quotient.gamma:g}"

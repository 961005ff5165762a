"""Losses that are one quotient of true positives, false positives and false negatives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from losscli.declare import AnyArray, Floats
from losscli.losses.segmentation import Regions, _regions
from losscli.terms import Step, Terms


class Quotient(NamedTuple):
    """score = (hit TP + smooth_nr) / (hit TP + alpha FP + beta FN + smooth_dr), loss = (1 - score)^gamma."""

    name: str
    hit: float
    alpha: float
    beta: float
    gamma: float = 1.0


def overlap(quotient: Quotient, logits: Floats, labels: AnyArray, regions: Regions) -> Terms:
    """The loss of each region: a class, in an image or in the whole batch."""
    count = logits.shape[-1]
    smooth_nr, smooth_dr = regions.smooth_nr, regions.smooth_dr
    t, counts = _regions.targets(labels, count, regions)
    at = _regions.pixels(logits, regions, counts)
    n = _regions.images(logits, regions)
    each = at.p.shape[1] // max(n, 1)
    classes = _regions.class_indices(regions, count)
    micro = regions.average == "micro"

    def sums(a: AnyArray) -> Any:
        by_region = a.reshape(len(a), n, each).sum(axis=-1).T[:, classes if len(a) == count else [0] * len(classes)]
        return (by_region.sum(axis=1) if micro else by_region).reshape(-1)

    soft = regions.overlap == "min" and labels.dtype.kind == "f"
    over = at.minus(t) if soft else None  # p - t, (C, M)
    tp = sums(at.p * t if over is None else np.minimum(at.p, t))
    fp = sums(at.p * (1 - t) if over is None else np.maximum(over, 0))
    fn = sums(at.q * t if over is None else np.maximum(-over, 0))
    a, alpha, beta, gamma = quotient[1:]
    below = a * tp + alpha * fp + beta * fn + smooth_dr
    filled = sums(t) > 0
    seen = sums(at.counts) > 0
    if regions.empty == "skip":
        seen &= filled
    live = seen & filled if regions.empty == "zero" else seen
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
        """From one number per region to (C, M)."""
        whole = np.zeros((n, count))
        for k, c in enumerate(classes):  # a class may be named twice
            whole[:, c] += g if micro else g[k :: len(classes)]
        return np.repeat(whole.T, each, axis=1)

    one = micro or regions.mode == "binary"
    hard = over is None  # then min(p, t) is p * t
    steps = {
        "TP": Step(tp, how="sum(probability * mask)" if hard else "sum(min(probability, mask))"),
        "FP": Step(fp, how="sum(probability * (1 - mask))" if hard else "sum(max(probability - mask, 0))"),
        "FN": Step(fn, how="sum((1 - probability) * mask)" if hard else "sum(max(mask - probability, 0))"),
        quotient.name: Step(lambda: (a * tp + smooth_nr) / below, how=score(quotient, regions, " * ")),
    }
    return Terms(
        value=np.where(live, value, 0.0),
        steps=steps,
        grad=grad,
        counts=seen,
        formula=formula(quotient, regions),
        axes=_regions.axes(n, regions, None if one else classes),
    )


def score(quotient: Quotient, regions: Regions, times: str) -> str:
    """The quotient with its numbers; `times` stands between a weight and what it weights."""
    hit, fp, fn = (
        f"{'' if weight == 1 else f'{weight:g}{times}'}{name}"
        for weight, name in zip(quotient[1:4], ("TP", "FP", "FN"), strict=True)
    )
    above = f"({hit} + {regions.smooth_nr:g})" if regions.smooth_nr else hit
    return f"{above} / ({hit} + {fp} + {fn}{f' + {regions.smooth_dr:g}' if regions.smooth_dr else ''})"


def formula(quotient: Quotient, regions: Regions) -> str:
    """The formula of the loss with its numbers."""
    power = quotient.gamma
    loss = f"1 - {score(quotient, regions, ' ')}"
    return loss if power == 1 else f"({loss})^{power:g}"

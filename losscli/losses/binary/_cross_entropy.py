"""Binary cross entropy of a logit, as several losses have it."""

from __future__ import annotations

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats


def binary_cross_entropy(x: Floats, t: Floats, pos_weight: Floats | None = None) -> Floats:
    """pw t softplus(-x) + (1 - t) softplus(x), from terms of which none is negative for t in [0, 1]."""
    on = t if pos_weight is None else pos_weight * t
    off = 1 - t
    value = np.maximum(x, 0)
    value *= off
    negative = np.minimum(x, 0)
    negative *= on
    value -= negative
    if np.isnan(value).any():  # a share of 0 in an infinite part
        value[np.isinf(x) & (np.where(x < 0, on, off) == 0)] = 0.0
    rest = ops.softplus_small(x)
    if pos_weight is not None:
        rest *= on + off
    value += rest
    return value


def binary_cross_entropy_gradient(x: Floats, t: Floats, pos_weight: Floats | None = None) -> Floats:
    """(1 - t) sigmoid(x) - pw t sigmoid(-x)."""
    on = t if pos_weight is None else pos_weight * t
    off, of_on = 1 - t, on * ops.sigmoid(-x)
    gradient: Floats = off * ops.sigmoid(x) - of_on

    def exact(short: bool, x: Floats, t: Floats, weight: Floats) -> doubled.Parts:
        e = doubled.exp(-np.minimum(np.abs(x), 700), short=short)
        off, on = doubled.two_sum(1, -t), doubled.negative(doubled.two_product(weight, t))
        times_e = tuple(np.where(x < 0, a, b) for a, b in zip(off, on, strict=True))
        alone = tuple(np.where(x < 0, b, a) for a, b in zip(off, on, strict=True))
        return (doubled.rounded(alone + doubled.product(times_e, e)) / (1 + e[0]),)

    doubled.mend(gradient, of_on, exact, x, t, np.ones(1) if pos_weight is None else pos_weight, least=1 / 16)
    return gradient

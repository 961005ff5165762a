"""Numerically stable building blocks. Each keeps a *relative* accuracy that the textbook form loses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from losscli.params import Bools, Floats, Ints


def pick(a: Floats, y: Ints) -> Floats:
    """`a[i, y[i]]` of each row i: shape (N)."""
    picked: Floats = a[np.arange(len(y)), y]
    return picked


class Peak(NamedTuple):
    """A softmax taken apart so that nothing cancels: p_c = exp(z_c - peak) / (1 + rest).

    top   (N): the class with the largest logit
    peak  (N): that logit
    rest  (N): the sum of exp(z_c - peak) over the *other* classes
    """

    top: Ints
    peak: Floats
    rest: Floats


def softmax_peak(z: Floats) -> Peak:
    """The largest logit of each row and the sum of the others' exponentials.

    With the largest term (always exactly 1) left out, log(sum exp) = peak + log1p(rest) keeps its digits when one class
    takes nearly all. A row with NaN, +inf, or nothing but -inf has a NaN rest.
    """
    rows = np.arange(len(z))
    top = z.argmax(axis=1)
    peak = z[rows, top]
    d = z - peak[:, None]
    own = peak - peak
    e = np.exp(d, out=d)
    e[rows, top] = own
    rest = e.sum(axis=1)
    # exp turns the absolute rounding of z_c - peak into a relative one, up to 700 units where the difference is -700.
    # It shows only when the loss is about as small as rest: there, add exp's first-order correction.
    close = np.flatnonzero((rest < 0.1) & (rest > 0))
    if close.size:
        e = exp_of_difference(z[close], peak[close])
        e[np.arange(close.size), top[close]] = 0
        rest[close] = e.sum(axis=1)
    return Peak(top, peak, rest)


def exp_of_difference(z: Floats, peak: Floats) -> Floats:
    """exp(z_c - peak), also to the last digits where the difference itself had to be rounded."""
    p = peak[:, None]
    d = z - p
    # Knuth's exact error of a difference: z - p == d + error
    back = d - z
    error = (z - (d - back)) - (p + back)
    e: Floats = np.exp(d)
    e += np.where(e > 0, e * error, 0)
    return e


def softmax(z: Floats, at: Peak) -> Floats:
    """exp(z_c) / sum_k exp(z_k): shape (N, C)."""
    return exp_of_difference(z, at.peak) / (1 + at.rest)[:, None]


def log_softmax(z: Floats, at: Peak) -> Floats:
    """log p_c = (z_c - peak) - log1p(rest): both terms are at most 0, so nothing cancels."""
    d = z - at.peak[:, None]
    d -= np.log1p(at.rest)[:, None]
    return d


def negative_log_softmax_at(z: Floats, at: Peak, y: Ints) -> Floats:
    """-log p_y = log1p(rest) + (peak - z_y): both terms are at least 0, so nothing cancels."""
    nll: Floats = np.log1p(at.rest) + (at.peak - pick(z, y))
    return nll


def softmax_minus_one_hot(z: Floats, at: Peak, y: Ints) -> Floats:
    """p_c - [c = y], the gradient of -log p_y; p_y - 1 is written -rest / (1 + rest) where y has the largest logit."""
    g = softmax(z, at)
    rows = np.arange(len(y))
    g[rows, y] = np.where(y == at.top, -at.rest / (1 + at.rest), g[rows, y] - 1)
    return g


def exponentials(z: Floats, at: Peak) -> tuple[str, Callable[[], Floats]]:
    """The textbook's exp(z) where that neither overflows nor vanishes, else exp(z - max): its name and a function."""
    peaks = at.peak[np.isfinite(at.peak)]
    if peaks.max(initial=0) < 700 and peaks.min(initial=0) > -700:
        return "exp", lambda: np.exp(z)
    return "exp(z - max)", lambda: softmax(z, at) * (1 + at.rest)[:, None]


def expected_negative_log_softmax(z: Floats, at: Peak, target: Floats) -> Floats:
    """sum_c target_c (-log p_c), in terms of which none is negative; target is (N, C) or (C)."""
    below = at.peak[:, None] - z
    value: Floats = (below * target).sum(axis=1) + np.log1p(at.rest) * target.sum(axis=-1)
    lost = np.flatnonzero(np.isnan(value))
    if lost.size:  # perhaps 0 * inf: leave out what has no share in the target
        share = np.broadcast_to(target, z.shape)[lost]
        one_by_one = -log_softmax(z[lost], Peak(at.top[lost], at.peak[lost], at.rest[lost]))
        value[lost] = shared(share, one_by_one).sum(axis=1)
    return value


def shared(share: Floats, a: Floats) -> Floats:
    """share * a, and 0 where the share is 0, whatever `a` is there (0 log 0 = 0)."""
    return np.where(share == 0, 0.0, share * a)


def softplus_small(x: Floats) -> Floats:
    """log1p(exp(-|x|)), in (0, log 2]: softplus(x) = max(x, 0) + this, softplus(-x) = max(-x, 0) + this."""
    e = np.abs(x)
    np.negative(e, out=e)
    np.exp(e, out=e)
    return np.log1p(e, out=e)


def softplus(x: Floats) -> Floats:
    """log(1 + exp(x)) = -log sigmoid(-x), without overflow and exact for very negative x."""
    s: Floats = np.maximum(x, 0)
    s += softplus_small(x)
    return s


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), by exp(-|x|) so that neither side overflows nor loses its small values."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1 + e)


def binary_cross_entropy(x: Floats, t: Floats, pos_weight: Floats | None = None) -> Floats:
    """Pw t softplus(-x) + (1 - t) softplus(x), from terms of which none is negative for t in [0, 1]."""
    on = t if pos_weight is None else pos_weight * t
    off = 1 - t
    linear = np.where(x < 0, on, off)
    # a share of 0 in an infinite part is NaN at first
    value = np.abs(x)
    value *= linear
    if np.isnan(value).any():
        value[(linear == 0) & np.isinf(x)] = 0.0
    rest = softplus_small(x)
    if pos_weight is not None:
        rest *= on + off
    value += rest
    return value


def binary_cross_entropy_gradient(x: Floats, t: Floats, pos_weight: Floats | None = None) -> Floats:
    """(1 - t) sigmoid(x) - pw t sigmoid(-x)."""
    on = t if pos_weight is None else pos_weight * t
    gradient: Floats = (1 - t) * sigmoid(x) - on * sigmoid(-x)
    return gradient


def exact_parts(values: Floats) -> tuple[Floats, Floats]:
    """Two numbers a row of (G, R) that add up to the row's sum as if in about twice the precision.

    Adding and subtracting a large power of two cuts each value at one common bit. The upper parts are then whole
    multiples of one unit and their sum has no rounding at all; what is left is so small that its own rounding
    does not matter. So a sum does not depend on how the rows were cut.
    """
    top = np.maximum(values.max(axis=1, initial=0.0), -values.min(axis=1, initial=0.0))
    cut = np.exp2(np.ceil(np.log2(np.maximum(top, 2.0**-1000))) + np.ceil(np.log2(values.shape[1] + 2)))
    cut = np.where(np.isfinite(cut), cut, 0.0)  # infinite or NaN: sum as they are
    upper = values + cut[:, None]
    upper -= cut[:, None]
    high = upper.sum(axis=1)
    np.subtract(values, upper, out=upper)
    low = upper.sum(axis=1)
    return high, np.where(np.isfinite(high), low, 0.0)


def exact_sums(values: Floats) -> Floats:
    """The sum of each row of (G, R), correctly rounded but for ties: shape (G)."""
    high, low = exact_parts(values)
    return high + low


def counted(labels: Ints, ignore_index: int) -> tuple[Bools, Ints]:
    """Which rows count, and labels that can be looked up in every row: an ignored one may lie outside the classes."""
    counts = labels != ignore_index
    return counts, np.where(counts, labels, 0)

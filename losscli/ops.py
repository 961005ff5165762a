"""Numerically stable building blocks. Each keeps a *relative* accuracy that the textbook form loses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from losscli.declare import Bools, Floats, Ints

NARROW = 32  # up to so many classes a block is stored class by class, and whole columns are worked on


def row_sum(a: Floats) -> Floats:
    """The sum of each row of (N, C), added up in an order that does not depend on how many rows there are."""
    classes = a.shape[1]
    if classes > NARROW:
        return a.sum(axis=1)
    total = a[:, 0].copy()
    for c in range(1, classes):
        total += a[:, c]
    return total


def pick(a: Floats, y: Ints) -> Floats:
    """`a[i, y[i]]` of each row i: shape (N)."""
    rows, classes = a.shape
    if not a.flags.c_contiguous:
        return a.T.reshape(-1).take(y * rows + np.arange(rows))
    return a.reshape(-1).take(y + np.arange(0, rows * classes, classes))


def product(m: Floats, v: Floats) -> Floats:
    """The matrix of each row times its vector, (N, C, D) and (N, D): (N, C); one product where all rows share one."""
    if len(m) == 1 or (len(m) and not m.strides[0]):
        shared: Floats = v @ m[0].T
        return shared
    one_by_one: Floats = np.matmul(m, v[:, :, None])[:, :, 0]
    return one_by_one


class Peak(NamedTuple):
    """A softmax taken apart so that nothing cancels: p_c = exp(z_c - peak) / (1 + rest).

    peak  (N): the largest logit
    rest  (N): the sum of exp(z_c - peak) over the *other* classes
    """

    peak: Floats
    rest: Floats


def softmax_peak(z: Floats) -> Peak:
    """The largest logit of each row and the sum of the others' exponentials.

    With the largest term (always exactly 1) left out, log(sum exp) = peak + log1p(rest) keeps its digits when one class
    takes nearly all. A row with NaN, +inf, or nothing but -inf has a NaN rest.
    """
    peak = z.max(axis=1)
    e = np.exp(z)
    # exp(z_c) exp(-peak) is right to the last digits; exp(z_c - peak) has the rounding of a difference in its exponent.
    # Only where exp overflows or vanishes, the difference has to do.
    rest = _sum_of_others(e, z, peak, np.exp(peak)) * np.exp(-peak)
    far = np.flatnonzero(~((np.abs(peak) < 300) & (rest > 1e-150)))
    if far.size:
        rest[far] = _sum_of_others(exp_of_difference(z[far], peak[far]), z[far], peak[far], np.ones(far.size))
    return Peak(peak, rest)


def _sum_of_others(e: Floats, z: Floats, peak: Floats, largest: Floats) -> Floats:
    """The sum of each row of `e` without one entry where z is at its peak and e is `largest`; overwrites `e`."""
    if z.shape[1] > NARROW:
        e[np.arange(len(e)), z.argmax(axis=1)] = peak - peak  # 0, or NaN where the peak is infinite or NaN
        return row_sum(e)
    # On short rows argmax is slow: leave out all that equal the peak, and put back what was too many.
    others = z != peak[:, None]
    e *= others
    ties = z.shape[1] - 1 - others.view(np.int8).sum(axis=1, dtype=np.int8)
    return row_sum(e) + ties * largest


def exp_of_difference(z: Floats, peak: Floats) -> Floats:
    """exp(z_c - peak), also to the last digits where the difference itself had to be rounded."""
    p = peak[:, None]
    d = z - p
    # Knuth's exact error of a difference: z - p == d + error
    back = d - z
    error = (z - (d - back)) - (p + back)
    error[~(d > -800)] = 0  # where exp vanishes; -inf would make NaN of it
    e: Floats = np.exp(d)
    e += e * error
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
    g[np.arange(len(y)), y] = np.where(pick(z, y) == at.peak, -at.rest / (1 + at.rest), pick(g, y) - 1)
    return g


def exponentials(z: Floats, at: Peak) -> tuple[str, Callable[[], Floats]]:
    """The textbook's exp(z) where that neither overflows nor vanishes, else exp(z - max): its name and a function."""
    if at.peak.max(initial=0) < 700 and at.peak.min(initial=0) > -700:
        return "exp", lambda: np.exp(z)
    return "exp(z - max)", lambda: softmax(z, at) * (1 + at.rest)[:, None]


def expected_negative_log_softmax(z: Floats, at: Peak, target: Floats) -> Floats:
    """sum_c target_c (-log p_c), in terms of which none is negative; target is (N, C) or (C)."""
    below = at.peak[:, None] - z
    value: Floats = row_sum(below * target) + np.log1p(at.rest) * target.sum(axis=-1)
    lost = np.flatnonzero(np.isnan(value))
    if lost.size:  # perhaps 0 * inf: leave out what has no share in the target
        share = np.broadcast_to(target, z.shape)[lost]
        one_by_one = -log_softmax(z[lost], Peak(at.peak[lost], at.rest[lost]))
        value[lost] = row_sum(shared(share, one_by_one))
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


def counted(labels: Ints, ignore_index: int) -> tuple[Bools | None, Ints]:
    """Which rows count (None: all), and labels that can be looked up in every row, also where they are ignored."""
    counts = labels != ignore_index
    if counts.all():
        return None, labels
    return counts, np.where(counts, labels, 0)


def masked(a: Floats, counts: Bools | None) -> Floats:
    """`a` with 0 in the rows that do not count, whatever stands there; a is (N) or (N, C)."""
    if counts is None:
        return a
    return np.where(counts if a.ndim == 1 else counts[:, None], a, 0.0)

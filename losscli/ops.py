"""Numerically stable building blocks. Each keeps a *relative* accuracy that the textbook form loses."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from losscli import doubled
from losscli.declare import Floats, Ints

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


def softmax_minus(z: Floats, at: Peak, *share: Floats, whole: Floats | float | None = None) -> Floats:
    """`whole` p_c - share_c, where the share is a sum of parts and the whole is its sum over the classes.

    That is the gradient of sum_c share_c (-log p_c). Where the two are nearly equal they are worked out together, with
    more digits. At the largest logit it is (whole - share_c) - whole (1 - p_c).
    """
    target = np.broadcast_to(sum(share), z.shape)
    total = row_sum(target) if whole is None else np.broadcast_to(whole, len(z))
    g = total[:, None] * softmax(z, at)
    g -= target
    for short, bound in ((True, 1 / 8), (False, 2.0**-18)):
        near = np.abs(g) < target * bound
        for rows in doubled.chunks(np.flatnonzero(near.any(axis=1)), -(-z.shape[1] // 4)):
            parts = tuple(np.broadcast_to(part, z.shape)[rows] for part in share)
            sums = None if whole is None else total[rows]
            better = _difference_of_shares(z[rows], at.peak[rows], parts, sums, short)
            g[rows] = np.where(near[rows], better / (1 + at.rest[rows])[:, None], g[rows])
    return g


def _difference_of_shares(z: Floats, peak: Floats, share: doubled.Parts, whole: Floats | None, short: bool) -> Floats:
    """whole e_c - share_c sum_k e_k with e = exp(z - peak): the sums without their term at the peak, whose e is 1."""
    e = doubled.exp_of_difference(z, peak[:, None], short=short)
    others = np.ones(z.shape)
    others[np.arange(len(z)), z.argmax(axis=1)] = 0
    rest = summed(tuple(part * others for part in e))[: 2 if short else 3]
    terms = doubled.negative(share + doubled.product(share, tuple(part[:, None] for part in rest)))
    if whole is not None:
        return doubled.rounded(terms + doubled.product(e, (whole[:, None],)))
    at_peak = tuple((part * (1 - others)).sum(axis=1, keepdims=True) for part in share)
    apart = summed(tuple(part * others for part in share))[: 2 if short else 3]
    terms += doubled.product(e, at_peak) + doubled.product(e, tuple(part[:, None] for part in apart))
    return doubled.rounded_once(terms) if short else doubled.rounded(terms)


def softmax_minus_one_hot(z: Floats, at: Peak, y: Ints) -> Floats:
    """p_c - [c = y], the gradient of -log p_y; p_y - 1 is written -rest / (1 + rest) where y has the largest logit."""
    g = softmax(z, at)
    g[np.arange(len(y)), y] = np.where(pick(z, y) == at.peak, -at.rest / (1 + at.rest), pick(g, y) - 1)
    return g


def expected_negative_log_softmax(z: Floats, at: Peak, target: Floats) -> Floats:
    """sum_c target_c (-log p_c), in terms of which none is negative; target is (N, C) or (C)."""
    below = at.peak[:, None] - z
    whole = row_sum(target) if target.ndim > 1 else target.sum()
    value: Floats = row_sum(below * target) + np.log1p(at.rest) * whole
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


def corrected(value: Floats, gradient: Floats, low: Floats) -> Floats:
    """A loss of rounded scores, with what their rounding lost: to the first order, which is all that shows."""
    lost = row_sum(gradient * low)
    return value + np.where(np.isfinite(lost), lost, 0.0)


def softmax_corrected(z: Floats, at: Peak, low: Floats) -> Floats:
    """What softmax(z) lacks where z has lost `low`, to the first order: p_c (low_c - sum_k p_k low_k)."""
    p = softmax(z, at)
    d = low - pick(low, z.argmax(axis=1))[:, None]  # so that next to nothing cancels where one p is next to 1
    d -= row_sum(p * d)[:, None]
    d *= p
    return np.where(np.isfinite(d), d, 0.0)


def summed(a: doubled.Parts) -> doubled.Parts:
    """The sum of each row of (N, C), whose parts `a` are, in three parts."""
    sums: doubled.Parts = ()
    for part in a:
        for _ in range(2):
            high, low, left = exact_parts(part)
            sums += (high, low)
            if not left.size:
                break
            rest = np.zeros(part.shape)  # but for few numbers, small beside the others
            rest.reshape(-1)[left] = part.reshape(-1)[left]
            part = rest
        else:
            sums += (row_sum(part),)
    return doubled.compressed(sums)


def exact_parts(values: Floats) -> tuple[Floats, Floats, Ints]:
    """Two numbers a row of (G, R) that add up without rounding to the row's sum, but for some places left out (flat).

    Adding and subtracting a large power of two cuts each value at one common bit. The upper parts are then whole
    multiples of one unit, and few enough that no sum of them is rounded. Nor is any sum of what is left, but for values
    so much smaller than the largest that their last digits would not fit beside it: these are the places left out,
    and so is all of a row that a sum could overflow. Of a row with an infinity or NaN only these count.
    """
    values = np.ascontiguousarray(values)
    least = values.min(axis=1, initial=0.0 if not values.shape[1] else np.inf)
    top = np.maximum(values.max(axis=1, initial=0.0), -least)
    room = math.ceil(math.log2(values.shape[1] + 2))
    exponent = np.frexp(top)[1] + room
    bound = np.ldexp(1.0, exponent + (room - 54))
    if not top.max(initial=0.0) < 2.0**990:
        special = np.where(np.isfinite(values), 0.0, values).sum(axis=1)
        finite = np.isfinite(top)
        values = np.where(finite[:, None], values, 0.0)
        exponent, bound = np.minimum(exponent, 1000), np.where(finite & (top >= 2.0**990), np.inf, bound)
    left = np.empty(0, dtype=np.int64) if (least >= bound).all() else _places_below(values, bound, least)
    cut = np.ldexp(1.0, exponent)[:, None]  # next to 0 it vanishes, where no sum is rounded anyway
    upper = values + cut
    upper -= cut
    if left.size:
        upper.reshape(-1)[left] = 0
    high = upper.sum(axis=1)
    np.subtract(values, upper, out=upper)
    if left.size:
        upper.reshape(-1)[left] = 0
    low = upper.sum(axis=1)
    return (high, low, left) if top.max(initial=0.0) < 2.0**990 else (high + special, low, left)


def _places_below(values: Floats, bound: Floats, least: Floats) -> Ints:
    """Where the size of a number that is not 0 is below its row's bound."""
    below = values < bound[:, None]
    if not (least >= 0).all():
        below &= values > -bound[:, None]
    if np.count_nonzero(below) * 64 > below.size:  # many are 0
        below &= values != 0
    places = np.flatnonzero(below)
    return places[values.reshape(-1)[places] != 0]

"""Products of matrices right to about an ulp, however much cancels; each row's is that of the row alone."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from losscli import doubled
from losscli.declare import Bools, Floats, Ints
from losscli.ops import row_sum

MOST_SLICES = 4  # of a row: of 53 bits, and of what smaller numbers of the row have below
SLICED = 1 << 18  # numbers that are cut into slices at a time: two megabytes

Slice: TypeAlias = "tuple[Ints, Floats]"  # the rows that have one, and theirs


def row_by_row(m: Floats, v: Floats, bias: Floats | None = None) -> tuple[Floats, Floats]:
    """The matrix of each row times its vector, plus bias, (N, C, D), (N, D) and (N, C), as `exact` has it."""
    if len(m) == 1 or (len(m) and not m.strides[0]):  # all rows share one
        return exact(v, m[0], None if bias is None else bias[0])
    each = [exact(v[i : i + 1], m[i], None if bias is None else bias[i]) for i in range(len(v))]
    empty = np.zeros((0, m.shape[1]))
    return np.concatenate([empty, *(high for high, _ in each)]), np.concatenate([empty, *(low for _, low in each)])


def exact(a: Floats, b: Floats, bias: Floats | None = None) -> tuple[Floats, Floats]:
    """a @ b.T + bias in two parts, right to about an ulp of the first however much cancels, for (N, K) and (C, K).

    A row of the result is that of the row of `a` alone, which BLAS does not give, for its order of adding depends on
    the shape. Each row is cut into slices of so few bits that sums of their products have no rounding in any order
    (Ozaki et al. 2012); few such sums are left to be added up. What a row holds below its slices is multiplied on its
    own: it may be all that meets a number other than 0. A row that is not finite has its plain product.
    """
    # a slice after the first is at most half of its bits, so that all products of one order fit as one and a half do
    bits = (53 - math.ceil(math.log2(1.5 * a.shape[1]))) // 2
    high, low = np.empty((len(a), len(b))), np.empty((len(a), len(b)))
    of_a, size, plain, below_a = _slices(a, bits)
    upper = np.ascontiguousarray(a)
    if below_a:
        upper = upper.copy()
        for row, rest in below_a.items():
            upper[row] -= rest
    step = max(1, SLICED // a.shape[1])
    for start in range(0, len(b), step):
        some = slice(start, start + step)
        of_b, size_b, plain_columns, below_b = _slices(b[some], bits)
        total, lost = _products(of_a, of_b, 0), np.zeros((1, 1))
        for order in range(1, len(of_a) + len(of_b) - 1):
            total, error = doubled.two_sum(total, _products(of_a, of_b, order))
            lost = lost + error
        if size.any() or size_b.any():
            total, lost = (np.ldexp(part, size[:, None] + size_b) for part in (total, lost))
        lost = np.broadcast_to(lost, total.shape).copy()
        for row, rest in below_a.items():
            total[row], error = doubled.two_sum(total[row], row_sum(rest * np.ascontiguousarray(b[some])))
            lost[row] += error
        for column, rest in below_b.items():
            total[:, column], error = doubled.two_sum(total[:, column], row_sum(upper * rest))
            lost[:, column] += error
        if bias is not None:
            total, error = doubled.two_sum(total, bias[some])
            lost = lost + error
        lost = np.where(np.isfinite(total), lost, 0.0)  # where it overflows, or the bias is infinite
        high[:, some], low[:, some] = doubled.two_sum(total, lost)
        if plain.any() or plain_columns.any():
            product = a @ b[some].T if bias is None else a @ b[some].T + bias[some]
            high[:, some] = np.where(plain[:, None] | plain_columns, product, high[:, some])
    return high, np.where(np.isfinite(high) & np.isfinite(low), low, 0.0)


def _products(a: list[Slice], b: list[Slice], order: int) -> Floats:
    """The sum of the products of all slices i of `a` and j of `b` with i + j = order: exact."""
    total = np.zeros((len(a[0][0]), len(b[0][0])))
    for i in range(max(0, order - len(b) + 1), min(order + 1, len(a))):
        (rows, left), (columns, right) = a[i], b[order - i]
        product = left @ right.T
        if product.shape == total.shape:
            total = product if i == max(0, order - len(b) + 1) else total + product
        else:
            total[np.ix_(rows, columns)] += product
    return total


def _slices(a: Floats, bits: int) -> tuple[list[Slice], Ints, Bools, dict[int, Floats]]:
    """Parts of `bits` bits that add up to each row over 2**size, the largest first; its size; whether it is not finite.

    The size is 0 but for rows whose products might leave the range of float64. Last, what some rows hold below their
    slices, by row: numbers so much smaller than the largest that few slices do not reach them.
    """
    top = np.maximum(a.max(axis=1, initial=0.0), -a.min(axis=1, initial=0.0))
    plain = ~np.isfinite(top)
    rest = np.where(plain[:, None], 0.0, a) if plain.any() else a
    exponent = np.frexp(np.where(plain, 0.0, top))[1]
    size = np.where(np.abs(exponent) > 300, exponent, 0)
    if size.any():
        rest, exponent = np.ldexp(rest, -size[:, None]), exponent - size
    rows, unit = np.arange(len(a)), np.ldexp(3.0, exponent - bits + 51)[:, None]
    parts: list[Slice] = []
    rows_below = np.flatnonzero(size)
    while len(parts) < MOST_SLICES:
        upper = rest + unit
        upper -= unit
        parts.append((rows, upper))
        rest = rest - upper
        some = np.flatnonzero(rest.any(axis=1))
        if not some.size:
            break
        if some.size < len(rest):
            rows, rest, unit = rows[some], rest[some], unit[some]
        unit = unit * 2.0**-bits
    else:
        rows_below = np.union1d(rows, rows_below)
    rows_below = rows_below[~plain[rows_below]]
    below = a[rows_below]
    for of, part in parts:
        _, at, of_part = np.intersect1d(rows_below, of, assume_unique=True, return_indices=True)
        below[at] -= np.ldexp(part[of_part], size[rows_below[at], None])  # each difference is exact
    return parts, size, plain, {row: rest for row, rest in zip(rows_below.tolist(), below, strict=True) if rest.any()}

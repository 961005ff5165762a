"""A logarithm with more digits than float64 holds, for differences of nearly equal logarithms."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache

import numpy as np

from losscli.declare import Floats

LN2 = (float.fromhex("0x1.62e42fefa38p-1"), float.fromhex("0x1.ef35793c76730p-45"))  # k times the first is exact
SPLIT = 2.0**27 + 1  # Dekker: cuts a float64 into two halves whose products are exact
CHUNK = 8192  # so few numbers that all temporaries stay in the L2 cache


def log_ratio(t: Floats, log_p: Floats) -> Floats:
    """log(t) - log_p to within a few units in the last place, also where the two are nearly equal."""
    difference = np.log(t)
    difference -= log_p
    # where the difference is small compared with log_p, the rounding of log(t) is not
    close = np.flatnonzero(np.abs(difference) * 8 < np.abs(log_p))
    if close.size:
        flat, t, log_p = difference.reshape(-1), t.reshape(-1), log_p.reshape(-1)
        for start in range(0, close.size, CHUNK):
            at = close[start : start + CHUNK]
            flat[at] = _log_minus(t[at], log_p[at])
        difference = flat.reshape(difference.shape)
    return difference


def _log_minus(t: Floats, log_p: Floats) -> Floats:
    """log(t) - log_p to about 2**-74, for a positive t.

    With t = 2**k m and c near 1 / m, a fraction of nine bits whose logarithm is in a table, m c = 1 + r is exact in two
    parts, r is below 2**-7, and log t = k log 2 - log c + log1p(r).
    """
    m, k = np.frexp(t)
    at = (m * 256).astype(np.intp)
    at -= 128
    c, minus_log_c, rest = (column.take(at, mode="clip") for column in _table())
    upper = m * SPLIT
    upper -= upper - m
    head = upper * c
    head -= 1
    tail = m
    tail -= upper
    tail *= c
    r = head + tail
    lost = tail
    lost -= r - head
    lost *= 1 - r
    square = r * r
    half = r * SPLIT
    half -= half - r
    low = r - half
    lost -= (((half * half - square) + 2 * half * low) + low * low) / 2
    series = np.full_like(r, 1 / 11)
    for n in range(10, 2, -1):
        series *= r
        series += (1 if n % 2 else -1) / n
    series *= r
    series *= square
    lost += series
    lost += k * LN2[1]
    lost += rest
    square *= -0.5
    result = k * LN2[0]
    for term in (-log_p, minus_log_c, r, square):
        total = result + term
        back = total - result
        result -= total - back
        result += term - back  # Knuth: the exact error of the sum
        lost += result
        result = total
    result += lost
    return result


@cache
def _table() -> tuple[Floats, Floats, Floats]:
    """For the 128 intervals of m in [1/2, 1): c near 1 / m, and -log c in two parts."""
    context = Context(prec=40)
    c = np.rint(256 / ((np.arange(128) + 128.5) / 256)) / 256
    exact = [-context.ln(Decimal(x)) for x in c.tolist()]
    first = np.array([float(x) for x in exact])
    return c, first, np.array([float(x - Decimal(f)) for x, f in zip(exact, first.tolist(), strict=True)])

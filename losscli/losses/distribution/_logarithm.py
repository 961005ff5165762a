"""A logarithm with more digits than float64 holds, for differences of nearly equal logarithms."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache

import numpy as np

from losscli.params import Floats

LN2 = (float.fromhex("0x1.62e42fefa38p-1"), float.fromhex("0x1.ef35793c76730p-45"))  # k times the first is exact
SPLIT = 2.0**27 + 1  # Dekker: cuts a float64 into two halves whose products are exact
CHUNK = 4096  # whose many temporaries stay in the L1 and L2 caches


def log_ratio(t: Floats, log_p: Floats) -> Floats:
    """log(t) - log_p with few units of error, also where the two are nearly equal."""
    difference = np.log(t)
    difference -= log_p
    # where the difference is small beside log_p, the rounding of log(t) is not
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
    at = (m * 256).astype(np.intp) - 128
    c, minus_log_c, rest = _table()
    factor = c[at]
    upper = m * SPLIT
    upper -= upper - m
    head, tail = upper * factor - 1, (m - upper) * factor
    r = head + tail
    r_low = tail - (r - head)
    square = r * r
    half = r * SPLIT
    half -= half - r
    low = r - half
    square_low = ((half * half - square) + 2 * half * low) + low * low
    series = np.zeros_like(r)
    for n in range(11, 2, -1):
        series *= r
        series += (1 if n % 2 else -1) / n
    result = np.zeros_like(r)
    lost = k * LN2[1] + rest[at] + (r_low - r * r_low) - square_low / 2 + series * r * square
    for term in (k * LN2[0], -log_p, minus_log_c[at], r, -square / 2):
        total = result + term
        back = total - result
        lost += (result - (total - back)) + (term - back)  # Knuth: the exact error of the sum
        result = total
    return result + lost


@cache
def _table() -> tuple[Floats, Floats, Floats]:
    """For the 128 intervals of m in [1/2, 1): c near 1 / m, and -log c in two parts."""
    context = Context(prec=40)
    c = np.rint(256 / ((np.arange(128) + 128.5) / 256)) / 256
    exact = [-context.ln(Decimal(x)) for x in c.tolist()]
    first = np.array([float(x) for x in exact])
    return c, first, np.array([float(x - Decimal(f)) for x, f in zip(exact, first.tolist(), strict=True)])

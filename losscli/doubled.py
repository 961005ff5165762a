"""Numbers with more than twice the digits of float64, for the few elements where a loss is what two terms leave.

Such a number is a tuple of arrays that add up to it, the largest first, each next one about 2**-53 of the one before. A
sum of numbers is the tuple of all their parts, which `rounded` adds up without letting anything cancel unseen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from functools import cache, reduce
from typing import Any, TypeAlias

import numpy as np

from losscli.declare import Floats, Ints

Parts: TypeAlias = tuple[Any, ...]  # arrays that broadcast to one shape, numbers among them

CHUNK = 4096  # whose many temporaries stay in the L2 cache
SPLIT = 2.0**27 + 1  # Veltkamp: cuts a float64 into two halves whose products are exact
LOG_2 = (float.fromhex("0x1.62e42fefa38p-1"), float.fromhex("0x1.ef35793c76730p-45"))  # k times the first is exact
STEPS = 1024  # of the table of powers of 2 between 1 and 2


def two_sum(a: Floats | float, b: Floats | float) -> Parts:
    """a + b, and what its rounding lost (Knuth)."""
    s = a + b
    back = s - a
    return s, (a - (s - back)) + (b - back)


def halves(a: Any) -> Parts:
    """Two numbers of 26 bits that add up to each number: products of them are exact."""
    c = SPLIT * a
    high = c - (c - a)
    return high, a - high


def two_product(a: Any, b: Any) -> Parts:
    """a b, and what its rounding lost (Dekker); below 2**996, and where the loss is no subnormal number."""
    p = a * b
    (a1, a2), (b1, b2) = halves(a), halves(b)
    return p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2


def negative(a: Parts) -> Parts:
    return tuple(-part for part in a)


def compressed(a: Parts, keep: int = 3) -> Parts:
    """A sum of any parts as one number of `keep` parts: each pass moves what rounding lost one place further."""
    parts = list(a)
    found = []
    for _ in range(2):  # the second pass catches what cancelled in the first
        parts = _swept(parts)
    for place in range(keep - 1):
        found.append(parts[0])
        parts = _swept(parts[1:]) if len(parts) > 2 and place < keep - 2 else parts[1:]
        if not parts:
            return tuple(found)
    return (*found, reduce(np.add, parts[::-1]))


def _swept(parts: list[Floats]) -> list[Floats]:
    """The parts added up from the last to the first, that sum first, and then what each addition lost."""
    lost = []
    total = parts[-1]
    for part in parts[-2::-1]:
        total, error = two_sum(part, total)
        lost.append(error)
    return [total, *lost[::-1]]


def rounded(a: Parts) -> Floats:
    """A sum of parts as float64."""
    high, low = compressed(a, 2) if len(a) > 1 else (a[0], 0.0)
    return high + low


def rounded_once(a: Parts) -> Floats:
    """A sum of parts as float64, whose own error is 2**-106 of the largest part."""
    total, lost = a[0], 0.0
    for part in a[1:]:
        total, error = two_sum(total, part)
        lost = lost + error
    return total + lost


def product(a: Parts, b: Parts) -> Parts:
    """a b to about 2**-104, and with more digits of the parts where one has three."""
    p, lost = two_product(a[0], b[0])
    if max(len(a), len(b)) < 3:
        for factor, part in [(a[0], part) for part in b[1:]] + [(b[0], part) for part in a[1:]]:
            lost = lost + factor * part
        return two_sum(p, lost)
    rest: Parts = ()
    for factor, parts in ((a[0], b), (b[0], a)):
        for place, part in enumerate(parts[1:]):
            rest += two_product(factor, part) if not place else (factor * part,)
    if len(a) > 1 and len(b) > 1:
        rest += (a[1] * b[1],)
    return compressed((p, lost, *rest))


def quotient(a: Parts, b: Parts) -> Parts:
    """a / b to about 2**-104."""
    q = a[0] / b[0]
    p, lost = two_product(q, b[0])
    rest = (a[0], -p, -lost, *a[1:], *(-q * part for part in b[1:]))
    return two_sum(q, rounded_once(rest) / b[0])


def exp(x: Floats, low: Floats | float = 0.0, *, short: bool = False) -> Parts:
    """The exponential of x + low for |x| < 700, to about 2**-114 of it; `short`: to 2**-74, in a third of the time."""
    *parts, k = _scaled_exp(x, low, short)
    return tuple(np.ldexp(part, k) for part in parts)


def _scaled_exp(x: Floats, low: Floats | float, short: bool) -> tuple[Any, ...]:
    """The parts of exp(x + low) / 2**k, and k.

    With n the multiple of log(2) / 1024 next to x, exp(x) = 2**(n / 1024) exp(r), the first factor out of a table.
    """
    powers, logs = _table()
    n = np.rint(x * (STEPS / math.log(2)))
    integer = n.astype(np.int64)
    high, middle, tail = (column.take(integer & (STEPS - 1)) for column in powers)
    r, e0 = two_sum(x - n * logs[0], -n * logs[1])
    if short:
        s, error = two_sum(r, r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))))
        s_low = error + (e0 + low - n * logs[2]) * (1 + r)
        p, lost = two_product(high, s)
        a, a_lost = two_sum(high, p)
        return a, a_lost + (lost + high * s_low + middle * (1 + s)), integer >> 10
    s1, e1 = two_sum(low, -n * logs[2])
    s2, e2 = two_sum(r, s1)
    rest, e3 = two_sum(e0, e2)
    r, r_low = two_sum(s2, rest + ((e1 + e3) - n * logs[3]))
    # exp(r) - 1 = r + r^2 (1/2 + r (1/6 + r (1/24 + ...))), its first terms in two parts
    q: Floats = r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r / 40320)))
    q_low: Floats | float = 0.0
    for first, second in COEFFICIENTS:
        q, error = two_sum(first, q)
        q, q_low = _times(q, error + (q_low + second), r, r_low)
    q, q_low = _times(q, q_low, r, r_low)
    s, error = two_sum(r, q)
    p, lost = two_product(high, s)
    a, a_lost = two_sum(high, p)
    b, b_lost = two_sum(a_lost, middle)
    c, c_lost = two_sum(b, (lost + high * (error + (r_low + q_low))) + middle * s)
    return a, c, (b_lost + c_lost) + tail, integer >> 10


def _times(a: Floats, a_low: Floats | float, b: Floats, b_low: Floats) -> Parts:
    p, lost = two_product(a, b)
    return p, lost + (a * b_low + a_low * b)


def log(t: Floats, low: Floats | float = 0.0, *, short: bool = False) -> Parts:
    """The logarithm of t + low for positive t, to about 2**-114 of 1, of itself where t is near 1; `short`: to 2**-74.

    With y the rounded logarithm, log t = y + log1p(t exp(-y) - 1), and the last argument is next to 0.
    """
    if short:
        return _short_log(t, low)
    y = np.log(t)
    *u, k = _scaled_exp(-y, 0.0, short)
    t = np.ldexp(t, k)
    p, lost = two_product(t, u[0])
    q, q_lost = two_product(t, u[1])
    small: Parts = (p - 1, lost, q, q_lost + t * u[2])
    if np.any(low):
        low = np.ldexp(low, k)
        small += (*two_product(u[0], low), u[1] * low)
    d, d_low = compressed(small, 2)
    return y, d, d_low - d * d / 2


def _short_log(t: Floats, low: Floats | float) -> Parts:
    """log(t + low) to about 2**-74 of 1, and 2**-68 of itself.

    With t = 2**k m and c near 1 / m, a fraction of nine bits whose logarithm is in a table, m c = 1 + r is exact in two
    parts, r is below 2**-7, and log t = k log 2 - log c + log1p(r). Next to 1 both k and log c are 0.
    """
    m, k = np.frexp(t)
    at = (m * 256).astype(np.intp)
    at -= 128
    near_1 = np.flatnonzero(np.abs(t - 1) < 2.0**-7)
    m[near_1], k[near_1], at[near_1] = t[near_1], 0, -1
    c, minus_log_c, lost = (column.take(at, mode="wrap") for column in _logarithms())
    head, tail = halves(m)
    head *= c
    head -= 1
    tail *= c
    r = head + tail
    lost += (tail - (r - head)) * (1 - r)
    square = r * r
    half, rest = halves(r)
    lost -= (((half * half - square) + 2 * half * rest) + rest * rest) / 2
    series = np.full_like(r, 1 / 11)
    for n in range(10, 2, -1):
        series *= r
        series += (1 if n % 2 else -1) / n
    series *= r
    series *= square
    lost += series
    lost += k * LOG_2[1]
    if np.any(low):
        lost += low / t
    square *= -0.5
    result = k * LOG_2[0]
    for term in (minus_log_c, r, square):
        result, error = two_sum(result, term)
        lost += error
    return two_sum(result, lost)


def log1p(x: Parts) -> Parts:
    """log(1 + x) for x above -1/2."""
    high, low, *_ = compressed((np.ones_like(x[0]), *x))
    return log(high, low)


@cache
def _table() -> tuple[Parts, tuple[float, ...]]:
    """2**(j / 1024) in three parts, and log(2) / 1024 in four, of which n times the first three is exact."""
    bits = 256
    root = 2 << bits
    for _ in range(STEPS.bit_length() - 1):
        root = math.isqrt(root << bits)
    power, powers = 1 << bits, []
    for _ in range(STEPS):
        powers.append(_split(power, bits))
        power = power * root >> bits
    context = Context(prec=100)
    log2 = int(context.multiply(context.ln(Decimal(2)), Decimal(1 << bits))) >> 10
    logs = []
    for place in (42, 74, 106):
        logs.append(math.ldexp(log2 >> (bits - place), -place))
        log2 &= (1 << (bits - place)) - 1
    return tuple(np.array(powers).T.copy()), (*logs, math.ldexp(log2, -bits))


def _split(n: int, bits: int) -> tuple[float, float, float]:
    """Three numbers that add up to n / 2**bits."""
    parts = []
    for _ in range(3):
        parts.append(math.ldexp(float(n), -bits))
        n -= int(float(n))
    return parts[0], parts[1], parts[2]


COEFFICIENTS = [_split((1 << 200) // n, 200)[:2] for n in (24, 6, 2)]  # 1/24, 1/6 and 1/2, each in two parts


@cache
def _logarithms() -> Parts:
    """For the 128 intervals of m in [1/2, 1), and last for 1: c near 1 / m, and -log c in two parts."""
    context = Context(prec=40)
    c = np.append(np.rint(256 / ((np.arange(128) + 128.5) / 256)) / 256, 1)
    exact = [-context.ln(Decimal(x)) for x in c.tolist()]
    first = np.array([float(x) for x in exact])
    return c, first, np.array([float(x - Decimal(f)) for x, f in zip(exact, first.tolist(), strict=True)])


def sqrt(a: Parts) -> Parts:
    """The square root to about 2**-104: one step of Newton from the rounded one."""
    root = np.sqrt(a[0])
    rest = rounded(a + negative(two_product(root, root)))
    return two_sum(root, np.where(root == 0, 0.0, rest / (2 * root)))


def exp_of_difference(z: Floats, of: Floats, *, short: bool = False) -> Parts:
    """exp(z - of) for z below of + 700, and 0 below -700."""
    d, lost = two_sum(z, -of)
    near = d > -700
    return tuple(
        np.where(near, part, 0.0) for part in exp(np.where(near, d, 0.0), np.where(near, lost, 0.0), short=short)
    )


def chunks(rows: Ints, width: int) -> Iterator[Ints]:
    """Rows of so many numbers, a few at a time."""
    few = max(1, CHUNK // width)
    return (rows[start : start + few] for start in range(0, rows.size, few))


def mend(value: Floats, size: Floats, exact: Callable[..., Parts], *arrays: Floats, least: float = 0.125) -> None:
    """Compute anew, in place, what is less than `least` of the terms' `size`: what cancelled.

    `exact` gives the parts of some elements from theirs of the arrays, and is asked for a short answer first. An
    element that is below 2**-18 of its terms needs all digits.
    """
    if value.ndim > 1 and value.flags.f_contiguous and not value.flags.c_contiguous:
        arrays = tuple(np.broadcast_to(a, value.shape).T for a in arrays)
        value, size = value.T, np.broadcast_to(size, value.shape).T
    close = np.flatnonzero(np.abs(value) < least * size)
    flat = value.reshape(-1)
    for at in chunks(close, 1):
        size_there, *some = (_taken(a, at, value.shape) for a in (size, *arrays))
        flat[at] = found = rounded_once(exact(True, *some))
        closer = np.flatnonzero(np.abs(found) < size_there * 2.0**-18)
        if closer.size:
            flat[at[closer]] = rounded(exact(False, *(a[closer] for a in some)))


def _taken(a: Floats, at: Ints, shape: tuple[int, ...]) -> Floats:
    """The elements with these numbers of an array broadcast to a shape."""
    if a.shape == shape and a.flags.c_contiguous:
        return a.reshape(-1).take(at)
    return np.broadcast_to(a, shape)[np.unravel_index(at, shape)]

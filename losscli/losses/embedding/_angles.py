"""Cosines that keep their digits, for tiny and huge vectors and, in 1 - cos, for nearly parallel ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from losscli import doubled, ops, products
from losscli.declare import Floats
from losscli.errors import DataError


class Angles(NamedTuple):
    """The angle between each row of x and the same row of y.

    cosine       (N): x.y / (|x| |y|), and 0 where a vector is zero
    gap          (N): 1 - cosine, accurate to the last digits also where the cosine is close to 1
    norm1, norm2 (N): |x| and |y|
    """

    cosine: Floats
    gap: Floats
    norm1: Floats
    norm2: Floats


def between(x: Floats, y: Floats) -> Angles:
    """The angles between the rows of two arrays (N, D)."""
    x, norm1, size1 = _measured(x)
    y, norm2, size2 = _measured(y)
    product = norm1 * norm2
    dot = ops.row_sum(x * y)
    cosine = np.where(product == 0, 0.0, dot / product)
    gap = 1 - cosine
    close = np.flatnonzero(cosine > 0.5)
    if close.size:
        gap[close] = _sine_squared(x[close], y[close]) / (1 + cosine[close])
        cosine[close] = 1 - gap[close]
    return Angles(cosine, gap, np.ldexp(norm1, size1), np.ldexp(norm2, size2))


def units(x: Floats) -> tuple[Floats, Floats]:
    """x / |x| and |x|; 0 for a vector of zeros."""
    x, norm, size = _measured(x)
    return np.where(norm[:, None] == 0, 0.0, x / norm[:, None]), np.ldexp(norm, size)


def _measured(x: Floats) -> tuple[Floats, Floats, Floats]:
    """The rows and their norms, scaled by 2**-size where the squares would overflow or vanish."""
    square = ops.row_sum(x * x)
    size = np.zeros(len(x), dtype=np.int64)
    odd = np.flatnonzero(~((square > 1e-200) & (square < 1e200)))
    if odd.size:
        top = np.abs(x[odd]).max(axis=1, initial=0)
        size[odd] = np.where(np.isfinite(top), np.frexp(top)[1], 0)
        x = x.copy()
        x[odd] = np.ldexp(x[odd], -size[odd][:, None])
        square[odd] = ops.row_sum(x[odd] * x[odd])
    return x, np.sqrt(square), size


def _sine_squared(x: Floats, y: Floats) -> Floats:
    """The squared sine, from the part of y that is not along x: 1 - cos and |x|^2 |y|^2 - (x.y)^2 would cancel."""
    z, y = _aside(x, y)
    square: Floats = ops.row_sum(z * z) / ops.row_sum(y * y)
    return square


def _aside(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The part of y that is not along x, and y, both scaled.

    Take from y the multiple of x that leaves nothing at x's largest number x[k]: what is left, (y[d] x[k] - y[k] x[d])
    / x[k], comes from products without rounding. Then take from that its own part along x, as Gram and Schmidt do.
    """
    x, y = (np.ldexp(a, -np.frexp(np.abs(a).max(axis=1))[1][:, None]) for a in (x, y))
    k = np.abs(x).argmax(axis=1)
    xk, yk = ops.pick(x, k)[:, None], ops.pick(y, k)[:, None]
    p, p_lost = doubled.two_product(y, xk)
    q, q_lost = doubled.two_product(x, yk)
    z = ((p - q) + (p_lost - q_lost)) / xk
    z -= (ops.row_sum(x * z) / ops.row_sum(x * x))[:, None] * x
    return z, y


def aside(x: Floats, y: Floats, at: Angles) -> Floats:
    """v - cos u with the unit vectors u and v of x and y, exact relative to its length also where they are parallel."""
    (u, _), (v, _) = units(x), units(y)
    z = v - at.cosine[:, None] * u
    close = np.flatnonzero(np.abs(at.cosine) > 0.5)
    if close.size:
        part, scaled = _aside(_measured(x[close])[0], _measured(y[close])[0])
        z[close] = part / np.sqrt(ops.row_sum(scaled * scaled))[:, None]
    return z


def dot(x: Floats, y: Floats) -> doubled.Parts:
    """x.y of each row to far below 2**-104 of its largest product."""
    return ops.summed(doubled.two_product(x, y))


def cosines(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The cosines of all rows of x with all rows of y, in two parts: (N, M)."""
    x, y = _measured(x)[0], _measured(y)[0]
    norm1, norm2 = (doubled.sqrt(dot(a, a)) for a in (x, y))
    norms = doubled.product(tuple(part[:, None] for part in norm1), norm2)
    high, low = doubled.quotient(products.exact(x, y), norms)
    nothing = norms[0] == 0
    return np.where(nothing, 0.0, high), np.where(nothing, 0.0, low)


def onto_sphere(pull: Floats, unit: Floats, norm: Floats) -> Floats:
    """The gradient with respect to x from the gradient with respect to its unit vector x / |x|."""
    slope = (pull - ops.row_sum(pull * unit)[:, None] * unit) / norm[:, None]
    return np.where(norm[:, None] == 0, 0.0, slope)


def check_batch(**vectors: Floats) -> Iterator[str]:
    """Batches that are empty, or one vector alone, which leaves nothing to compare; vectors of zeros."""
    for name, x in vectors.items():
        if not len(x):
            raise DataError(f"`{name}` has no rows, but a batch of vectors was expected.")
    yield from zero_vectors(**vectors)


def zero_vectors(**vectors: Floats) -> Iterator[str]:
    """Vectors of zeros, which have no direction."""
    for name, x in vectors.items():
        if x.size and not x.any(axis=-1).all():
            yield f"`{name}` has a vector of zeros, which has no direction: its cosine is taken as 0."

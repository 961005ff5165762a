"""Cosines that keep their digits: of tiny and huge vectors, and of nearly parallel ones, where 1 - cos counts."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from losscli import ops
from losscli.errors import DataError, LosscliWarning
from losscli.params import Floats


class Angles(NamedTuple):
    """The angle between each row of x and the same row of y.

    cosine       (N): x.y / (|x| |y|), and 0 where a vector is zero
    gap          (N): 1 - cosine, exact to the last digits also where the cosine is next to 1
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
        square = _sine_squared(x[close], y[close], (dot / (norm1 * norm1))[close], norm1[close], norm2[close])
        gap[close] = square / (1 + cosine[close])
        cosine[close] = 1 - gap[close]
    return Angles(cosine, gap, np.ldexp(norm1, size1), np.ldexp(norm2, size2))


def units(x: Floats) -> tuple[Floats, Floats]:
    """x / |x| and |x|; 0 for a vector of zeros."""
    x, norm, size = _measured(x)
    return np.where(norm[:, None] == 0, 0.0, x / norm[:, None]), np.ldexp(norm, size)


def _measured(x: Floats) -> tuple[Floats, Floats, Floats]:
    """The rows with their norms, scaled by 2**-size where squares of their numbers would overflow or vanish."""
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


def _sine_squared(x: Floats, y: Floats, t: Floats, norm1: Floats, norm2: Floats) -> Floats:
    """The squared sine, from the part of y that is not along x.

    1 - cos and |x|^2 |y|^2 - (x.y)^2 cancel for vectors that are nearly parallel. But w = y - t x is as exact as its
    numbers where the products t x have no rounding (Dekker), and for any t near x.y / |x|^2 Lagrange's identity
    gives the rest: |x|^2 |y|^2 sin^2 = |x|^2 |w|^2 - (x.w)^2, where the second term is tiny.
    """
    across = t[:, None]
    p = across * x
    (t1, t2), (x1, x2) = _halves(across), _halves(x)
    lost = ((t1 * x1 - p) + t1 * x2 + t2 * x1) + t2 * x2
    w = (y - p) - lost
    along = ops.row_sum(x * w) / norm1
    square: Floats = (ops.row_sum(w * w) - along * along) / (norm2 * norm2)
    return np.maximum(square, 0)


def _halves(a: Floats) -> tuple[Floats, Floats]:
    """Two numbers of 26 bits that add up to each number (Veltkamp): products of them are exact."""
    c = 134217729.0 * a  # 2**27 + 1
    high = c - (c - a)
    return high, a - high


def onto_sphere(pull: Floats, unit: Floats, norm: Floats) -> Floats:
    """The gradient with respect to x, from that with respect to its unit vector x / |x|."""
    slope = (pull - ops.row_sum(pull * unit)[:, None] * unit) / norm[:, None]
    return np.where(norm[:, None] == 0, 0.0, slope)


def check_batch(**vectors: Floats) -> None:
    """One vector alone has nothing to be compared with; nor has none."""
    for name, x in vectors.items():
        if not len(x):
            raise DataError(f"{name} has no rows, but a batch of vectors was expected.")
        if x.ndim != 2:
            raise DataError(f"{name} is one vector, but rows of vectors (B, D) were expected: '1,0; 0,1'.")
    warn_of_zeros(**vectors)


def warn_of_zeros(**vectors: Floats) -> None:
    """Say that a vector has no direction."""
    for name, x in vectors.items():
        if x.size and not x.any(axis=-1).all():
            message = f"{name} has a vector of zeros, which has no direction: its cosine is taken as 0."
            warnings.warn(message, LosscliWarning, stacklevel=3)

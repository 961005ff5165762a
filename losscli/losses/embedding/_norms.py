"""The p-norm of each row, and its gradient."""

from __future__ import annotations

import math

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats


def norm(v: Floats, p: float) -> Floats:
    """(sum_d |v[d]|^p)^(1/p): shape (N)."""
    if p == 1:
        return ops.row_sum(np.abs(v))
    if p == 2:
        square = ops.row_sum(v * v)
        odd = np.flatnonzero(~((square > 1e-200) & (square < 1e200)))
        size = np.sqrt(square)
        if odd.size:  # squares overflow, or vanish
            size[odd] = _scaled_norm(v[odd], p)
        return size
    return _scaled_norm(v, p)


def exact(x: Floats, y: Floats, eps: float, p: float) -> doubled.Parts:
    """The norm of x - y + eps for p = 1, 2 or inf with about twice the digits of float64."""
    d = doubled.compressed((x, -y, eps))
    if p == 2:
        return doubled.sqrt(ops.summed(doubled.product(d, d)))
    size = tuple(part * np.sign(d[0]) for part in d)
    if p == 1:
        return ops.summed(size)
    rows, at = np.arange(len(x)), size[0].argmax(axis=1)
    return tuple(part[rows, at] for part in size)


def _scaled_norm(v: Floats, p: float) -> Floats:
    """The norm with the largest number of each row taken out first."""
    top = np.abs(v).max(axis=1, initial=0)
    if math.isinf(p):
        return top
    relative = np.abs(v / top[:, None])
    whole: Floats = top * ops.row_sum(relative**p) ** (1 / p)
    return np.where((top == 0) | np.isinf(top), top, whole)


def gradient(v: Floats, size: Floats, p: float) -> Floats:
    """The gradient of the norm `size` with respect to v; 0 where the norm is 0, as in PyTorch."""
    size = size[:, None]
    if p == 2:
        slope = v / size
    elif math.isinf(p):
        largest = np.abs(v) == size
        slope = np.sign(v) * largest / largest.sum(axis=1, keepdims=True)
    else:
        slope = np.where(v == 0, 0.0, np.sign(v) * np.abs(v / size) ** (p - 1))
    return np.where(size == 0, 0.0, slope)


def in_code(v: str, p: float) -> str:
    """How the norm of v is computed, in code notation."""
    if p == 1:
        return f"sum(abs({v}))"
    if p == 2:
        return f"sqrt(sum(({v})^2))"
    return f"max(abs({v}))" if math.isinf(p) else f"sum(abs({v})^{p:g})^(1/{p:g})"

"""Sums without rounding: of all values, and of each row."""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats
from losscli.ops import exact_parts
from losscli.terms import ExactSum

PIECE = 32_768  # numbers that are added up together


def exact(values: Floats) -> ExactSum:
    """The sum of all values, in pieces in which few are so small beside the largest that they are left out."""
    values = values.reshape(-1)
    whole = values.size - values.size % PIECE
    total = ExactSum()
    for piece in (values[:whole].reshape(-1, PIECE), values[None, whole:]):
        if not piece.size:
            continue
        with np.errstate(all="ignore"):
            high, low, left = exact_parts(piece)
        total += ExactSum.of([*high.tolist(), *low.tolist()])
        if left.size:
            rest = piece.reshape(-1)[left]
            total += exact(rest) if left.size < piece.size else ExactSum.of(rest.tolist())
    return total


def row_sums(values: Floats) -> list[float]:
    """The sum of each row of (G, R), rounded once."""
    with np.errstate(all="ignore"):
        high, low, left = exact_parts(values)
        sums: list[float] = (high + low).tolist()
    for row in np.unique(left // max(1, values.shape[1])).tolist():
        sums[row] = float(ExactSum.of(values[row].tolist()))
    return sums

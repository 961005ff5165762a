"""Sums of three terms that may cancel."""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats


def rounding(a: Floats | float, b: Floats, s: Floats) -> Floats:
    """a + b - s to the last digit, where s is the rounded a + b (Knuth's two-sum); 0 where infinities leave none.

    Added after the third term it makes up for what was lost: only the error of a + b can be large beside the whole,
    for the addition of the third term is rounded relative to the result itself.
    """
    back = s - a
    error = (a - (s - back)) + (b - back)
    return np.where(np.isfinite(error), error, 0.0)


def above(z: Floats, margin: float, of: Floats) -> Floats:
    """margin - of + z for each class: by how much z[c] comes too close to the score `of` (N), or passes it."""
    gap = margin - of
    lost = rounding(margin, -of, gap)
    over: Floats = z + gap[:, None]
    if lost.any():
        over += lost[:, None]
    return over

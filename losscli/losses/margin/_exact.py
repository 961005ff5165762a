"""Sums of three terms that may cancel."""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats


def rounding(a: Floats | float, b: Floats, s: Floats) -> Floats:
    """The exact rounding error a + b - s of the sum s = a + b (Knuth's two-sum); 0 where infinities leave none.

    Added after a third term, it restores the lost digits. Only the error of a + b can be large compared with the
    result, because adding the third term rounds relative to the result itself.
    """
    back = s - a
    error = (a - (s - back)) + (b - back)
    return np.where(np.isfinite(error), error, 0.0)


def above(z: Floats, margin: float, of: Floats) -> Floats:
    """margin - of + z for each class: how far the score z[c] is above the score `of` (N) less the margin."""
    gap = margin - of
    lost = rounding(margin, -of, gap)
    over: Floats = z + gap[:, None]
    if lost.any():
        over += lost[:, None]
    return over

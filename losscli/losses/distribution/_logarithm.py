"""Differences of nearly equal logarithms."""

from __future__ import annotations

import numpy as np

from losscli import doubled
from losscli.declare import Floats


def log_ratio(t: Floats, log_p: Floats) -> Floats:
    """log(t) - log_p to within a few units in the last place, also where the two are nearly equal."""
    if t.ndim > 1 and not t.flags.c_contiguous and t.flags.f_contiguous:
        return log_ratio(t.T, log_p.T).T
    difference = np.log(t)
    difference -= log_p
    far, size = np.abs(log_p), np.abs(difference)
    # compared with a larger log_p, the rounding of log(t) is too much here, where that of t - p is not yet
    between = np.flatnonzero((size < far / 8) & (size >= 1 / 8) & (far < 700))
    if between.size:
        some = t.reshape(-1).take(between)
        p = np.exp(log_p.reshape(-1).take(between))
        gap = some - p
        difference.reshape(-1)[between] = np.copysign(np.log1p(np.abs(gap) / np.minimum(some, p)), gap)

    def exact(short: bool, t: Floats, log_p: Floats) -> doubled.Parts:
        return *doubled.log(t, short=short), -log_p

    doubled.mend(difference, np.minimum(far, 1, out=far), exact, t, log_p)
    return difference

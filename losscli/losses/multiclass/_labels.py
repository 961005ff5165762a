"""Labels of rows: which of them count, and what an ignored one does to an array."""

from __future__ import annotations

import numpy as np

from losscli.declare import Bools, Floats, Ints


def one_hot(y: Ints, classes: int) -> Floats:
    """1 at the label of each row and 0 elsewhere: shape (N, C)."""
    hot = np.zeros((len(y), classes))
    hot[np.arange(len(y)), y] = 1
    return hot


def counted(labels: Ints, ignore_index: int) -> tuple[Bools | None, Ints]:
    """Which rows count (None: all), and labels that can be looked up in every row, also where they are ignored."""
    counts = labels != ignore_index
    if counts.all():
        return None, labels
    return counts, np.where(counts, labels, 0)


def masked(a: Floats, counts: Bools | None) -> Floats:
    """`a` with 0 in the rows that do not count, whatever stands there; a is (N) or (N, C)."""
    if counts is None:
        return a
    return np.where(counts if a.ndim == 1 else counts[:, None], a, 0.0)

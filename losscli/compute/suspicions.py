"""What is legal, but probably not what was meant. Each check looks at a block of rows and costs next to nothing.

A suspicion about an array is declared with it (`Array.suspicion`). It says why, and names the first suspicious row,
unless all rows are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from losscli.declare import AnyArray, Bools, Floats
from losscli.text import shown

SAMPLE = 64  # rows that are looked at; the others of the first block only where all of these are suspicious
CLOSE = 0.002  # as near as float16 comes
ROUGH = 0.02  # as near as a few numbers of two decimals come
OVERFLOWN = 0x7C00  # the bits of +inf in float16

# where, a row or the whole index (None: everywhere), and what
Suspicious: TypeAlias = "tuple[int | tuple[int, ...] | None, str] | None"


def float16_overflow(a: AnyArray) -> AnyArray | None:
    """Where float16 holds the first infinity: PyTorch and NumPy put it there for what lies beyond 65504, in silence."""
    if a.dtype.kind != "f" or a.dtype.itemsize != 2:
        return None
    overflown = a.view(f"{a.dtype.str[0]}u2") == OVERFLOWN
    return np.argwhere(overflown)[0] if overflown.any() else None


def softmax_twice(a: Floats) -> Suspicious:
    """Scores before the softmax that are probabilities already."""
    if a.shape[1] < 2 or not len(a):
        return None
    if not all(_probabilities(a[:rows]).all() for rows in (1, SAMPLE, len(a))):
        return None
    return (
        None,
        "look like probabilities (from 0 to 1, each row sums to 1), not like scores: is the softmax taken twice?",
    )


def not_log_probabilities(a: Floats) -> Suspicious:
    """Log-probabilities that are something else; the first rows show it."""
    head = a[:SAMPLE]
    positive = (head > CLOSE).any(axis=1)
    if positive.any():
        row = int(np.argmax(positive))
        if _probabilities(head).all():
            return row, "holds probabilities, but their logarithms were expected."
        return row, f"holds {shown(head[row].max())}, but log-probabilities are at most 0: take the log-softmax first."
    with np.errstate(all="ignore"):
        sums = np.exp(head).sum(axis=1)
    off = abs(sums - 1) > ROUGH
    if not off.any():
        return None
    row = int(np.argmax(off))
    return row, f"does not normalise: its probabilities sum to {sums[row]:.6g}, not 1. Take the log-softmax first."


def outside_0_to_1(a: Floats) -> Suspicious:
    """Targets of a sigmoid that are not probabilities."""
    if not a.size or (a.min() >= 0 and a.max() <= 1):
        return None
    beyond = (a < 0) | (a > 1)
    if not beyond.any():
        return None
    at = np.argwhere(beyond)[0]
    return int(at[0]), f"holds {shown(a[tuple(at)])}, but a target lies between 0 and 1."


def not_a_distribution(a: Floats) -> Suspicious:
    """Class probabilities that are negative, or do not sum to 1."""
    if _some_below_0(a) and (found := _first(a, a < 0, "is {}, but a class probability should not be negative.")):
        return found
    sums = a @ np.ones(a.shape[1])  # the fastest sum of short rows
    off = abs(sums - 1) > ROUGH
    if not off.any():
        return None
    row = int(np.argmax(off))
    return row, f"sums to {sums[row]:.6g}, but class probabilities sum to 1."


def negative_weight(a: Floats) -> Suspicious:
    """Weights that turn a loss into a gain."""
    return _first(a, a < 0, "is {}, and a negative weight turns a loss into a gain.") if _some_below_0(a) else None


def negative(a: Floats) -> Suspicious:
    """Negative numbers where there are none in nature."""
    return _first(a, a < 0, "is {}, but should not be negative.") if _some_below_0(a) else None


def neither_sign(a: Floats) -> Suspicious:
    """Labels other than -1 and 1."""
    return _first(a, abs(a) != 1, "is {}, but a label should be -1 or 1. It is used as it is.")


def _some_below_0(a: Floats) -> bool:
    return bool(a.size) and not a.min() >= 0


def _first(a: Floats, suspicious: Bools, text: str) -> Suspicious:
    if not suspicious.any():
        return None
    at = tuple(int(i) for i in np.argwhere(suspicious)[0])
    return at, text.format(shown(a[at]))


def _probabilities(a: Floats) -> Bools:
    with np.errstate(all="ignore"):
        return (a >= 0).all(axis=1) & (a <= 1).all(axis=1) & (abs(a.sum(axis=1) - 1) <= CLOSE)


SEEN_IN_THE_FIRST_ROWS = ("softmax twice", "not log-probabilities")
SUSPICIONS: dict[str, Callable[[Floats], Suspicious]] = {
    "softmax twice": softmax_twice,
    "not log-probabilities": not_log_probabilities,
    "outside 0 to 1": outside_0_to_1,
    "not a distribution": not_a_distribution,
    "negative weight": negative_weight,
    "negative": negative,
    "neither -1 nor 1": neither_sign,
}

"""multilabel-margin: How far other classes come within 1 of the labels.

    loss = 1/C sum_{y in Y} sum_{c not in Y} max(0, 1 - z[y] + z[c])

PyTorch: MultiLabelMarginLoss

Examples:
    losscli multilabel-margin --logits 0.1,0.2,0.4,0.8 --labels 3,0,-1,1
    losscli multilabel-margin --logits '2,0.5,-1; 0.5,1,0' --labels '0,1; 2,-1'
    losscli multilabel-margin --logits '2,0.5,-1; 0.5,1,0' --labels '0,1; 2,-1' --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import ops
from losscli.declare import Array, Bools, Floats, Ints
from losscli.errors import DataError
from losscli.losses.margin import _exact
from losscli.terms import Summed, Terms


def multilabel_margin(
    logits: Annotated[Floats, Array("N C", "real", "scores, one a class")],
    labels: Annotated[
        Ints, Array("N K", "label list", "the classes that apply; -1 ends a list before its row is full")
    ],
) -> Terms:
    """How far the classes that do not apply come within 1 of each of those that do.

        loss = 1/C sum_{y in Y} sum_{c not in Y} max(0, 1 - z[y] + z[c])

    Y is what stands before the first -1; a class named twice counts twice. Rows of lists may be shorter than C, where
    PyTorch wants them filled up. A mean divides by the number of rows.

    Source: PyTorch, torch.nn.MultiLabelMarginLoss.
    """
    rows, classes = np.arange(len(logits)), logits.shape[1]
    applies = np.zeros(logits.shape, dtype=bool)
    for y, listed in _positions(labels):
        applies[rows[listed], y[listed]] = True

    def shortfalls() -> Iterator[tuple[Ints, Floats]]:
        for y, listed in _positions(labels):
            over = _exact.above(logits, 1.0, ops.pick(logits, y))
            yield y, np.where(listed[:, None] & ~applies, np.maximum(over, 0), 0.0)

    losses = np.zeros_like(logits)
    for _, short in shortfalls():
        losses += short
    losses /= classes

    def grad() -> Floats:
        g = np.zeros_like(logits)
        for y, short in shortfalls():
            slope = (short > 0) / classes
            g += slope
            g[rows, y] -= ops.row_sum(slope)
        return g

    return Terms(
        value=ops.row_sum(losses),
        steps={
            "logit": logits,
            "target": lambda: applies * 1.0,
            "contribution": Summed(losses),
            "classes that apply": lambda: applies.sum(axis=1),
        },
        grad=grad,
    )


def _positions(labels: Ints) -> Iterator[tuple[Ints, Bools]]:
    """For each place of the lists: the class that stands there, and which rows' lists reach so far."""
    listed = np.ones(len(labels), dtype=bool)
    for column in labels.T:
        listed = listed & (column >= 0)
        if not listed.any():
            return
        yield np.where(listed, column, 0), listed


def check(labels: Ints, **_: Any) -> None:
    """A multi-hot row (1,0,0,1) would be a list that names the classes 0 and 1 more than once, and no other."""
    if labels.shape[1] > 2 and ((labels == 0) | (labels == 1)).all(axis=1).any():
        raise DataError(
            "labels has a row of nothing but 0 and 1 and looks multi-hot, but lists of classes were expected: "
            "not 1,0,0,1 but 0,3,-1,-1, or 0,3."
        )

"""multilabel-margin: Hinge loss of each label against all non-labels.

    loss = 1/C sum_{y in Y} sum_{c not in Y} max(0, 1 - z[y] + z[c])

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
from losscli.terms import Step, Terms


def multilabel_margin(
    logits: Annotated[Floats, Array("N C", "real", "scores, one per class")],
    labels: Annotated[Ints, Array("N K", "label list", "the classes that apply; -1 ends a list early")],
) -> Terms:
    """How far the classes that do not apply come within 1 of each class that does, or exceed it.

        loss = 1/C sum_{y in Y} sum_{c not in Y} max(0, 1 - z[y] + z[c])

    Y is the part of the list before the first -1; a class listed twice counts twice. Lists may be shorter than C, where
    PyTorch requires padding. A mean divides by the number of rows. A score that is NaN makes the loss NaN; PyTorch
    leaves it out of the sum.

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

    def target() -> Floats:
        return applies * 1.0

    contribution = f"sum of max(0, 1 - logit[y] + logit) over the labels y, / {classes}; 0 for the labels themselves"
    return Terms(
        value=ops.row_sum(losses),
        steps={
            "logit": Step(logits),
            "target": Step(target, given=True, share=target, how="1 for the labels, 0 for the others"),
            "contribution": Step(losses, summed=True, how=contribution),
            "classes that apply": Step(lambda: applies.sum(axis=1), how="sum(target)"),
        },
        grad=grad,
    )


def _positions(labels: Ints) -> Iterator[tuple[Ints, Bools]]:
    """For each position in the lists: the class there, and which rows have lists that long."""
    listed = np.ones(len(labels), dtype=bool)
    for column in labels.T:
        listed = listed & (column >= 0)
        if not listed.any():
            return
        yield np.where(listed, column, 0), listed


def check(labels: Ints, **_: Any) -> None:
    """Refuses multi-hot rows: 1,0,0,1 would be a list of only the classes 0 and 1, with repeats."""
    if labels.shape[1] > 2 and ((labels == 0) | (labels == 1)).all(axis=1).any():
        raise DataError(
            "`labels` has a row of only 0 and 1, which looks multi-hot, but lists of class indices are expected: "
            "not 1,0,0,1 but 0,3,-1,-1, or 0,3."
        )

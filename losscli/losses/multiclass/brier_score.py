"""brier: Squared distance of probabilities to the label.

    loss = sum_c (p[c] - [c = y])^2

Examples:
    losscli brier --probs 0.1,0.7,0.2 --label 1
    losscli brier --probs '0.1,0.9; 0.9,0.1; 0.8,0.2; 0.3,0.7' --labels 1,0,0,1
    losscli brier --probs '0.1,0.9; 0.9,0.1' --labels 1,0 --scale-by-half no --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np

from losscli import ops
from losscli.declare import Array, Choice, Floats
from losscli.losses.multiclass import ClassIndices, _labels
from losscli.terms import Step, Terms


def brier_score(
    probs: Annotated[Floats, Array("N... C", "real", "probabilities of the classes", min=0, max=1)],
    labels: ClassIndices,
    *,
    scale_by_half: Annotated[
        Literal["auto", "yes", "no"], Choice("whether to halve the sum; auto: for at most 2 classes")
    ] = "auto",
) -> Terms:
    """Squared distance between the probabilities and the one-hot label: 0 at best.

        loss = sum_c (p[c] - [c = y])^2          times 1/2 under scale_by_half

    Halved, it lies between 0 and 1, and for two classes it is (p - y)^2, the usual score of a single probability.
    Brier's original score has no factor of 1/2. Probabilities that do not sum to 1 are used as they are, with a
    warning.

    Source: scikit-learn, sklearn.metrics.brier_score_loss; Brier 1950, "Verification of Forecasts Expressed in Terms of
    Probability".
    """
    half = 0.5 if scale_by_half == "yes" or (scale_by_half == "auto" and probs.shape[1] <= 2) else 1.0
    rows = np.arange(len(probs))
    difference = probs.copy()
    difference[rows, labels] -= 1
    losses = half * np.square(difference)

    def grad() -> Floats:
        return 2 * half * difference

    def target() -> Floats:
        return _labels.one_hot(labels, probs.shape[1])

    return Terms(
        value=ops.row_sum(losses),
        steps={
            "prob": Step(probs, summed=True),
            "target": Step(target, given=True, share=target, how="1 for the label, 0 for the others"),
            "prob - target": Step(difference, how="prob - target"),
            "squared": Step(lambda: np.square(difference), summed=True, how="(prob - target)^2"),
            "label": Step(labels, label=True),
            "prob[y]": Step(lambda: ops.pick(probs, labels), how="prob of the label"),
        },
        grad=grad,
        formula=f"{'1/2 ' * (half == 0.5)}sum_c (p[c] - [c = y])^2",
    )


def check(probs: Floats, **_: Any) -> Iterator[str]:
    if (abs(probs.sum(axis=1) - 1) > 1e-3).any():
        yield "`probs` has rows that do not sum to 1. Are these logits or scores?"

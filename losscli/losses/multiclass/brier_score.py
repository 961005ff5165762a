"""brier: Squared distance of probabilities from the label.

    loss = sum_c (p[c] - [c = y])^2

sklearn: brier_score_loss

Examples:
    losscli brier --probs 0.1,0.7,0.2 --label 1
    losscli brier --probs '0.1,0.9; 0.9,0.1; 0.8,0.2; 0.3,0.7' --labels 1,0,0,1
    losscli brier --probs '0.1,0.9; 0.9,0.1' --labels 1,0 --scale-by-half no --grad
"""

from __future__ import annotations

import warnings
from typing import Annotated, Any, Literal

import numpy as np

from losscli import ops
from losscli.declare import Array, Choice, ClassIndices, Floats
from losscli.errors import LosscliWarning
from losscli.terms import Summed, Terms


def brier_score(
    probs: Annotated[Floats, Array("N... C", "probability", "probabilities of the classes")],
    labels: ClassIndices,
    *,
    scale_by_half: Annotated[
        Literal["auto", "yes", "no"], Choice("whether the sum is halved; auto: for at most 2 classes")
    ] = "auto",
) -> Terms:
    """Squared distance of the probabilities from the one-hot label: 0 at best.

        loss = sum_c (p[c] - [c = y])^2          times 1/2 under scale_by_half

    Halved, it lies between 0 and 1, and for two classes it is the (p - y)^2 that is usual for one probability; Brier's
    own score has no half. Probabilities that do not sum to 1 are taken as they are, with a warning.

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

    return Terms(
        value=ops.row_sum(losses),
        steps={
            "prob": Summed(probs),
            "target": lambda: np.eye(probs.shape[1])[labels],
            "prob - target": difference,
            "squared": Summed(lambda: np.square(difference)),
            "label": labels,
            "prob[y]": lambda: ops.pick(probs, labels),
        },
        grad=grad,
        formula=f"{'1/2 ' * (half == 0.5)}sum_c (p[c] - [c = y])^2",
    )


def check(probs: Floats, **_: Any) -> None:
    if (abs(probs.sum(axis=1) - 1) > 1e-3).any():
        warnings.warn("probs has rows that do not sum to 1. Are these logits or scores?", LosscliWarning, stacklevel=2)

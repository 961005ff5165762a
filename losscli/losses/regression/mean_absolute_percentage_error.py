"""mape: Absolute error in percent of the target.

    loss = 100 |x - t| / max(|t|, epsilon)

Keras: MeanAbsolutePercentageError
sklearn: mean_absolute_percentage_error (a fraction: not times 100)

Examples:
    losscli mape --input 2.5,0.5,2,8 --target 3,-0.5,2,7
    losscli mape --input 2.5,0.5,2,8 --target 3,-0.5,2,7 --grad
    losscli mape --input 110 --target 100
"""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import numpy as np

from losscli.declare import Floats, Number, Predictions, Targets
from losscli.errors import LosscliWarning
from losscli.terms import Terms


def mean_absolute_percentage_error(
    input: Predictions,
    target: Targets,
    *,
    epsilon: Annotated[float, Number("the least that is divided by", min=0)] = 1e-7,
) -> Terms:
    """Absolute error in percent of the target, element by element.

        loss = 100 |x - t| / max(|t|, epsilon)

    As in Keras: in percent, and with 1e-7 as the least divisor. scikit-learn gives a fraction and divides by 2.2e-16
    at least.

    Source: Keras, keras.losses.MeanAbsolutePercentageError.
    """
    error = input - target
    divisor = np.maximum(np.abs(target), epsilon)
    value = np.abs(error)
    value *= 100
    value /= divisor

    def grad() -> Floats:
        return 100 * np.sign(error) / divisor

    return Terms(
        value,
        {"input": input, "target": target, "error": error, "divisor": divisor},
        grad,
        formula=f"100 |x - t| / max(|t|, {epsilon:g})",
    )


def check(target: Floats, epsilon: float, **_: Any) -> None:
    """A percentage of nothing."""
    if (np.abs(target) < epsilon).any() or (target == 0).any():
        warnings.warn(
            f"a target is 0, or less than epsilon = {epsilon:g}: a percentage of it says little. "
            "It is divided by epsilon instead.",
            LosscliWarning,
            stacklevel=2,
        )

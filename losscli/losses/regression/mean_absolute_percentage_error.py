"""mape: Absolute error as a percentage of the target.

    loss = 100 |x - t| / max(|t|, epsilon)

Examples:
    losscli mape --input 2.5,0.5,2,8 --target 3,-0.5,2,7
    losscli mape --input 2.5,0.5,2,8 --target 3,-0.5,2,7 --grad
    losscli mape --input 110 --target 100
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms


def mean_absolute_percentage_error(
    input: Predictions,
    target: Targets,
    *,
    epsilon: Annotated[float, Number("the smallest divisor", min=0)] = 1e-7,
) -> Terms:
    """Absolute error as a percentage of the target, element by element.

        loss = 100 |x - t| / max(|t|, epsilon)

    As in Keras, the loss is in percent and the divisor is at least 1e-7. scikit-learn returns a fraction, and its
    divisor is at least 2.2e-16.

    Source: Keras, keras.losses.MeanAbsolutePercentageError.
    """
    error = input - target
    divisor = np.maximum(np.abs(target), epsilon)
    value = np.abs(error)
    value *= 100
    value /= divisor

    def grad() -> Floats:
        return 100 * np.sign(error) / divisor

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
        "divisor": Step(divisor, how=f"max(abs(target), {epsilon:g})"),
    }
    return Terms(value, steps, grad, formula=f"100 |x - t| / max(|t|, {epsilon:g})")


def check(target: Floats, epsilon: float, **_: Any) -> Iterator[str]:
    """Targets too close to 0 for a percentage."""
    if (np.abs(target) < epsilon).any() or (target == 0).any():
        yield (
            f"a target is 0, or closer to 0 than epsilon = {epsilon:g}: a percentage of it means little. "
            "The error is divided by epsilon instead."
        )

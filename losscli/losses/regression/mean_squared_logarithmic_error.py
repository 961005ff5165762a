"""msle: Squared difference of log(1 + x) and log(1 + t).

    loss = (log(1 + x) - log(1 + t))^2

Examples:
    losscli msle --input 2.5,5,4,8 --target 3,5,2.5,7
    losscli msle --input 2.5,5,4,8 --target 3,5,2.5,7 --grad
    losscli msle --input 999 --target 99
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Array, Floats
from losscli.terms import Step, Terms


def mean_squared_logarithmic_error(
    input: Annotated[Floats, Array("N...", "real", "predictions, above -1", above=-1)],
    target: Annotated[Floats, Array("N...", "real", "true values, above -1", above=-1)],
) -> Terms:
    """Squared difference of the logarithms of 1 + x and 1 + t, element by element.

        loss = (log(1 + x) - log(1 + t))^2

    As in scikit-learn. Keras first raises x and t to at least 1e-7, which hides negative predictions.

    Source: scikit-learn, sklearn.metrics.mean_squared_log_error.
    """
    error = input - target
    # log(1 + a) - log(1 + b) = log1p((a - b) / (1 + b)) with a > b: accurate also where the two logarithms are close
    lower = np.minimum(input, target)
    lower += 1
    ratio = np.abs(error)
    ratio /= lower
    difference = np.log1p(ratio)
    if np.isinf(difference).any():  # perhaps the quotient alone was too large
        difference = np.where(np.isinf(ratio), np.abs(np.log1p(input) - np.log1p(target)), difference)

    def grad() -> Floats:
        return 2 * np.copysign(difference, error) / (1 + input)

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "log(1 + input)": Step(lambda: np.log1p(input), how="log(1 + input)"),
        "log(1 + target)": Step(lambda: np.log1p(target), how="log(1 + target)"),
        "difference": Step(lambda: np.copysign(difference, error), how="log(1 + input) - log(1 + target)"),
    }
    return Terms(difference * difference, steps, grad, formula="(log(1 + x) - log(1 + t))^2")

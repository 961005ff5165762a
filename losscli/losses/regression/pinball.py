"""pinball, quantile: Absolute error, weighted by its sign.

    loss = q (t - x)            where x <= t
    loss = (1 - q) (x - t)      elsewhere

Examples:
    losscli pinball --input 2.5,0,2,8 --target 3,-0.5,2,7 --quantile 0.9
    losscli quantile --input 2.5,0,2,8 --target 3,-0.5,2,7 --quantile 0.1 --grad
    losscli pinball --input 1,2,3 --target 2,3,4
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms


def pinball(
    input: Predictions,
    target: Targets,
    *,
    quantile: Annotated[float, Number("the quantile to predict", min=0, max=1)] = 0.5,
) -> Terms:
    """Absolute error, weighted by its sign, element by element: it is smallest at a quantile of the targets.

        loss = max(q e, (q - 1) e),   e = t - x

    At q = 0.5 it is half the absolute error. Where prediction and target are equal, the gradient is -q.

    Source: scikit-learn, sklearn.metrics.mean_pinball_loss; Koenker and Bassett 1978, "Regression Quantiles".
    """
    error = target - input
    value = np.maximum(quantile * error, (quantile - 1) * error)
    value += 0.0  # -0 is 0

    def grad() -> Floats:
        return np.where(error < 0, 1 - quantile, -quantile)

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "target - input": Step(error, how="target - input"),
        "factor": Step(
            lambda: np.where(error < 0, 1 - quantile, quantile),
            how=f"{quantile:g} where input <= target, else {1 - quantile:g}",
        ),
    }
    return Terms(value, steps, grad, formula=f"{quantile:g} (t - x) where x <= t, else {1 - quantile:g} (x - t)")

"""pinball, quantile: Absolute error, weighted by its side.

    loss = q (t - x)            where x <= t
    loss = (1 - q) (x - t)      elsewhere

sklearn: mean_pinball_loss (alpha)

Examples:
    losscli pinball --input 2.5,0,2,8 --target 3,-0.5,2,7 --quantile 0.9
    losscli quantile --input 2.5,0,2,8 --target 3,-0.5,2,7 --quantile 0.1 --grad
    losscli pinball --input 1,2,3 --target 2,3,4
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number, Predictions, Targets
from losscli.terms import Terms


def pinball(
    input: Predictions,
    target: Targets,
    *,
    quantile: Annotated[float, Number("which quantile is predicted", min=0, max=1)] = 0.5,
) -> Terms:
    """Absolute error, weighted by its side, element by element: it is smallest at a quantile of the targets.

        loss = max(q e, (q - 1) e),   e = t - x

    At q = 0.5 it is half of the absolute error. Where prediction and target are equal the gradient is -q.

    Source: scikit-learn, sklearn.metrics.mean_pinball_loss; Koenker and Bassett 1978, "Regression Quantiles".
    """
    error = target - input
    value = np.maximum(quantile * error, (quantile - 1) * error)
    value += 0.0  # -0 is 0

    def grad() -> Floats:
        return np.where(error < 0, 1 - quantile, -quantile)

    return Terms(
        value,
        {
            "input": input,
            "target": target,
            "target - input": error,
            "factor": lambda: np.where(error < 0, 1 - quantile, quantile),
        },
        grad,
        formula=f"{quantile:g} (t - x) where x <= t, else {1 - quantile:g} (x - t)",
    )

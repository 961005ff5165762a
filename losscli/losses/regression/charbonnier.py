"""charbonnier: Absolute error with its corner rounded off.

    loss = sqrt((x - t)^2 + epsilon^2)

Examples:
    losscli charbonnier --input 2.5,0,2,8 --target 3,-0.5,2,7
    losscli charbonnier --input 2.5,0,2,8 --target 3,-0.5,2,7 --epsilon 0.1
    losscli charbonnier --input 2.5,0,2,8 --target 3,-0.5,2,7 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms


def charbonnier(
    input: Predictions,
    target: Targets,
    *,
    epsilon: Annotated[float, Number("how much the corner is rounded", above=0)] = 1e-3,
) -> Terms:
    """Absolute error with its corner rounded off, element by element: epsilon at the target, |x - t| far from it.

        loss = sqrt((x - t)^2 + epsilon^2)

    The default epsilon is that of LapSRN. Image restoration code often adds epsilon itself, not its square, under the
    root; Kornia uses epsilon = 1 and subtracts 1.

    Source: Charbonnier et al. 1994, "Two Deterministic Half-Quadratic Regularization Algorithms for Computed
    Imaging"; Lai et al. 2017, "Deep Laplacian Pyramid Networks for Fast and Accurate Super-Resolution".
    """
    error = input - target
    if epsilon < 1e-140:
        value = np.hypot(error, epsilon)
    else:
        value = error * error
        value += epsilon * epsilon
        large = np.flatnonzero(~(value < 1e300))
        np.sqrt(value, out=value)
        # hypot scales against overflow and underflow of the squares, but takes several times as long
        value[large] = np.hypot(error[large], epsilon)

    def grad() -> Floats:
        return error / value

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
    }
    return Terms(value, steps, grad, formula=f"sqrt((x - t)^2 + {epsilon:g}^2)")

"""smooth-l1: Absolute error with a parabola near the target.

    loss = (x - t)^2 / (2 beta)      where |x - t| < beta
    loss = |x - t| - beta / 2        elsewhere

Examples:
    losscli smooth-l1 --input 2.5,0,2,8 --target 3,-0.5,2,5
    losscli smooth-l1 --input 2.5,0,2,8 --target 3,-0.5,2,5 --beta 0.5
    losscli smooth-l1 --input 2.5,0,2,8 --target 3,-0.5,2,5 --beta 0 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms

TITLE = "Smooth L1"


def smooth_l1(
    input: Predictions,
    target: Targets,
    *,
    beta: Annotated[float, Number("the error beyond which the loss is linear; 0: l1", min=0)] = 1.0,
) -> Terms:
    """Absolute error, rounded off to a parabola near the target, element by element.

        loss = (m / beta) (|e| - m / 2),   e = x - t,   m = min(|e|, beta)

    that is, e^2 / (2 beta) below beta and |e| - beta / 2 beyond it; beta = 0 is l1. It is huber with delta = beta,
    divided by beta.

    Source: PyTorch, torch.nn.SmoothL1Loss; Girshick 2015, "Fast R-CNN".
    """
    error = input - target
    size = np.abs(error)
    capped = np.minimum(size, beta)
    value = -0.5 * capped
    value += size
    if beta:
        value *= capped if beta == 1 else capped / beta

    def grad() -> Floats:
        return np.clip(error / beta, -1, 1) if beta else np.sign(error)

    pieces = f"e^2 / {2 * beta:g} where |e| < {beta:g}, else |e| - {beta / 2:g},  e = x - t" if beta else "|x - t|"
    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
        "|error|": Step(size, how="abs(error)"),
    }
    return Terms(value, steps, grad, formula=pieces)

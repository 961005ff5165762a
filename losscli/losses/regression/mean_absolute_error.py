"""l1, mae: Absolute difference of prediction and target.

    loss = |x - t|

Examples:
    losscli l1 --input 2.5,0,2,8 --target 3,-0.5,2,7
    losscli mae --input '2.5,0; 2,8' --target '3,-0.5; 2,7' --weight '1,1; 1,3'
    losscli l1 --input 2.5,0,2,8 --target 3,-0.5,2,7 --reduction none --json
"""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats
from losscli.losses.regression import ElementWeight, Predictions, Targets
from losscli.terms import Step, Terms


def mean_absolute_error(input: Predictions, target: Targets, *, weight: ElementWeight | None = None) -> Terms:
    """Absolute difference of prediction and target, element by element.

        loss = w |x - t|

    The mean divides by the sum of the weights. The gradient is 0 where prediction and target are equal, and
    NaN where either is NaN (PyTorch: 0).

    Source: PyTorch, torch.nn.functional.l1_loss.
    """
    error = input - target
    value = np.abs(error)
    if weight is not None:
        value *= weight

    def grad() -> Floats:
        return np.sign(error) if weight is None else weight * np.sign(error)

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
    }
    if weight is not None:
        steps["weight"] = Step(weight, given=True)
    return Terms(value, steps, grad, divisor=weight, formula=f"{'w ' * (weight is not None)}|x - t|")

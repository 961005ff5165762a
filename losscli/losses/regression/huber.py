"""huber: Squared error near the target, absolute beyond.

    loss = (x - t)^2 / 2                      where |x - t| <= delta
    loss = delta (|x - t| - delta / 2)        elsewhere

Examples:
    losscli huber --input 2.5,0,2,8 --target 3,-0.5,2,5
    losscli huber --input 2.5,0,2,8 --target 3,-0.5,2,5 --delta 0.5
    losscli huber --input 2.5,0,2,8 --target 3,-0.5,2,5 --weight 1,1,1,3 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import ElementWeight, Predictions, Targets
from losscli.terms import Step, Terms


def huber(
    input: Predictions,
    target: Targets,
    *,
    weight: ElementWeight | None = None,
    delta: Annotated[float, Number("the error beyond which the loss is linear", above=0)] = 1.0,
) -> Terms:
    """Squared error near the target, absolute error far from it, element by element.

        loss = w m (|e| - m / 2),   e = x - t,   m = min(|e|, delta)

    that is, w e^2 / 2 up to delta and w delta (|e| - delta / 2) beyond it: delta times smooth-l1 with beta = delta.
    The mean divides by the number of elements, not by the sum of the weights as in mse and l1: so does PyTorch 2.13.

    Source: PyTorch, torch.nn.functional.huber_loss; Huber 1964, "Robust Estimation of a Location Parameter".
    """
    error = input - target
    size = np.abs(error)
    capped = np.minimum(size, delta)
    reach = -0.5 * capped
    reach += size
    if weight is None:
        value = capped * reach
    else:
        # capped <= 2 reach: the smallest of three factors times the largest, then the middle one, so that no product on
        # the way vanishes or overflows where the whole does not
        double = 2 * reach
        value = np.minimum(weight, capped)
        value *= np.maximum(weight, double)
        value *= np.minimum(np.maximum(weight, capped), double)
        value *= 0.5

    def grad() -> Floats:
        slope = np.clip(error, -delta, delta)
        return slope if weight is None else weight * slope

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
        "|error|": Step(size, how="abs(error)"),
    }
    if weight is not None:
        steps["weight"] = Step(weight, given=True)
    pieces = f"e^2 / 2 where |e| <= {delta:g}, else {delta:g} (|e| - {delta / 2:g})"
    return Terms(value, steps, grad, formula=f"{pieces if weight is None else f'w ({pieces})'},  e = x - t")

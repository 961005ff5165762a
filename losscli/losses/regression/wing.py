"""wing: Logarithm near the target, absolute error beyond.

    loss = w log(1 + |x - t| / c)                     where |x - t| < w
    loss = |x - t| - w + w log(1 + w / c)             elsewhere

Examples:
    losscli wing --input 2.5,0,2,18 --target 3,-0.5,2,7
    losscli wing --input 2.5,0,2,18 --target 3,-0.5,2,7 --width 10 --curvature 2
    losscli wing --input 2.5,0,2,18 --target 3,-0.5,2,7 --grad
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms


def wing(
    input: Predictions,
    target: Targets,
    *,
    width: Annotated[float, Number("the error beyond which the loss is linear", above=0)] = 5.0,
    curvature: Annotated[float, Number("the smaller, the steeper the loss at the target", above=0)] = 0.5,
) -> Terms:
    """Logarithm of the error near the target, absolute error far from it, element by element.

        loss = w log(1 + |e| / c) where |e| < w, else |e| - w + w log(1 + w / c),   e = x - t

    w is the width and c the curvature (epsilon in the paper). Small errors pull more than in the absolute error. At the
    target, where the loss has a corner, the gradient is 0.

    Source: Feng et al. 2018, "Wing Loss for Robust Facial Landmark Localisation with Convolutional Neural Networks";
    segmentation_models_pytorch 0.6, losses._functional.wing_loss.
    """
    error = input - target
    size = np.abs(error)
    value = width * np.log1p(np.minimum(size, width) / curvature)
    value += np.maximum(size - width, 0)

    def grad() -> Floats:
        return np.sign(error) * np.where(size < width, width / (curvature + size), 1.0)

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
        "|error|": Step(size, how="abs(error)"),
    }
    offset = width * math.log1p(width / curvature) - width
    beyond = f"|e| {'-' if offset < 0 else '+'} {abs(offset):.4g}"
    formula = f"{width:g} log(1 + |e| / {curvature:g}) where |e| < {width:g}, else {beyond},  e = x - t"
    return Terms(value, steps, grad, formula=formula)

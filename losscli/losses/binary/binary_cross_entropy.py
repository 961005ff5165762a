"""bce: Cross entropy of probabilities, per element.

    loss = -(t log p + (1 - t) log(1 - p))

Examples:
    losscli bce --probs 0.54,0.42,0.53 --labels 0,1,0
    losscli bce --probs '0.9,0.2; 0.6,0.1' --labels '1,0; 1,1' --weight 1,2
    losscli bce --probs "$(losscli sigmoid -q --logits 0.15,-0.34)" --labels 0,1
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Array, Floats
from losscli.losses.binary import ElementFactor
from losscli.terms import Step, Terms

SMALLEST = float(np.float32(1e-12))  # a float32 in PyTorch


def binary_cross_entropy(
    probs: Annotated[Floats, Array("N...", "real", "probabilities of the label 1", min=0, max=1)],
    labels: Annotated[Floats, Array("N...", "real", "0, 1 or anything in between", min=0, max=1)],
    *,
    weight: ElementFactor | None = None,
) -> Terms:
    """Cross entropy of probabilities against labels between 0 and 1, element by element.

        loss = -w (t max(log p, -100) + (1 - t) max(log(1 - p), -100))

    The floor of -100 keeps the loss finite where p is 0 or 1 and wrong. A mean divides by the number of elements, not
    by the sum of the weights. The gradient divides by max(p (1 - p), 1e-12), as in PyTorch.

    Source: PyTorch, torch.nn.BCELoss.
    """
    w = 1.0 if weight is None else weight
    # log 0 = -inf becomes -100
    log_p = np.maximum(np.log(probs), -100)
    log_q = np.maximum(np.log1p(-probs), -100)
    value = -w * (labels * log_p + (1 - labels) * log_q)

    def grad() -> Floats:
        gradient: Floats = w * (probs - labels) / np.maximum(probs * (1 - probs), SMALLEST)
        return gradient

    steps = {
        "prob": Step(probs),
        "label": Step(labels, given=True),
        "log prob": Step(log_p, how="max(log(prob), -100)"),
        "log (1 - prob)": Step(log_q, how="max(log(1 - prob), -100)"),
    }
    if weight is not None:
        steps["weight"] = Step(weight, given=True)
    return Terms(value, steps, grad, formula=f"-{'w ' * (weight is not None)}(t log p + (1 - t) log(1 - p))")

"""bce-logits: Cross entropy of sigmoid(logits), per element.

    loss = -(t log sigmoid(x) + (1 - t) log sigmoid(-x))

Examples:
    losscli bce-logits --logits 0.15,-0.34,0.12,0.67,0.55 --labels 0,1,0,1,0
    losscli bce-logits --logits '2,-1; 0.5,3' --labels '1,0; 1,1' --pos-weight 3,1
    losscli bce-logits --logits 40 --label 1 --grad
"""

from __future__ import annotations

from typing import Annotated

from losscli import ops
from losscli.declare import Array, Floats
from losscli.losses.binary import ElementFactor
from losscli.losses.binary._cross_entropy import binary_cross_entropy, binary_cross_entropy_gradient
from losscli.terms import Step, Terms


def binary_cross_entropy_with_logits(
    logits: Annotated[Floats, Array("N...", "real", "scores before the sigmoid")],
    labels: Annotated[Floats, Array("N...", "real", "0, 1 or anything in between", suspicion="outside 0 to 1")],
    *,
    weight: ElementFactor | None = None,
    pos_weight: Annotated[Floats, Array("~N...", "real", "a factor for the label 1", suspicion="negative weight")]
    | None = None,
) -> Terms:
    """Cross entropy of the sigmoid of logits against labels between 0 and 1, element by element.

        loss = w (pw t softplus(-x) + (1 - t) softplus(x)),   softplus(x) = log(1 + exp(x)) = -log sigmoid(-x)

    A mean divides by the number of elements, not by the sum of the weights. A part whose factor t or 1 - t is 0 adds
    nothing, even where x is infinite (PyTorch: NaN).

    Source: PyTorch, torch.nn.BCEWithLogitsLoss.
    """
    value = binary_cross_entropy(logits, labels, pos_weight)
    if weight is not None:
        value = weight * value

    def grad() -> Floats:
        gradient: Floats = binary_cross_entropy_gradient(logits, labels, pos_weight)
        return gradient if weight is None else weight * gradient

    steps = {
        "logit": Step(logits),
        "label": Step(labels, given=True),
        "sigmoid": Step(lambda: ops.sigmoid(logits), how="1 / (1 + exp(-logit))"),
        "log sigmoid": Step(lambda: -ops.softplus(-logits), how="log(sigmoid)"),
        "log (1 - sigmoid)": Step(lambda: -ops.softplus(logits), how="log(1 - sigmoid)"),
    }
    if pos_weight is not None:
        steps["pos weight"] = Step(pos_weight, given=True)
    if weight is not None:
        steps["weight"] = Step(weight, given=True)
    formula = (
        f"-{'w ' * (weight is not None)}"
        f"({'pw ' * (pos_weight is not None)}t log sigmoid(x) + (1 - t) log(1 - sigmoid(x)))"
    )
    return Terms(value, steps, grad, formula=formula)

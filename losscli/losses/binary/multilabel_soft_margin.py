"""multilabel-soft-margin: Mean of bce-logits over the classes.

    loss = -mean_c (t[c] log sigmoid(z[c]) + (1 - t[c]) log sigmoid(-z[c]))

Examples:
    losscli multilabel-soft-margin --logits 0.15,-0.34,0.12,0.67,0.55 --labels 0,1,0,1,0
    losscli multilabel-soft-margin --logits '2,-1; 0.5,3' --labels '1,0; 1,1'
    losscli multilabel-soft-margin --logits '2,-1; 0.5,3' --labels '1,0; 1,1' --weight 1,2 --steps --json
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats
from losscli.losses.binary._cross_entropy import binary_cross_entropy, binary_cross_entropy_gradient
from losscli.terms import Step, Terms


def multilabel_soft_margin(
    logits: Annotated[Floats, Array("N... C", "real", "scores before the sigmoid", last=True)],
    labels: Annotated[
        Floats, Array("N... C", "real", "1 for each class that applies, else 0", suspicion="outside 0 to 1")
    ],
    *,
    weight: Annotated[Floats, Array("~N... C", "real", "one weight per class", suspicion="negative weight")]
    | None = None,
) -> Terms:
    """The mean of the binary cross entropies of the classes, each of which applies or not.

        loss = 1/C sum_c w[c] (t[c] softplus(-z[c]) + (1 - t[c]) softplus(z[c]))

    Each row counts once: a mean divides by the number of rows.

    Source: PyTorch, torch.nn.MultiLabelSoftMarginLoss.
    """
    classes = logits.shape[1]
    share = np.full(classes, 1 / classes) if weight is None else weight / classes
    # a weight of 0 on an infinite loss is NaN, as in PyTorch
    losses = share * binary_cross_entropy(logits, labels)

    def grad() -> Floats:
        return share * binary_cross_entropy_gradient(logits, labels)

    steps = {
        "logit": Step(logits),
        "sigmoid": Step(lambda: ops.sigmoid(logits), how="1 / (1 + exp(-logit))"),
        "log sigmoid": Step(lambda: -ops.softplus(-logits), how="log(sigmoid)"),
        "log (1 - sigmoid)": Step(lambda: -ops.softplus(logits), how="log(1 - sigmoid)"),
        "target": Step(labels, given=True),
    }
    factor = ""
    if weight is not None:
        factor = "class weight * "
        steps["class weight"] = Step(weight, given=True)
    how = f"-{factor}(target * log sigmoid + (1 - target) * log (1 - sigmoid)) / {classes}"
    steps["loss"] = Step(losses, summed=True, how=how)
    w = "w[c] " * (weight is not None)
    return Terms(
        value=ops.row_sum(losses),
        steps=steps,
        grad=grad,
        formula=f"-mean_c {w}(t[c] log sigmoid(z[c]) + (1 - t[c]) log(1 - sigmoid(z[c])))",
    )

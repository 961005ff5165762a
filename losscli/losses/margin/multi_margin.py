"""multi-margin: Hinge loss against all other classes.

    loss = 1/C sum_{c != y} max(0, m - z[y] + z[c])^p

Examples:
    losscli multi-margin --logits 0.1,0.2,0.4,0.8 --label 2
    losscli multi-margin --logits '2,0.5,-1; 0.5,1,0' --labels 0,2 --p 2 --margin 0.5
    losscli multi-margin --logits '2,0.5,-1; 0.5,1,0' --labels 0,2 --weight 1,2,3 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Floats, Number
from losscli.losses.margin import _exact
from losscli.losses.multiclass import ClassIndices, ClassScores, ClassWeight
from losscli.terms import Step, Terms


def multi_margin(
    logits: ClassScores,
    labels: ClassIndices,
    *,
    p: Annotated[int, Number("the power, 1 or 2", min=1, max=2, whole=True)] = 1,
    margin: Annotated[float, Number("by how much the label's score should exceed the others")] = 1.0,
    weight: ClassWeight | None = None,
) -> Terms:
    """How far the other classes come within a margin of the label's score, or exceed it, summed over them.

        loss = w[y] / C sum_{c != y} max(0, m - z[y] + z[c])^p

    The sum is over C - 1 classes but divided by C, as in PyTorch. A mean divides by the number of rows, not by the sum
    of the weights. This is Weston and Watkins' hinge; `categorical-hinge` is Crammer and Singer's, against the best
    other class alone. A score that is NaN makes the loss NaN; PyTorch leaves it out of the sum.

    Source: PyTorch, torch.nn.MultiMarginLoss; Weston and Watkins 1999, "Support Vector Machines for Multi-Class Pattern
    Recognition".
    """
    rows, classes = np.arange(len(labels)), logits.shape[1]
    over = _exact.above(logits, margin, ops.pick(logits, labels))
    short = np.maximum(over, 0)
    short[rows, labels] = 0
    share = np.full(len(labels), 1 / classes) if weight is None else weight[labels] / classes
    losses = short if p == 1 else np.square(short)

    def grad() -> Floats:
        slope = (short > 0) * share[:, None] if p == 1 else 2 * short * share[:, None]
        slope[rows, labels] = -ops.row_sum(slope)
        return slope

    power = "^2" * (p == 2)
    how = f"{'weight * ' * (weight is not None)}max(0, m - z[y] + z){power} / {classes}, 0 for the label"
    steps = {
        "logit": Step(logits),
        "m - z[y] + z": Step(over, how=f"{margin:g} - logit[y] + logit"),
        "loss": Step(lambda: losses * share[:, None], summed=True, how=how),
        "label": Step(labels, label=True),
    }
    if weight is not None:
        steps["weight"] = Step(lambda: weight[labels], given=True, how="class weight of the label")
    steps["logit[y]"] = Step(lambda: ops.pick(logits, labels), how="logit of the label")
    return Terms(
        value=ops.row_sum(losses) / classes if weight is None else ops.row_sum(losses) * share,
        steps=steps,
        grad=grad,
        formula=f"{'w[y] ' * (weight is not None)}1/C sum_(c != y) max(0, {margin:g} - z[y] + z[c]){power}",
    )

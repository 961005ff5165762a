"""nll: Minus the log-probability of the label.

    loss = -lp[y]

Examples:
    losscli nll --log-probs -0.4,-1.1 --label 0
    losscli nll --log-probs '-0.4,-1.1; -2.3,-0.1' --labels 0,1 --weight 1,3
    losscli nll --log-probs "$(losscli log-softmax -q --logits 0.9,0.1)" --label 0
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats
from losscli.losses.multiclass import ClassIndices, ClassWeight, IgnoreIndex, _labels
from losscli.terms import Step, Terms


def negative_log_likelihood(
    log_probs: Annotated[
        Floats, Array("N... C", "real", "log-probabilities", suspicion="not log-probabilities", raw=True)
    ],
    labels: ClassIndices,
    *,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Minus the log-probability of the label.

        loss = -w[y] lp[y]

    A mean divides by the sum of w[y] over the rows that are not ignored. If that sum is 0, the mean and its gradient
    are NaN, as in PyTorch, whose gradient is NaN for the labels only and 0 for the other classes.

    Source: PyTorch, torch.nn.NLLLoss.
    """
    counts, y = _labels.counted(labels, ignore_index)
    own_log_prob = ops.pick(log_probs, y).astype(np.float64)
    own_weight = None if weight is None else _labels.masked(weight[y], counts)
    # a weight of 0 on -inf is NaN, as in PyTorch
    value = -own_log_prob if own_weight is None else -own_log_prob * own_weight

    def one_hot() -> Floats:
        return _labels.masked(_labels.one_hot(y, log_probs.shape[1]), counts)

    def share() -> Floats:
        return one_hot() if own_weight is None else own_weight[:, None] * one_hot()

    steps = {
        "log prob": Step(lambda: log_probs.astype(np.float64)),
        "prob": Step(lambda: np.exp(log_probs, dtype=np.float64), how="exp(log prob)"),
        "target": Step(one_hot, given=True, share=one_hot, how="1 for the label, 0 for the others"),
        "loss": Step(
            lambda: ops.shared(share(), -log_probs.astype(np.float64)),
            summed=True,
            share=one_hot,
            how=f"-{'weight * ' * (weight is not None)}target * log prob",
        ),
        "label": Step(labels, label=True),
    }
    if own_weight is not None:
        steps["weight"] = Step(own_weight, given=True, how="class weight of the label")
    steps["log prob[y]"] = Step(own_log_prob, how="log prob of the label")
    return Terms(
        value=_labels.masked(value, counts),
        steps=steps,
        grad=lambda: -share(),
        divisor=own_weight,
        counts=counts,
        formula=f"-{'w[y] ' * (weight is not None)}lp[y]",
    )

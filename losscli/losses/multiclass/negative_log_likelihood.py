"""nll: Cross entropy of log-probabilities: minus lp[y].

    loss = -lp[y]

PyTorch: NLLLoss
Keras: SparseCategoricalCrossentropy (on exp(lp))
optax: softmax_cross_entropy_with_integer_labels (a log-softmax of log-probabilities changes nothing)

Examples:
    losscli nll --log-probs -0.4,-1.1 --label 0
    losscli nll --log-probs '-0.4,-1.1; -2.3,-0.1' --labels 0,1 --weight 1,3
    losscli nll --log-probs "$(losscli log-softmax -q --logits 0.9,0.1)" --label 0
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, ClassIndices, ClassWeight, Floats, IgnoreIndex
from losscli.terms import Step, Summed, Terms


def negative_log_likelihood(
    log_probs: Annotated[Floats, Array("N... C", "real", "log-probabilities", "no log-probabilities", picked=True)],
    labels: ClassIndices,
    *,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Minus the log-probability of the label.

        loss = -w[y] lp[y]

    A mean divides by the sum of w[y] over the rows that count.

    Source: PyTorch, torch.nn.NLLLoss.
    """
    counts, y = ops.counted(labels, ignore_index)
    picked = ops.pick(log_probs, y).astype(np.float64)
    own_weight = None if weight is None else ops.masked(weight[y], counts)
    value = -picked if own_weight is None else -picked * own_weight  # a weight of 0 on -inf is NaN, as in PyTorch

    def one_hot() -> Floats:
        return ops.masked(np.eye(log_probs.shape[1])[y], counts)

    def share() -> Floats:
        return one_hot() if own_weight is None else own_weight[:, None] * one_hot()

    steps: dict[str, Step] = {
        "log prob": lambda: log_probs.astype(np.float64),
        "prob": lambda: np.exp(log_probs, dtype=np.float64),
        "target": one_hot,
        "loss": Summed(lambda: ops.shared(share(), -log_probs.astype(np.float64))),
        "label": labels,
    }
    if own_weight is not None:
        steps["weight"] = own_weight
    steps["log prob[y]"] = picked
    return Terms(
        value=ops.masked(value, counts),
        steps=steps,
        grad=lambda: -share(),
        divisor=own_weight,
        counts=counts,
        formula=f"-{'w[y] ' * (weight is not None)}lp[y]",
    )

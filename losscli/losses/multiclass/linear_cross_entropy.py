"""linear-ce: Cross entropy of the logits of a linear layer.

    loss = -log softmax(W h + b)[y]

PyTorch: LinearCrossEntropyLoss

Examples:
    losscli linear-ce --hidden 0.5,-1 --linear-weight '1,0; 0,1; 1,1' --label 2
    losscli linear-ce --hidden '0.5,-1; 2,0' --linear-weight '1,0; 0,1; 1,1' --linear-bias 0,0,0.1 --labels 2,0
    losscli linear-ce --hidden '0.5,-1; 2,0' --linear-weight '1,0; 0,1; 1,1' --labels -100,0 --grad
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats
from losscli.losses.multiclass import ClassIndices, ClassWeight, IgnoreIndex, LabelSmoothing
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.terms import Terms


def linear_cross_entropy(
    hidden: Annotated[Floats, Array("N... D", "real", "inputs of the last layer")],
    linear_weight: Annotated[Floats, Array("C D", "real", "its weight, one row per class")],
    labels: ClassIndices,
    *,
    linear_bias: Annotated[Floats, Array("C", "real", "its bias")] | None = None,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
    label_smoothing: LabelSmoothing = 0.0,
) -> Terms:
    """Cross entropy of the logits of a linear layer, which are never in memory for all rows at once.

        loss = -w[y] log softmax(z)[y],   z = W h + b

    A mean divides by the sum of w[y] over the rows that are not ignored. The gradient is with respect to the hidden
    vectors. Each logit is computed with about twice the digits of float64, so none are lost where W h + b cancels.

    Source: PyTorch 2.13, torch.nn.LinearCrossEntropyLoss.
    """
    logits, lost = ops.exact_product(hidden, linear_weight, linear_bias)
    terms = cross_entropy(logits, labels, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing)
    of_logits = terms.grad

    assert of_logits is not None
    value = ops.corrected(terms.value, of_logits(), lost) if lost.any() else terms.value

    def grad() -> Floats:
        w = np.ones(len(linear_weight)) if weight is None else weight
        counts, y = ops.counted(labels, ignore_index)
        whole = ops.masked((1 - label_smoothing) * w[y] + label_smoothing * w.mean(), counts)
        slope = of_logits() + whole[:, None] * ops.softmax_corrected(logits, ops.softmax_peak(logits), lost)
        return ops.exact_product(slope, linear_weight.T)[0]

    biased = linear_bias is not None
    logit = replace(terms.steps["logit"], how=f"linear_weight @ hidden{' + linear_bias' * biased}")
    steps = {**terms.steps, "logit": logit}
    return replace(terms, value=value, steps=steps, grad=grad, formula=f"{terms.formula},  z = W h{' + b' * biased}")

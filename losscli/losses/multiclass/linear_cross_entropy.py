"""linear-ce: Cross entropy of logits from a last linear layer.

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

from losscli.declare import Array, ClassIndices, ClassWeight, Floats, IgnoreIndex, Number
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.terms import Terms


def linear_cross_entropy(
    hidden: Annotated[Floats, Array("N... D", "real", "inputs of the last layer")],
    linear_weight: Annotated[Floats, Array("C D", "real", "its weight, one row a class")],
    labels: ClassIndices,
    *,
    linear_bias: Annotated[Floats, Array("C", "real", "its bias")] | None = None,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
    label_smoothing: Annotated[float, Number("share of the target spread over all classes", min=0, max=1)] = 0.0,
) -> Terms:
    """Cross entropy of logits that a linear layer computes from hidden vectors; the logits are never held for all rows.

        loss = -w[y] log softmax(z)[y],   z = W h + b

    A mean divides by the sum of w[y] over the rows that count. The gradient is with respect to the hidden vectors. Each
    logit is a rounded dot product: what cancels in W h + b is lost before the loss begins.

    Source: PyTorch 2.13, torch.nn.LinearCrossEntropyLoss.
    """
    logits = hidden @ linear_weight.T
    if linear_bias is not None:
        logits += linear_bias
    terms = cross_entropy(logits, labels, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing)
    of_logits = terms.grad

    def grad() -> Floats:
        assert of_logits is not None
        return of_logits() @ linear_weight

    bias = " + b" * (linear_bias is not None)
    return replace(terms, grad=grad, formula=f"{terms.formula},  z = W h{bias}")

"""linear-ce: Cross entropy of the logits of a linear layer.

    loss = -log softmax(W h + b)[y]

Examples:
    losscli linear-ce --hidden 0.5,-1 --linear-weight '1,0; 0,1; 1,1' --label 2
    losscli linear-ce --hidden '0.5,-1; 2,0' --linear-weight '1,0; 0,1; 1,1' --linear-bias 0,0,0.1 --labels 2,0
    losscli linear-ce --hidden '0.5,-1; 2,0' --linear-weight '1,0; 0,1; 1,1' --labels -100,0 --grad
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from losscli import ops, products
from losscli.declare import AnyArray, Array, Floats
from losscli.losses.multiclass import ClassWeight, IgnoreIndex, Labels, LabelSmoothing, _labels
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.terms import Terms


def linear_cross_entropy(
    hidden: Annotated[Floats, Array("~N... D", "real", "inputs of the last layer")],
    linear_weight: Annotated[Floats, Array("~N... C D", "real", "its weight, one row per class")],
    labels: Labels,
    *,
    linear_bias: Annotated[Floats, Array("~N... C 1", "real", "its bias")] | None = None,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
    label_smoothing: LabelSmoothing = 0.0,
) -> Terms:
    """Cross entropy of the logits of a linear layer, which are never in memory for all rows at once.

        loss = -w[y] log softmax(z)[y],   z = W h + b

    labels of the shape of z, (C), (N, C) or (N, C, d1, ...), are class probabilities, as in `ce`. A linear_weight of
    shape (C, d1, ..., D) is a layer for each of the places d1, ..., and the labels have the shape (N, d1, ...).
    A mean divides by the sum of w[y] over the rows that are not ignored. The gradient is with respect to the hidden
    vectors. Each logit is computed with about twice the digits of float64, so none are lost where W h + b cancels.

    Source: PyTorch 2.13, torch.nn.LinearCrossEntropyLoss.
    """
    bias = None if linear_bias is None else linear_bias[..., 0]
    logits, lost = products.row_by_row(linear_weight, hidden, bias)
    terms = cross_entropy(logits, labels, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing)
    of_logits = terms.grad

    assert of_logits is not None
    value = ops.corrected(terms.value, of_logits(), lost) if lost.any() else terms.value

    def grad() -> Floats:
        w = np.ones(logits.shape[1]) if weight is None else weight
        if labels.ndim == 1:
            counts, y = _labels.counted(labels, ignore_index)
            whole = _labels.masked((1 - label_smoothing) * w[y] + label_smoothing * w.mean(), counts)
        else:
            whole = ops.row_sum((labels * (1 - label_smoothing) + label_smoothing / logits.shape[1]) * w)
        slope = of_logits() + whole[:, None] * ops.softmax_corrected(logits, ops.softmax_peak(logits), lost)
        return products.row_by_row(np.swapaxes(linear_weight, 1, 2), slope)[0]

    biased = linear_bias is not None
    logit = replace(terms.steps["logit"], how=f"linear_weight @ hidden{' + linear_bias' * biased}")
    steps = {**terms.steps, "logit": logit}
    return replace(terms, value=value, steps=steps, grad=grad, formula=f"{terms.formula},  z = W h{' + b' * biased}")


def as_declared(arrays: dict[str, AnyArray], **_: Any) -> dict[str, AnyArray]:
    """The classes last but for the axis of hidden, and one for the places of a layer that has several."""
    found = dict(arrays)
    if any(name not in found for name in ("hidden", "linear_weight", "labels")) or found["linear_weight"].ndim < 2:
        return arrays  # what is wrong shows later, in words
    hidden, matrix, bias = found["hidden"], found["linear_weight"], found.get("linear_bias")
    classes, *places, _ = matrix.shape
    logits = (*hidden.shape[:1], classes, *(places or hidden.shape[1:-1])) if hidden.ndim > 1 else (classes,)
    if places and hidden.ndim == 2:
        found["hidden"] = hidden.reshape(len(hidden), *[1] * len(places), hidden.shape[1])
    found["linear_weight"] = np.moveaxis(matrix, 0, -2)
    if bias is not None and bias.ndim:
        found["linear_bias"] = np.moveaxis(bias, 0, -1)[..., None]
    if found["labels"].shape == logits:
        found["labels"] = np.moveaxis(found["labels"], 1 if len(logits) > 1 else 0, -1)
    return found

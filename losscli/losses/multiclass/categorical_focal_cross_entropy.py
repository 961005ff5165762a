"""focal-softmax: Cross entropy that gives easy rows less weight.

    loss = -alpha (1 - p[y])^gamma log p[y],   p = softmax(z)

Examples:
    losscli focal-softmax --logits 0.15,-0.34,0.12,0.67,0.55 --label 2
    losscli focal-softmax --logits '2,0,-1; 0.5,1,0' --labels 0,2 --gamma 1.5 --alpha 0.5,1,2
    losscli focal-softmax --logits '2,0,-1; 0.5,1,0' --labels '1,0,0; 0,0.3,0.7' --alpha 1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Array, Floats, Number
from losscli.losses.multiclass import IgnoreIndex, Labels, Logits, _curve
from losscli.terms import Terms


def categorical_focal_cross_entropy(
    logits: Logits,
    labels: Labels,
    *,
    gamma: Annotated[float, Number("how strongly easy rows are down-weighted", min=0)] = 2.0,
    alpha: Annotated[
        Floats, Array("~C", "real", "a factor, or one per class (default: 0.25)", suspicion="negative weight")
    ]
    | None = None,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Cross entropy with easy rows down-weighted: the factor (1 - p)^gamma is small where p is close to 1.

        loss = -sum_c alpha[c] q[c] (1 - p[c])^gamma log p[c]     with q = onehot(y), or the class probabilities given

    A mean divides by the number of rows that are not ignored. alpha is a plain factor, 0.25 for every class by default,
    as in Keras; other libraries have no alpha here, or give 1 - alpha to class 0 (MONAI). Keras clips p to 1e-7; this
    does not. `focal` is the loss of the same name for independent sigmoids. For class probabilities, the gradient is
    exact relative to the terms that cancel in it.

    Source: Keras, CategoricalFocalCrossentropy; Lin et al. 2017, "Focal Loss for Dense Object Detection".
    """

    def weight(n: Floats) -> Floats:
        return _curve.miss(n) ** gamma

    def slope(n: Floats) -> Floats:
        m = _curve.miss(n)
        # n / (1 - p) tends to 1 where both vanish; p n tends to 0 where n is infinite
        over = np.where(m > 0, np.minimum(n, 800) / m, 1.0)
        slope: Floats = m**gamma * (1 + gamma * np.exp(-n) * over)
        return slope

    return _curve.terms(
        logits,
        labels,
        ignore_index,
        value=lambda n: weight(n) * n,
        slope=slope,
        columns={"(1 - softmax{})^gamma": _curve.Column(weight, f"(1 - softmax{{}})^{gamma:g}")},
        how="-target * alpha * (1 - softmax)^gamma * log softmax",
        formula=_formula(labels.ndim == 1, gamma, alpha),
        alpha=np.full(logits.shape[1], 0.25) if alpha is None else alpha,
    )


def _formula(by_index: bool, gamma: float, alpha: Floats | None) -> str:
    c = "y" if by_index else "c"
    one = 0.25 if alpha is None else float(alpha[0])
    a = f"alpha[{c}] " if alpha is not None and (alpha != one).any() else f"{one:g} " * (one != 1)
    body = f"(1 - softmax(z)[{c}])^{gamma:g} log softmax(z)[{c}]"
    return f"-{a}{body}" if by_index else f"-sum_c {a}t[c] {body}"

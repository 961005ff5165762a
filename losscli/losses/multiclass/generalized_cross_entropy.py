"""gce: Cross entropy that is robust to wrong labels.

    loss = (1 - p[y]^q) / q,   p = softmax(z)

Examples:
    losscli gce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2
    losscli gce --logits '2,0,-1; 0.5,1,0' --labels 0,2 --q 0.7
    losscli gce --logits '2,0,-1; 0.5,1,0' --labels 0,2 --q 1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats, Number
from losscli.losses.multiclass import ClassIndices, IgnoreIndex, Logits, _curve, _labels
from losscli.terms import Terms


def generalized_cross_entropy(
    logits: Logits,
    labels: ClassIndices,
    *,
    q: Annotated[float, Number("near 0: cross entropy; 1: absolute error", above=0, max=1)] = 0.5,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """A loss between cross entropy (q near 0) and the absolute error 1 - p[y] (q = 1), robust to wrong labels.

        loss = (1 - p[y]^q) / q          which is at most 1 / q

    A mean divides by the number of rows that are not ignored. Keras takes probabilities and excludes q = 1, which the
    paper allows.

    Source: Keras, CategoricalGeneralizedCrossEntropy; Zhang and Sabuncu 2018, "Generalized Cross Entropy Loss for
    Training Deep Neural Networks with Noisy Labels".
    """

    def value(n: Floats) -> Floats:
        value: Floats = -np.expm1(-q * n) / q
        return value

    def power(n: Floats) -> Floats:
        return np.exp(-q * n)

    def slope(n: Floats) -> Floats:
        power_at = power(n)
        far = np.flatnonzero((q * n > 16) & (n < 1e300))  # where the rounding of n would show in exp(-q n)
        if far.size:
            at, y = ops.softmax_peak(logits[far]), _labels.counted(labels[far], ignore_index)[1]
            below, lost = doubled.two_sum(at.peak, -ops.pick(np.ascontiguousarray(logits[far]), y))
            e, more = doubled.two_product(q, below)
            power_at[far] = np.exp(-e) * np.exp(-q * np.log1p(at.rest)) * (1 - (more + q * lost))
        return power_at

    formula = f"(1 - softmax(z)[y]^{q:g}) / {q:g}" if q != 1 else "1 - softmax(z)[y]"
    return _curve.terms(
        logits,
        labels,
        ignore_index,
        value,
        slope,
        columns={"softmax{}^q": _curve.Column(power, f"softmax{{}}^{q:g}")},
        how=f"target * (1 - softmax^q){f' / {q:g}' * (q != 1)}",
        formula=formula,
    )

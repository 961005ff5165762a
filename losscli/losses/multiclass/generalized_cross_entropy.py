"""gce: Cross entropy that is robust to wrong labels.

    loss = (1 - p[y]^q) / q,   p = softmax(z)

Keras: CategoricalGeneralizedCrossEntropy (on softmax(z); q below 1)

Examples:
    losscli gce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2
    losscli gce --logits '2,0,-1; 0.5,1,0' --labels 0,2 --q 0.7
    losscli gce --logits '2,0,-1; 0.5,1,0' --labels 0,2 --q 1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.multiclass import ClassIndices, IgnoreIndex, Logits, _curve
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

    formula = f"(1 - softmax(z)[y]^{q:g}) / {q:g}" if q != 1 else "1 - softmax(z)[y]"
    return _curve.terms(
        logits,
        labels,
        ignore_index,
        value,
        power,
        columns={"softmax{}^q": _curve.Column(power, f"softmax{{}}^{q:g}")},
        how=f"target * (1 - softmax^q){f' / {q:g}' * (q != 1)}",
        formula=formula,
    )

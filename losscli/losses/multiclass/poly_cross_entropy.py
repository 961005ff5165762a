"""poly: Cross entropy with more weight on its first term.

    loss = -log p[y] + epsilon (1 - p[y]),   p = softmax(z)

Examples:
    losscli poly --logits 0.15,-0.34,0.12,0.67,0.55 --label 2
    losscli poly --logits '2,0,-1; 0.5,1,0' --labels 0,2 --epsilon -1
    losscli poly --logits '2,0,-1; 0.5,1,0' --labels '1,0,0; 0,0.3,0.7' --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import doubled
from losscli.declare import Floats, Number
from losscli.losses.multiclass import IgnoreIndex, Labels, Logits, _curve
from losscli.terms import Terms


def poly_cross_entropy(
    logits: Logits,
    labels: Labels,
    *,
    epsilon: Annotated[float, Number("added to the weight of the first term")] = 2.0,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Cross entropy with more weight on the first term of its expansion -log p = (1 - p) + (1 - p)^2 / 2 + ...

        loss = sum_c q[c] (-log p[c] + epsilon (1 - p[c]))        with q = onehot(y), or the class probabilities given

    A mean divides by the number of rows that are not ignored. The loss can be negative if epsilon is below -1. With
    class probabilities it is then exact relative to the terms that cancel in it; so is their gradient, for any epsilon.

    Source: optax, poly_loss_cross_entropy; Leng et al. 2022, "PolyLoss", which calls it Poly-1.
    """
    # n and 1 - p are nearly equal where both are small: with epsilon next to -1 their difference is a term of its own
    apart = epsilon > -0.5

    def value(n: Floats) -> Floats:
        return n + epsilon * _curve.miss(n) if apart else _curve.beyond_miss(n) + (1 + epsilon) * _curve.miss(n)

    def slope(n: Floats) -> Floats:
        slope: Floats = 1 + epsilon * np.exp(-n) if apart else _curve.miss(n) + (1 + epsilon) * np.exp(-n)
        return slope

    def exact(n: doubled.Parts) -> doubled.Parts:
        p = doubled.exp(-n[0], -n[1])
        return n + doubled.product((np.float64(epsilon),), doubled.compressed((np.float64(1), *doubled.negative(p))))

    def exact_slope(n: doubled.Parts) -> doubled.Parts:
        return np.float64(1), *doubled.product((np.float64(epsilon),), doubled.exp(-n[0], -n[1]))

    c = "y" if labels.ndim == 1 else "c"
    sign = "+" if epsilon >= 0 else "-"
    times = f"{abs(epsilon):g} " * (abs(epsilon) != 1)
    body = f"-log softmax(z)[{c}] {sign} {times}(1 - softmax(z)[{c}])"
    return _curve.terms(
        logits,
        labels,
        ignore_index,
        value,
        slope,
        columns={"1 - softmax{}": _curve.Column(_curve.miss, "1 - softmax{}")},
        how=f"target * (-log softmax {sign} {times and times + '* '}(1 - softmax))",
        formula=body if labels.ndim == 1 else f"sum_c t[c] ({body})",
        exact=(exact, exact_slope) if epsilon < -1 else None,
    )

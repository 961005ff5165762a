"""focal: Binary cross entropy with less weight on the easy.

    loss = alpha_t (1 - p_t)^gamma (-log p_t),   p_t = sigmoid(x) for the label 1, else 1 - sigmoid(x)

Examples:
    losscli focal --logits 0.15,-0.34,0.12,0.67,0.55 --labels 0,1,0,1,0
    losscli focal --logits '2,-1; 0.5,3' --labels '1,0; 1,1' --gamma 1.5 --alpha -1
    losscli focal --logits 2,-1 --labels 0.9,0.1 --grad
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from losscli import doubled, ops
from losscli.declare import Array, Floats, Number
from losscli.errors import UsageError
from losscli.terms import Step, Terms


def sigmoid_focal(
    logits: Annotated[Floats, Array("N...", "real", "scores before the sigmoid")],
    labels: Annotated[Floats, Array("N...", "real", "0, 1 or anything in between", min=0, max=1)],
    *,
    alpha: Annotated[float, Number("the weight of the label 1, 1 - alpha that of 0; -1: none", min=-1, max=1)] = 0.25,
    gamma: Annotated[float, Number("how strongly easy elements are down-weighted", min=0)] = 2.0,
) -> Terms:
    """Binary cross entropy, element by element, with easy elements down-weighted.

        loss = (alpha t + (1 - alpha)(1 - t)) (1 - p_t)^gamma (t softplus(-x) + (1 - t) softplus(x))

    With p_t = p t + (1 - p)(1 - t) and p = sigmoid(x). A mean divides by the number of elements. alpha is 0.25 by
    default, the weight of the label 1, as in torchvision; -1 means no weights, the default of optax (alpha=None) and
    Keras (apply_class_balancing=False). `focal-softmax` is the loss of the same name for one label among several
    classes.

    Source: torchvision, torchvision.ops.sigmoid_focal_loss (whose own reduction is none); Lin et al. 2017, "Focal Loss
    for Dense Object Detection".
    """
    on, off = labels, 1 - labels
    # one exp(-|x|) for the sigmoid, its complement and the logarithm
    e = np.exp(-np.abs(logits))
    larger = 1 / (1 + e)
    smaller = e * larger
    positive = logits >= 0
    p = np.where(positive, larger, smaller)
    q = np.where(positive, smaller, larger)
    miss = off * p + on * q
    ce = ops.shared(np.where(positive, off, on), np.abs(logits)) + np.log1p(e)
    balance: Floats = np.ones(1) if alpha < 0 else alpha * on + (1 - alpha) * off
    focus: Floats = miss**gamma

    def grad() -> Floats:
        # (1 - p_t)' / (1 - p_t), which is p_t for a label of 0 or 1; numerator and denominator vanish together
        bend = np.where(miss > 0, (off - on) * p * q / miss, 0.0)
        second = gamma * np.minimum(ce, np.finfo(float).max) * bend
        slope = (off * p - on * q) + second
        doubled.mend(slope, miss + np.abs(second), exact, logits, labels, least=1 / 16)
        return balance * focus * slope

    def exact(short: bool, x: Floats, t: Floats) -> doubled.Parts:
        e = doubled.exp(-np.minimum(np.abs(x), 700), short=short)
        near = doubled.quotient((np.ones_like(x),), doubled.compressed((np.ones_like(x), *e)))
        pair = near, doubled.product(e, near)
        p, q = (tuple(np.where(x >= 0, a, b) for a, b in zip(*two, strict=False)) for two in (pair, pair[::-1]))
        off, on = doubled.two_sum(1, -t), (t, np.zeros_like(t))
        off_p, on_q = doubled.product(off, p), doubled.product(on, q)
        missing, first = doubled.compressed(off_p + on_q), doubled.compressed(off_p + doubled.negative(on_q))
        lost = tuple(np.where(x >= 0, a, b) for a, b in zip(off, on, strict=True))
        entropy = doubled.compressed(doubled.product(lost, (np.abs(x),)) + doubled.log1p(e))
        turn = doubled.product(doubled.compressed((np.ones_like(t), -2 * t)), doubled.product(p, q))
        bent = doubled.product(doubled.product((np.full_like(t, gamma),), entropy), turn)
        return (doubled.rounded(doubled.product(first, missing) + bent) / missing[0],)

    steps = {
        "logit": Step(logits),
        "label": Step(labels, given=True),
        "sigmoid": Step(p, how="1 / (1 + exp(-logit))"),
        "1 - p_t": Step(miss, how="label * (1 - sigmoid) + (1 - label) * sigmoid"),
        "(1 - p_t)^gamma": Step(focus, how=f"(1 - p_t)^{gamma:g}"),
        "cross entropy": Step(ce, how="-(label * log(sigmoid) + (1 - label) * log(1 - sigmoid))"),
    }
    if alpha >= 0:
        steps["alpha_t"] = Step(balance, how=f"{alpha:g} * label + {1 - alpha:g} * (1 - label)")
    formula = f"{'alpha_t ' * (alpha >= 0)}(1 - p_t)^{gamma:g} (-log p_t)"
    return Terms(balance * focus * ce, steps, grad, formula=formula)


def check(alpha: float, **_: Any) -> None:
    if -1 < alpha < 0:
        raise UsageError(f"`alpha` is {alpha:g}, but must be between 0 and 1, or -1 for none.")

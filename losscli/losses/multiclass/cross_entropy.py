"""ce: Minus the log of the label's softmax probability.

    loss = -log softmax(z)[y]

Examples:
    losscli ce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2
    losscli ce --logits '2,0.5; 1,3; 0.2,0.1' --labels 0,1,0 --weight 1,2
    losscli ce --logits 2,0.5 --labels 0.7,0.3 --label-smoothing 0.1 --grad
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats, Ints
from losscli.losses.multiclass import ClassWeight, IgnoreIndex, Labels, LabelSmoothing, Logits, _labels
from losscli.losses.multiclass._softmax import softmax_steps
from losscli.terms import Step, Terms


def cross_entropy(
    logits: Logits,
    labels: Labels,
    *,
    weight: ClassWeight | None = None,
    ignore_index: IgnoreIndex = -100,
    label_smoothing: LabelSmoothing = 0.0,
) -> Terms:
    """Minus the logarithm of the probability that the softmax of the logits gives to the label.

    With p = softmax(z) and the target t = (1 - e) onehot(y) + e / C, where e is the label smoothing:

        loss = -sum_c w[c] t[c] log p[c]          which is  -w[y] log p[y]  without smoothing

    Labels of the same shape as the logits are class probabilities and take the place of onehot(y). A mean divides by
    the sum of w[y] over the rows that are not ignored; for class probabilities, by the number of rows. A class with
    t[c] = 0 adds nothing, even where log p[c] is -inf (PyTorch: NaN for class probabilities).

    Source: PyTorch, torch.nn.CrossEntropyLoss; smoothing: Szegedy et al. 2016, "Rethinking the Inception Architecture".
    """
    at = ops.softmax_peak(logits)
    if labels.ndim == 1:
        return _of_class_indices(logits, at, labels, weight, ignore_index, label_smoothing)
    classes = logits.shape[1]
    target = labels * (1 - label_smoothing) + label_smoothing / classes if label_smoothing else labels
    weighted = target if weight is None else target * weight

    def grad() -> Floats:
        return ops.softmax_minus(logits, at, *_smoothed_parts(labels, weight, label_smoothing))

    return Terms(
        value=ops.expected_negative_log_softmax(logits, at, weighted),
        steps=_class_steps(logits, at, weight, lambda: target, _smoothed_target("label", label_smoothing, classes)),
        grad=grad,
        formula=f"-sum_c {'w[c] ' * (weight is not None)}t[c] log softmax(z)[c]{_smoothed('t', label_smoothing)}",
    )


def _smoothed_parts(labels: Floats, weight: Floats | None, smoothing: float) -> doubled.Parts:
    """w[c] ((1 - e) q[c] + e / C), without rounding: in several parts."""
    target: doubled.Parts = (labels,)
    if smoothing:
        spread = doubled.quotient((np.full(1, smoothing),), (np.full(1, float(labels.shape[1])),))
        target = doubled.compressed(doubled.product(target, doubled.two_sum(1, np.full(1, -smoothing))) + spread)
    return target if weight is None else doubled.product(target, (weight,))


def _of_class_indices(
    logits: Floats, at: ops.Peak, labels: Ints, weight: Floats | None, ignore_index: int, smoothing: float
) -> Terms:
    classes = logits.shape[1]
    counts, y = _labels.counted(labels, ignore_index)
    w = np.ones(classes) if weight is None else weight
    own_weight = None if weight is None else _labels.masked(weight[y], counts)
    nll = ops.negative_log_softmax_at(logits, at, y)
    value = nll if own_weight is None else nll * own_weight
    if smoothing:
        spread = ops.expected_negative_log_softmax(logits, at, w / classes)
        value = (1 - smoothing) * value + smoothing * spread

    def target() -> Floats:
        return _labels.masked(_labels.one_hot(y, classes) * (1 - smoothing) + smoothing / classes, counts)

    def grad() -> Floats:
        if smoothing:
            one_hot = np.zeros_like(logits)
            one_hot[np.arange(len(y)), y] = 1
            share = _smoothed_parts(one_hot, weight, smoothing)
            return _labels.masked(ops.softmax_minus(logits, at, *share), counts)
        return _labels.masked(w[y][:, None] * ops.softmax_minus_one_hot(logits, at, y), counts)

    one_hot = "1 for the label, 0 for the others"
    how = _smoothed_target(f"({one_hot})", smoothing, classes) or one_hot
    steps = _class_steps(logits, at, weight, target, how) | {"label": Step(labels, label=True)}
    if own_weight is not None:
        steps["weight"] = Step(own_weight, given=True, how="class weight of the label")
    steps["logit[y]"] = Step(lambda: ops.pick(logits, y), how="logit of the label")
    steps["softmax[y]"] = Step(lambda: np.exp(-nll), how="softmax of the label")
    steps["log softmax[y]"] = Step(lambda: -nll, how="log(softmax[y])")
    if smoothing:
        steps["mean of -log softmax"] = Step(spread, how=f"mean(-{_weighted(weight)}log softmax)")
    return Terms(
        value=_labels.masked(value, counts),
        steps=steps,
        grad=grad,
        divisor=own_weight,
        counts=counts,
        formula=_index_formula(weight is not None, smoothing),
    )


def _class_steps(
    z: Floats, at: ops.Peak, weight: Floats | None, target: Callable[[], Floats], how: str
) -> dict[str, Step]:
    """The columns of the class table, from the logit to what the class adds to the loss; `how` is the target's."""
    w = np.ones(z.shape[1]) if weight is None else weight
    steps = softmax_steps(z, at) | {"target": Step(target, given=True, share=target, how=how)}
    if weight is not None:
        steps["class weight"] = Step(lambda: np.broadcast_to(w, z.shape), given=True)
    steps["loss"] = Step(
        lambda: ops.shared(w * target(), -ops.log_softmax(z, at)),
        summed=True,
        share=target,
        how=f"-{_weighted(weight)}target * log softmax",
    )
    return steps


def _weighted(weight: Floats | None) -> str:
    return "class weight * " * (weight is not None)


def _smoothed_target(label: str, smoothing: float, classes: int) -> str:
    """How smoothing makes the target of a label, which is a distribution; empty without smoothing."""
    return f"{1 - smoothing:g} * {label} + {smoothing:g} / {classes}" if smoothing else ""


def _smoothed(target: str, smoothing: float) -> str:
    return f",  {target} smoothed by {smoothing:g}" if smoothing else ""


def _index_formula(weighted: bool, smoothing: float) -> str:
    if smoothing:
        own, each = ("w[y] ", "w[c] ") if weighted else ("", "")
        return f"-{1 - smoothing:g} {own}log softmax(z)[y] - {smoothing:g} mean_c {each}log softmax(z)[c]"
    return f"-{'w[y] ' * weighted}log softmax(z)[y]"

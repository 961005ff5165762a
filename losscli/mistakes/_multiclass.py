"""The mistakes in the formulas of losses of one label among several classes: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake, times


def cross_entropy(call: Call) -> Iterator[Variant]:
    if (
        not call.whole
        or not call.by_index
        or not call.classes
        or call.classes < 2
        or call.scale not in ("logits", "log-probabilities")
    ):
        return
    x, counts = call.x, call.counts
    y = np.where(counts, call.t, 0)
    hot = _labels.one_hot(y, call.classes)
    p = np.exp(call.log_softmax)
    with np.errstate(all="ignore"):
        each = -(hot * np.log(p) + (1 - hot) * np.log1p(-p))
    yield mistake(
        "bce-on-softmax",
        call.computing(lambda: each.sum(axis=1)),
        "the binary cross entropy of each class's probability, summed: also log(1 - p) of the other classes",
        "Cross entropy has only the logarithm of the label's probability.",
        "use `ce`.",
        2,
        logits="bce(softmax(logits), one_hot), summed",
    )
    yield mistake(
        "bce-on-softmax",
        call.computing(lambda: each.mean(axis=1)),
        "the binary cross entropy of the softmax and one-hot labels, over rows and classes",
        "Cross entropy has only the logarithm of the label's probability.",
        "use `ce`.",
        2,
        logits="bce(softmax(logits), one_hot)",
    )
    yield mistake(
        "sigmoid-for-softmax",
        call.computing(lambda: np.logaddexp(0, np.where(hot > 0, -x, x)).mean(axis=1)),
        "the binary cross entropy of the logits and one-hot labels: a sigmoid for each class",
        "Cross entropy takes one softmax over the classes.",
        "use `ce` for one label among several classes.",
        3,
        logits="bce_with_logits(logits, one_hot)",
    )


def categorical_focal_cross_entropy(call: Call) -> Iterator[Variant]:
    if not call.by_index or call.classes is None:
        return
    hot = _labels.one_hot(np.where(call.counts, call.t, 0), call.classes)
    g = call["gamma"]
    ones = call.as_loss("focal", logits=call.x, labels=hot, gamma=g, alpha=-1.0)
    each = ones.terms.value
    yield mistake(
        "focal-sigmoid",
        call.computing(lambda: each.sum(axis=-1) if each.ndim > 1 else each),
        "a sigmoid for each class instead of one softmax",
        "This loss takes the softmax.",
        "use the softmax.",
        3,
        logits="sigmoid(logits)",
    )
    yield mistake(
        "focal-off",
        call.having(gamma=0.0),
        "plain cross entropy: gamma 0",
        f"gamma is {g:g} here.",
        "give gamma.",
        4,
        gamma="0",
    )
    if call.get("alpha") is None:
        yield mistake(
            "focal-alpha-default",
            times(call, 0.25),
            "times alpha = 0.25, the default of Keras",
            "There is no alpha here.",
            "set alpha=1 in Keras.",
            4,
            alpha="0.25",
        )
    else:
        yield mistake("focal-no-alpha", call.having(alpha=None), "no alpha", "", "give alpha.", 5, alpha="none")
    mean = float(call.having(gamma=0.0).tally.value) / max(1, call.tally.count)
    yield mistake(
        "focal-batch-pt",
        call.reduced(lambda c: Ratio(max(0.0, 1 - math.exp(-mean)) ** g * mean)),
        "p_t of the mean of the batch, not of each row",
        "Each row has its own p_t.",
        "take reduction='none' for the cross entropy.",
        3,
        reduction="focal(mean)",
    )


def generalized_cross_entropy(call: Call) -> Iterator[Variant]:
    yield mistake(
        "gce-no-q",
        times(call, call["q"]),
        "1 - p^q without the division by q",
        "The loss is (1 - p^q) / q.",
        "divide by q.",
        1,
        q="without / q",
    )


def poly_cross_entropy(call: Call) -> Iterator[Variant]:
    yield mistake(
        "poly-off", call.having(epsilon=0.0), "plain cross entropy: epsilon 0", "", "give epsilon.", 2, epsilon="0"
    )
    yield mistake(
        "poly-sign",
        call.having(epsilon=-call["epsilon"]),
        "epsilon with the other sign",
        "",
        "check the sign.",
        1,
        epsilon="-epsilon",
    )


negative_log_likelihood = cross_entropy

"""The mistakes in the formulas of losses of one label among several classes: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake, of_rows, times


def cross_entropy(call: Call) -> Iterator[Variant]:
    if not call.whole or not call.classes or call.classes < 2 or call.scale not in ("logits", "log-probabilities"):
        return
    x, counts = call.x, call.counts
    hot = _labels.one_hot(np.where(counts, call.t, 0), call.classes) if call.by_index else call.t
    p = np.exp(call.log_softmax)
    if not call.by_index:
        entropy = -np.where(hot > 0, hot * np.log(np.maximum(hot, 1e-300)), 0.0).sum(axis=1)
        yield mistake(
            "kl-for-ce",
            of_rows(call, call.terms.value - entropy),
            "the entropy of the labels subtracted: the KL divergence",
            "Cross entropy keeps it.",
            "use `kl`.",
            3,
            labels="kl",
        )
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
        call.computing(lambda: (np.logaddexp(0, x) - hot * x).mean(axis=1)),
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
    by_class = ones.terms.value
    yield mistake(
        "focal-sigmoid",
        call.computing(lambda: by_class.sum(axis=-1) if by_class.ndim > 1 else by_class),
        "a sigmoid for each class instead of one softmax",
        "This loss takes the softmax.",
        "use the softmax.",
        3,
        logits="sigmoid(logits)",
    )
    none, alpha = np.ones(call.classes), call.get("alpha")
    one = alpha is not None and bool((alpha == 1).all())
    yield mistake(
        "focal-gamma-0",
        call.having(gamma=0.0),
        "gamma 0: cross entropy" + " weighted by alpha" * (not one),
        f"gamma is {g:g} here.",
        "give gamma.",
        4,
        gamma="0",
    )
    if not one:
        yield mistake(
            "focal-no-alpha",
            call.having(alpha=none),
            "no alpha, as in most libraries",
            f"alpha is {'0.25 by default' if alpha is None else 'given'} here.",
            "give alpha=1 here, or the same alpha to the other.",
            5,
            alpha="1",
        )
        yield mistake(
            "focal-off",
            call.having(gamma=0.0, alpha=none),
            "plain cross entropy: gamma 0 and no alpha",
            f"gamma is {g:g} here.",
            "give gamma and alpha.",
            4,
            gamma="0",
            alpha="1",
        )
    if alpha is not None:
        yield mistake(
            "focal-alpha-default",
            call.having(alpha=None),
            "alpha = 0.25 for each class, the default of Keras",
            "alpha is given here.",
            "give alpha to the other computation, too.",
            4,
            alpha="0.25",
        )
    plain = call.having(gamma=0.0, alpha=none).terms.value
    y = np.where(call.counts, call.t, 0)
    a = np.full(call.classes, 0.25) if alpha is None else np.broadcast_to(alpha, call.classes)
    each = a[y] * plain
    yield mistake(
        "focal-p-not-1-p",
        of_rows(call, a[y] * np.exp(-plain) ** g * plain),
        "p^gamma in the place of (1 - p)^gamma",
        "Easy rows are to count less.",
        "take (1 - p).",
        2,
        gamma="p^gamma",
    )
    yield mistake(
        "focal-weighted-pt",
        of_rows(call, (1 - np.exp(-each)) ** g * each),
        "p_t = exp(-loss) of the cross entropy that alpha has already weighted",
        "p_t is the probability of the label; alpha has no place in it.",
        "take exp(-ce) before alpha.",
        4,
        alpha="in p_t",
    )
    rows = max(1, call.tally.count)
    for mean, factor, what in (
        (plain.sum() / rows, 1.0, ""),
        (plain.sum() / rows, 0.25, ", times 0.25"),
        (each.sum() / rows, 1.0, ", with alpha"),
        (each.sum() / max(1e-300, a[y][call.counts].sum()), 1.0, ", with alpha as PyTorch's class weights"),
    ):
        yield mistake(
            "focal-batch-pt",
            call.reduced(partial(_of_mean, float(mean), g, factor)),
            f"p_t of the mean of the batch, not of each row{what}",
            "Each row has its own p_t.",
            "take reduction='none' for the cross entropy.",
            3,
            reduction=f"focal(mean){what}",
        )


def _of_mean(mean: float, gamma: float, factor: float, call: Call) -> Ratio:
    """The focal loss of one number, the mean cross entropy."""
    return Ratio(factor * max(0.0, 1 - math.exp(-mean)) ** gamma * mean)


def brier_score(call: Call) -> Iterator[Variant]:
    if not call.by_index:
        return
    own = call.x[np.arange(len(call.t)), np.where(call.counts, call.t, 0)]
    yield mistake(
        "brier-label-only",
        of_rows(call, (1 - own) ** 2),
        "the squared error of the label's probability alone",
        "The Brier score sums over all classes.",
        "add the other classes.",
        2,
        probs="(1 - p[y])^2",
    )


def generalized_cross_entropy(call: Call) -> Iterator[Variant]:
    if call["q"] != 0.7:
        yield mistake(
            "param-default",
            call.having(q=0.7),
            "q = 0.7, as in the paper",
            f"q is {call['q']:g} here.",
            "use the same q.",
            3,
            q="0.7",
        )
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

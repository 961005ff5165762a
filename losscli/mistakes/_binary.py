"""The mistakes in the formulas of binary losses: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from losscli import ops
from losscli.compute.variants import Call, Ratio
from losscli.mistakes import Variant, mistake, of_rows, times
from losscli.mistakes.input import log_softmax


def binary_cross_entropy(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    w = 1.0 if call.get("weight") is None else call["weight"]
    pos = 1.0 if call.get("pos_weight") is None else call["pos_weight"]
    on = -np.log(np.maximum(x, 1e-300)) if call.scale == "probabilities" else np.logaddexp(0, -x)
    half = w * pos * np.where(t == 0, 0.0, t * on)
    yield mistake(
        "bce-half-missing",
        of_rows(call, half),
        "the half with (1 - t) log(1 - p) missing",
        "Binary cross entropy has two terms.",
        "add - (1 - t) log(1 - p).",
        4,
        labels="-t log p alone",
    )
    off = -np.log(np.maximum(1 - x, 1e-300)) if call.scale == "probabilities" else np.logaddexp(0, x)
    yield mistake(
        "bce-half-missing",
        of_rows(call, w * np.where(t == 1, 0.0, (1 - t) * off)),
        "the half with t log p missing",
        "Binary cross entropy has two terms.",
        "add - t log p.",
        1,
        labels="-(1 - t) log(1 - p) alone",
    )
    several = call.shape[-1] if len(call.shape) > 2 else call.classes or 1
    if several > 1 and call.scale == "logits":
        z = x.reshape(-1, several)
        log_p = log_softmax(z)
        with np.errstate(all="ignore"):
            on_softmax = -(t.reshape(z.shape) * log_p + (1 - t.reshape(z.shape)) * np.log1p(-np.exp(log_p)))
        yield mistake(
            "bce-on-softmax",
            call.computing(lambda: on_softmax.mean(axis=1)),
            "a softmax over the last axis in the place of the sigmoid, then binary cross entropy",
            "Each element has a sigmoid of its own.",
            "use a sigmoid for each.",
            2,
            logits="log(softmax(logits))",
        )
        row = -(t.reshape(z.shape) * log_p).sum(axis=1)
        yield mistake(
            "softmax-for-sigmoid",
            call.computing(lambda: row),
            "the softmax cross entropy over the last axis",
            "Each element has a sigmoid of its own.",
            "use a sigmoid for each.",
            3,
            logits="log_softmax(logits)",
        )


def sigmoid_focal(call: Call) -> Iterator[Variant]:
    x, t, a, g = call.x, call.t, call["alpha"], call["gamma"]
    with np.errstate(all="ignore"):
        bce = np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))
        p = ops.sigmoid(x)
        p_t = p * t + (1 - p) * (1 - t)
        a_t = np.ones_like(t) if a < 0 else a * t + (1 - a) * (1 - t)
        alpha = "alpha weighs the label 1, 1 - alpha the label 0."
        if a >= 0:
            yield mistake(
                "focal-alpha-swap",
                call.having(alpha=1 - a),
                f"alpha and 1 - alpha exchanged: {1 - a:g} on the label 1",
                alpha,
                f"give alpha={a:g} to the label 1.",
                5,
                alpha=f"{1 - a:g}",
            )
            yield mistake(
                "focal-no-alpha",
                call.having(alpha=-1.0),
                "no alpha, the default of optax, MONAI and Keras",
                alpha,
                "leave alpha out with --alpha -1.",
                5,
                alpha="none",
            )
            yield mistake(
                "focal-alpha-on-both",
                times(call.having(alpha=-1.0), a),
                f"alpha = {a:g} on both labels",
                alpha,
                f"weigh the label 0 by {1 - a:g}.",
                4,
                alpha="on both",
            )
            yield mistake(
                "focal-alpha-on-positives",
                of_rows(call, np.where(t > 0.5, a, 1.0) * (1 - p_t) ** g * bce),
                "alpha on the label 1 only, nothing on the label 0",
                alpha,
                f"weigh the label 0 by {1 - a:g}.",
                3,
                alpha="on the label 1",
            )
            yield mistake(
                "focal-gamma-0",
                call.having(gamma=0.0),
                "gamma 0: binary cross entropy weighted by alpha",
                f"gamma is {g:g} here.",
                "give gamma.",
                4,
                gamma="0",
            )
        elif call.get("alpha") == -1:
            yield mistake(
                "focal-alpha-default",
                call.having(alpha=0.25),
                "alpha = 0.25, the default of torchvision",
                "There is no alpha here.",
                "give alpha=-1 to torchvision.",
                4,
                alpha="0.25",
            )
        yield mistake(
            "focal-off",
            call.having(gamma=0.0, alpha=-1.0),
            "plain binary cross entropy",
            f"The focal loss weighs it by {'alpha_t ' * (a >= 0)}(1 - p_t)^{g:g}.",
            "use the focal loss.",
            4,
            gamma="0",
            alpha="none",
        )
        weighted = a_t * bce
        yield mistake(
            "focal-weighted-pt",
            of_rows(call, (1 - np.exp(-weighted)) ** g * weighted),
            "p_t = exp(-loss) of the cross entropy that alpha has already weighted",
            "p_t is the probability of the label; alpha has no place in it.",
            "take exp(-bce) before alpha.",
            4,
            alpha="in p_t",
        )
        yield mistake(
            "focal-weighted-pt",
            of_rows(call, a_t * (1 - np.exp(-weighted)) ** g * weighted),
            "alpha applied twice, and in p_t",
            alpha,
            "take exp(-bce) before alpha.",
            1,
            alpha="in p_t, twice",
        )
        for weight, of in ((a_t, ", with alpha"), (1.0, "")):
            mean = float((weight * bce).mean()) if bce.size else math.nan
            plain = float(bce.mean()) if bce.size else math.nan
            if a < 0 and of:
                continue
            yield mistake(
                "focal-batch-pt",
                call.reduced(partial(_of_mean, mean, g, 1.0)),
                f"p_t of the mean of the batch, not of each element{of}",
                "Each element has its own p_t.",
                "take reduction='none' for the cross entropy.",
                3,
                reduction="focal(mean)",
            )
            if of and a >= 0:
                yield mistake(
                    "focal-batch-pt",
                    call.reduced(partial(_of_mean, plain, g, a)),
                    f"p_t of the mean of the batch, times alpha = {a:g}",
                    "Each element has its own p_t.",
                    "take reduction='none' for the cross entropy.",
                    3,
                    reduction="alpha focal(mean)",
                )
        yield mistake(
            "focal-logit-as-pt",
            of_rows(call, a_t * np.abs(np.where(t > 0.5, 1 - x, x)) ** g * bce),
            "(1 - x)^gamma with the logit x in the place of p_t",
            "p_t is a probability.",
            "take the sigmoid first.",
            1,
            logits="1 - logits",
        )
        yield mistake(
            "focal-p-not-1-p",
            of_rows(call, a_t * p_t**g * bce),
            "p_t^gamma in the place of (1 - p_t)^gamma",
            "Easy elements are to count less.",
            "take (1 - p_t).",
            2,
            gamma="p_t^gamma",
        )
        yield mistake(
            "bce-half-missing",
            of_rows(call, np.where(t == 0, 0.0, (1.0 if a < 0 else a) * t * (1 - p) ** g * np.logaddexp(0, -x))),
            "the half of the label 0 missing",
            "The focal loss has a term for each label.",
            "add (1 - t) p^gamma log(1 - p).",
            2,
            labels="the label 1 alone",
        )
        yield mistake(
            "focal-detached-p",
            of_rows(call, a_t * (1 - p) ** g * bce),
            "(1 - p)^gamma with the probability of the label 1 for both labels",
            "p_t is 1 - p for the label 0.",
            "take p_t.",
            2,
            gamma="(1 - p)^gamma",
        )


def _of_mean(mean: float, gamma: float, alpha: float, call: Call) -> Ratio:
    """The focal loss of one number, the mean cross entropy."""
    return Ratio(alpha * max(0.0, 1 - math.exp(-mean)) ** gamma * mean)


def hinge(call: Call) -> Iterator[Variant]:
    short = np.maximum(0, 1 - call.t * call.x)
    if call.name == "hinge":
        yield mistake(
            "hinge-squared",
            of_rows(call, short**2),
            "the squared hinge",
            "",
            "use `squared-hinge`.",
            3,
            logits="max(0, 1 - y x)^2",
        )
    else:
        yield mistake(
            "hinge-not-squared",
            of_rows(call, short),
            "the hinge, not squared",
            "",
            "use `hinge`.",
            3,
            logits="max(0, 1 - y x)",
        )
    yield mistake(
        "hinge-no-margin",
        of_rows(call, np.maximum(0, -call.t * call.x)),
        "without the margin of 1 (the perceptron's loss)",
        "",
        "add the 1.",
        1,
        logits="max(0, -y x)",
    )


binary_cross_entropy_with_logits = multilabel_soft_margin = binary_cross_entropy
squared_hinge = hinge

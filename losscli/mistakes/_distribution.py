"""The mistakes in the formulas of losses between distributions: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call
from losscli.mistakes import Variant, mistake, of_rows, times


def kullback_leibler_divergence(call: Call) -> Iterator[Variant]:
    with np.errstate(all="ignore"):
        t = np.exp(call.t) if call["log_target"] else call.t
        log_t = call.t if call["log_target"] else np.log(t)
        p = np.exp(call.x)
        yield mistake(
            "kl-without-entropy",
            of_rows(call, -np.where(t == 0, 0.0, t * call.x)),
            "the cross entropy: the entropy of the target not subtracted",
            "KL is sum t (log t - log p).",
            "add sum t log t.",
            6,
            target="-t log p",
        )
        yield mistake(
            "kl-sign",
            of_rows(call, np.where(t == 0, 0.0, t * (call.x - log_t))),
            "log p - log t: the sign exchanged",
            "KL is sum t (log t - log p).",
            "change the sign.",
            2,
            target="t (log p - log t)",
        )
        both = np.where(t == 0, 0.0, t * (log_t - call.x)) + p * (call.x - log_t)
        yield mistake(
            "kl-symmetric",
            of_rows(call, both),
            "both directions added: Jeffreys' divergence",
            "KL has one direction.",
            "use one.",
            2,
            target="KL(t, p) + KL(p, t)",
        )
        yield mistake(
            "kl-symmetric",
            of_rows(call, both / 2),
            "the mean of both directions",
            "KL has one direction.",
            "use one.",
            2,
            target="(KL(t, p) + KL(p, t)) / 2",
        )
        m = (p + t) / 2
        js = (np.where(t == 0, 0.0, t * (log_t - np.log(m))) + np.where(p == 0, 0.0, p * (call.x - np.log(m)))) / 2
        yield mistake("js-for-kl", of_rows(call, js), "the Jensen-Shannon divergence", "", "use `js`.", 1, target="js")
        for temperature in (2, 3, 4, 5, 10):
            yield mistake(
                "kl-temperature",
                times(call, temperature**2),
                f"multiplied by T^2 with T = {temperature}, as in distillation",
                "There is no temperature here.",
                "leave out T^2.",
                2,
                reduction=f"{temperature}^2",
            )


def jensen_shannon_divergence(call: Call) -> Iterator[Variant]:
    p, t = call.x, call.t
    with np.errstate(all="ignore"):
        forth = np.where(t == 0, 0.0, t * (np.log(t) - np.log(p))).sum(axis=-1)
        back = np.where(p == 0, 0.0, p * (np.log(p) - np.log(t))).sum(axis=-1)
    what = (
        ("js-jeffreys", forth + back, "Jeffreys' divergence: KL both ways"),
        ("js-jeffreys", (forth + back) / 2, "half of KL both ways"),
        ("js-kl", forth, "KL of the target from the probabilities"),
        ("js-kl", back, "KL of the probabilities from the target"),
    )
    for name, value, words in what:
        yield mistake(
            name,
            of_rows(call, value),
            words,
            "Jensen-Shannon compares both with their mean.",
            "use `kl`.",
            2,
            probs="KL",
        )


def poisson_negative_log_likelihood(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    rate = np.exp(x) if call["log_input"] else x + call["eps"]
    with np.errstate(all="ignore"):
        log = x if call["log_input"] else np.log(rate)
        deviance = 2 * (np.where(t == 0, 0.0, t * (np.log(t) - log)) - (t - rate))
        plain = rate - t * log
        gamma = np.vectorize(lambda n: math.lgamma(n + 1) if n > -1 else math.nan)(t) if t.size <= 100_000 else None
    yield mistake(
        "poisson-deviance",
        of_rows(call, deviance),
        "the Poisson deviance of scikit-learn: 2 (t log(t / x) - t + x)",
        "The negative log-likelihood is x - t log x.",
        "use `tweedie --power 1`.",
        3,
        target="deviance",
    )
    if gamma is not None:
        yield mistake(
            "poisson-lgamma",
            of_rows(call, plain + gamma),
            "the exact log(t!) added, not Stirling's formula",
            "PyTorch's full=True adds Stirling's formula, for t > 1.",
            "expect this difference.",
            3,
            full="lgamma",
        )
    if call["full"]:
        yield mistake(
            "poisson-full",
            call.having(full=False),
            "without the term log(t!)",
            "full adds Stirling's formula for it.",
            "give full=True.",
            3,
            full="false",
        )


def gaussian_negative_log_likelihood(call: Call) -> Iterator[Variant]:
    v, e2 = call["var"], (call.x - call.t) ** 2
    eps = call["eps"]
    with np.errstate(all="ignore"):
        forms = [
            ("gaussian-logvar", np.exp(v), "exp of var: the variance taken for its logarithm"),
            ("gaussian-std", v * v, "var squared: the variance taken for the standard deviation"),
            ("gaussian-std", np.sqrt(v), "the root of var: a standard deviation taken for the variance"),
            ("gaussian-logvar", np.log(v), "log of var in the place of var"),
            ("gaussian-precision", 1 / v, "1 / var: the precision"),
        ]
    for name, changed, what in forms:
        yield mistake(
            name,
            call.having(var=changed),
            what,
            "var is the variance itself.",
            "give the variance.",
            3,
            var=what.split(":")[0],
        )
    full = 0.5 * math.log(2 * math.pi)
    kept = np.maximum(v, eps)
    half = 0.5 * (np.log(kept) + e2 / kept)
    yield mistake(
        "gaussian-no-half",
        of_rows(call, 2 * half),
        "without the factor 1/2",
        "",
        "multiply by 1/2.",
        2,
        var="log var + e^2 / var",
    )
    yield mistake(
        "gaussian-half-missing",
        of_rows(call, 0.5 * np.log(kept) + e2 / kept),
        "the factor 1/2 missing before the squared error",
        "",
        "halve both terms.",
        2,
        var="log(var) / 2 + e^2 / var",
    )
    yield mistake(
        "gaussian-half-missing",
        of_rows(call, np.log(kept) + 0.5 * e2 / kept),
        "the factor 1/2 missing before the logarithm",
        "",
        "halve both terms.",
        2,
        var="log(var) + e^2 / (2 var)",
    )
    yield mistake(
        "gaussian-log-2pi",
        of_rows(call, half + 2 * full),
        "log(2 pi) added without the factor 1/2",
        "",
        "add log(2 pi) / 2.",
        1,
        full="log(2 pi)",
    )

"""form: The formula is another one: an option at its default, a factor, a distance, a part that is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from losscli import ops
from losscli.compute.variants import Call
from losscli.declare import Choice, Floats, Number
from losscli.mistakes import Variant, mistake
from losscli.mistakes.input import log_softmax, softmax

ORDER = 6

# options whose other setting has a name of its own
NAMES = {
    ("kl", "log_target"): "kl-log-target",
    ("poisson-nll", "log_input"): "poisson-log-input",
    ("poisson-nll", "full"): "poisson-full",
    ("gaussian-nll", "full"): "gaussian-full",
    ("triplet", "swap"): "triplet-swap",
    ("triplet", "eps"): "triplet-eps",
    ("triplet", "p"): "triplet-p",
    ("ctc", "zero_infinity"): "ctc-zero-infinity",
    ("dice", "per_image"): "dice-per-image",
}
OWN = ("ignore_index", "blank", "shift", "label_smoothing")  # options that another stage is about


def variants(call: Call) -> Iterator[Variant]:
    yield from _other_options(call)
    make = FORMS.get(call.name)
    if make is not None:
        yield from make(call)
    if call.family == "segmentation":
        yield from _regions(call)


def _other_options(call: Call) -> Iterator[Variant]:
    """One rule for all options: left at its default, or the other word of a choice."""
    for name, parameter in call.loss.declaration.parameters.items():
        marker = parameter.marker
        if name in OWN or parameter.required or name not in call.values:
            continue
        key = NAMES.get((call.name, name))
        now = call[name]
        if name in call.given and isinstance(marker, (Number, Choice)):
            yield mistake(
                key or "param-default",
                call.having(**{name: parameter.default}),
                f"{name} left at its default, {_word(parameter.default)}",
                f"It is {_word(now)} here.",
                f"give {name}={_word(now)} to the other computation, too.",
                3,
                **{name: _word(parameter.default)},
            )
        if isinstance(marker, Choice):
            words = parameter.choices or (True, False)
            for word in words:
                if word != now and (word != parameter.default or name not in call.given):
                    yield mistake(
                        key or f"other-{name.replace('_', '-')}",
                        call.having(**{name: word}),
                        f"{name} {_word(word)}",
                        f"It is {_word(now)} here.",
                        f"use the same {name} in both.",
                        2,
                        **{name: _word(word)},
                    )


def _word(value: Any) -> str:
    return (
        {True: "true", False: "false"}.get(value, f"{value:g}" if isinstance(value, float) else str(value))
        if not isinstance(value, np.ndarray)
        else "the array"
    )


def _times(call: Call, factor: Any) -> Call:
    """The losses of rows multiplied."""

    def rows() -> tuple[Floats, Floats]:
        terms = call.terms
        value = terms.value
        ones = np.ones(len(value)) if terms.counts is None else terms.counts * 1.0
        return value * factor, ones if terms.divisor is None else terms.divisor

    return call.computing(rows)


def _rows(call: Call, value: Floats) -> Call:
    return call.computing(lambda: value)


# -- regression --


def _huber(call: Call) -> Iterator[Variant]:
    d = call["delta"]
    yield mistake(
        "huber-vs-smooth-l1",
        _times(call, 1 / d),
        f"smooth L1, which is Huber divided by delta = {d:g}",
        "Huber's slope far from the target is delta, smooth L1's is 1.",
        "use `smooth-l1 --beta`, or multiply by delta.",
        6,
        delta="smooth L1",
    )
    e = np.abs(call.x - call.t)
    yield mistake(
        "huber-no-half",
        _rows(call, np.where(e <= d, e * e, 2 * d * e - d * d)),
        "Huber without the factor 1/2",
        "Huber is e^2 / 2 near the target.",
        "divide by 2.",
        5,
        delta="2 huber",
    )
    yield mistake(
        "huber-linear-part",
        _rows(call, np.where(e <= d, e * e / 2, d * e)),
        "delta |e| for large errors, without - delta^2 / 2",
        "The two parts must meet.",
        "take delta (|e| - delta / 2).",
        1,
        delta="delta |e|",
    )


def _smooth_l1(call: Call) -> Iterator[Variant]:
    b = call["beta"]
    yield mistake(
        "huber-vs-smooth-l1",
        _times(call, b),
        f"Huber, which is smooth L1 times beta = {b:g}",
        "Huber's slope far from the target is delta, smooth L1's is 1.",
        "use `huber --delta`, or divide by beta.",
        6,
        beta="huber",
    )


def _mape(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    size = np.abs(x) + np.abs(t)
    yield mistake(
        "smape",
        _rows(call, 100 * np.abs(x - t) / (size / 2)),
        "the symmetric MAPE: divided by (|x| + |t|) / 2",
        "MAPE divides by |target|.",
        "use MAPE in both.",
        3,
        target="(|input| + |target|) / 2",
    )
    yield mistake(
        "smape",
        _rows(call, 100 * np.abs(x - t) / size),
        "the symmetric MAPE without the half: divided by |x| + |t|",
        "MAPE divides by |target|.",
        "use MAPE in both.",
        2,
        target="|input| + |target|",
    )
    yield mistake(
        "mape-signed",
        _rows(call, 100 * (t - x) / t),
        "the mean percentage error: signs kept, so that errors cancel",
        "MAPE takes absolute values.",
        "take the absolute value.",
        1,
        input="signed",
    )
    yield mistake(
        "wape",
        call.reduced(lambda c: _ratio(100 * float(np.abs(x - t).sum()), float(np.abs(t).sum()))),
        "the sum of the errors over the sum of the targets (WAPE)",
        "MAPE divides each error by its own target.",
        "use MAPE in both.",
        2,
        reduction="sum / sum",
    )


def _ratio(above: float, below: float = 1.0) -> Any:
    from losscli.compute.variants import Ratio

    return Ratio(above, below)


def _pinball(call: Call) -> Iterator[Variant]:
    q = call["quantile"]
    yield mistake(
        "pinball-swap",
        call.having(quantile=1 - q),
        f"the two sides exchanged: quantile {1 - q:g}",
        "quantile weighs targets above the prediction.",
        "take target - prediction.",
        3,
        quantile=f"{1 - q:g}",
    )
    yield mistake(
        "pinball-doubled",
        _times(call, 2.0),
        "twice the pinball loss",
        "At 0.5 it is half of the absolute error.",
        "divide by 2.",
        2,
        quantile="2 pinball",
    )


def _squared(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    yield mistake(
        "mae-vs-mse",
        _rows(call, np.abs(x - t)),
        "the mean absolute error",
        "MSE squares the errors.",
        "use `l1`.",
        2,
        input="|input - target|",
    )
    yield mistake(
        "mse-of-mean",
        call.reduced(lambda c: _ratio(float(np.mean(x - t)) ** 2)),
        "the square of the mean error, not the mean of the squares",
        "Square first, then take the mean.",
        "square before the mean.",
        1,
        reduction="mean(e)^2",
    )


def _absolute(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    yield mistake(
        "mse-vs-mae",
        _rows(call, (x - t) ** 2),
        "the mean squared error",
        "L1 takes absolute values.",
        "use `mse`.",
        2,
        input="(input - target)^2",
    )
    yield mistake(
        "signed-error",
        _rows(call, x - t),
        "the mean error: signs kept, so that errors cancel",
        "L1 takes absolute values.",
        "take the absolute value.",
        1,
        input="input - target",
    )
    e = np.abs(x - t)
    yield mistake(
        "median-not-mean",
        call.reduced(lambda c: _ratio(float(np.median(e)))),
        "the median of the absolute errors",
        "The loss is their mean.",
        "take the mean.",
        1,
        reduction="median",
    )


def _msle(call: Call) -> Iterator[Variant]:
    with np.errstate(all="ignore"):
        without = (np.log(call.x) - np.log(call.t)) ** 2
    yield mistake(
        "msle-no-one",
        _rows(call, without),
        "log x in the place of log(1 + x)",
        "MSLE adds 1 first.",
        "use log1p.",
        3,
        input="log(input)",
    )


# -- binary and multiclass --


def _bce(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    w = 1.0 if call.get("weight") is None else call["weight"]
    pos = 1.0 if call.get("pos_weight") is None else call["pos_weight"]
    if call.scale == "probabilities":
        on, off = -np.log(np.maximum(x, 1e-300)), -np.log(np.maximum(1 - x, 1e-300))
    else:
        on, off = np.logaddexp(0, -x), np.logaddexp(0, x)
    half = w * pos * np.where(t == 0, 0.0, t * on)
    yield mistake(
        "bce-half-missing",
        _rows(call, half),
        "the half with (1 - t) log(1 - p) missing",
        "Binary cross entropy has two terms.",
        "add - (1 - t) log(1 - p).",
        4,
        labels="-t log p alone",
    )
    if call.name != "multilabel-soft-margin" and len(call.shape) > 2 and call.shape[-1] > 1 and call.scale == "logits":
        z = x.reshape(-1, call.shape[-1])
        row = -(t.reshape(z.shape) * log_softmax(z)).sum(axis=1)
        yield mistake(
            "softmax-for-sigmoid",
            call.computing(lambda: row),
            "the softmax cross entropy over the last axis",
            "Each element has a sigmoid of its own.",
            "use a sigmoid for each.",
            3,
            logits="log_softmax(logits)",
        )


def _ce(call: Call) -> Iterator[Variant]:
    if not call.by_index or not call.classes or call.classes < 2 or call.scale not in ("logits", "log-probabilities"):
        return
    x, counts = call.x, call.counts
    y = np.where(counts, call.t, 0)
    hot = ops.one_hot(y, call.classes)
    p = softmax(x)
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


def _focal(call: Call) -> Iterator[Variant]:
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
                _times(call.having(alpha=-1.0), a),
                f"alpha = {a:g} on both labels",
                alpha,
                f"weigh the label 0 by {1 - a:g}.",
                4,
                alpha="on both",
            )
            yield mistake(
                "focal-alpha-on-positives",
                _rows(call, np.where(t > 0.5, a, 1.0) * (1 - p_t) ** g * bce),
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
            _rows(call, (1 - np.exp(-weighted)) ** g * weighted),
            "p_t = exp(-loss) of the cross entropy that alpha has already weighted",
            "p_t is the probability of the label; alpha has no place in it.",
            "take exp(-bce) before alpha.",
            4,
            alpha="in p_t",
        )
        yield mistake(
            "focal-weighted-pt",
            _rows(call, a_t * (1 - np.exp(-weighted)) ** g * weighted),
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
                call.reduced(lambda c, m=mean, w=of, b=plain: _ratio((1 - math.exp(-m)) ** g * m)),
                f"p_t of the mean of the batch, not of each element{of}",
                "Each element has its own p_t.",
                "take reduction='none' for the cross entropy.",
                3,
                reduction="focal(mean)",
            )
            if of and a >= 0:
                yield mistake(
                    "focal-batch-pt",
                    call.reduced(lambda c, b=plain: _ratio(a * (1 - math.exp(-b)) ** g * b)),
                    f"p_t of the mean of the batch, times alpha = {a:g}",
                    "Each element has its own p_t.",
                    "take reduction='none' for the cross entropy.",
                    3,
                    reduction="alpha focal(mean)",
                )
        yield mistake(
            "focal-logit-as-pt",
            _rows(call, a_t * np.abs(np.where(t > 0.5, 1 - x, x)) ** g * bce),
            "(1 - x)^gamma with the logit x in the place of p_t",
            "p_t is a probability.",
            "take the sigmoid first.",
            1,
            logits="1 - logits",
        )
        yield mistake(
            "focal-p-not-1-p",
            _rows(call, a_t * p_t**g * bce),
            "p_t^gamma in the place of (1 - p_t)^gamma",
            "Easy elements are to count less.",
            "take (1 - p_t).",
            2,
            gamma="p_t^gamma",
        )
        yield mistake(
            "focal-detached-p",
            _rows(call, a_t * (1 - p) ** g * bce),
            "(1 - p)^gamma with the probability of the label 1 for both labels",
            "p_t is 1 - p for the label 0.",
            "take p_t.",
            2,
            gamma="(1 - p)^gamma",
        )


def _focal_softmax(call: Call) -> Iterator[Variant]:
    if not call.by_index or call.classes is None:
        return
    hot = ops.one_hot(np.where(call.counts, call.t, 0), call.classes)
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
            _times(call, 0.25),
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
        call.reduced(lambda c: _ratio((1 - math.exp(-mean)) ** g * mean)),
        "p_t of the mean of the batch, not of each row",
        "Each row has its own p_t.",
        "take reduction='none' for the cross entropy.",
        3,
        reduction="focal(mean)",
    )


def _gce(call: Call) -> Iterator[Variant]:
    yield mistake(
        "gce-no-q",
        _times(call, call["q"]),
        "1 - p^q without the division by q",
        "The loss is (1 - p^q) / q.",
        "divide by q.",
        1,
        q="without / q",
    )


def _poly(call: Call) -> Iterator[Variant]:
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


# -- distributions --


def _kl(call: Call) -> Iterator[Variant]:
    with np.errstate(all="ignore"):
        t = np.exp(call.t) if call["log_target"] else call.t
        log_t = call.t if call["log_target"] else np.log(t)
        p = np.exp(call.x)
        yield mistake(
            "kl-without-entropy",
            _rows(call, -np.where(t == 0, 0.0, t * call.x)),
            "the cross entropy: the entropy of the target not subtracted",
            "KL is sum t (log t - log p).",
            "add sum t log t.",
            6,
            target="-t log p",
        )
        yield mistake(
            "kl-sign",
            _rows(call, np.where(t == 0, 0.0, t * (call.x - log_t))),
            "log p - log t: the sign exchanged",
            "KL is sum t (log t - log p).",
            "change the sign.",
            2,
            target="t (log p - log t)",
        )
        both = np.where(t == 0, 0.0, t * (log_t - call.x)) + p * (call.x - log_t)
        yield mistake(
            "kl-symmetric",
            _rows(call, both),
            "both directions added: Jeffreys' divergence",
            "KL has one direction.",
            "use one.",
            2,
            target="KL(t, p) + KL(p, t)",
        )
        yield mistake(
            "kl-symmetric",
            _rows(call, both / 2),
            "the mean of both directions",
            "KL has one direction.",
            "use one.",
            2,
            target="(KL(t, p) + KL(p, t)) / 2",
        )
        m = (p + t) / 2
        js = (np.where(t == 0, 0.0, t * (log_t - np.log(m))) + np.where(p == 0, 0.0, p * (call.x - np.log(m)))) / 2
        yield mistake("js-for-kl", _rows(call, js), "the Jensen-Shannon divergence", "", "use `js`.", 1, target="js")
        for temperature in (2, 3, 4, 5, 10):
            yield mistake(
                "kl-temperature",
                _times(call, temperature**2),
                f"multiplied by T^2 with T = {temperature}, as in distillation",
                "There is no temperature here.",
                "leave out T^2.",
                2,
                reduction=f"{temperature}^2",
            )


def _js(call: Call) -> Iterator[Variant]:
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
            name, _rows(call, value), words, "Jensen-Shannon compares both with their mean.", "use `kl`.", 2, probs="KL"
        )


def _poisson(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    rate = np.exp(x) if call["log_input"] else x + call["eps"]
    with np.errstate(all="ignore"):
        log = x if call["log_input"] else np.log(rate)
        deviance = 2 * (np.where(t == 0, 0.0, t * (np.log(t) - log)) - (t - rate))
        plain = rate - t * log
        gamma = np.vectorize(lambda n: math.lgamma(n + 1) if n > -1 else math.nan)(t) if t.size <= 100_000 else None
    yield mistake(
        "poisson-deviance",
        _rows(call, deviance),
        "the Poisson deviance of scikit-learn: 2 (t log(t / x) - t + x)",
        "The negative log-likelihood is x - t log x.",
        "use `tweedie --power 1`.",
        3,
        target="deviance",
    )
    if gamma is not None:
        yield mistake(
            "poisson-lgamma",
            _rows(call, plain + gamma),
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


def _gaussian(call: Call) -> Iterator[Variant]:
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
        _rows(call, 2 * half),
        "without the factor 1/2",
        "",
        "multiply by 1/2.",
        2,
        var="log var + e^2 / var",
    )
    yield mistake(
        "gaussian-half-missing",
        _rows(call, 0.5 * np.log(kept) + e2 / kept),
        "the factor 1/2 missing before the squared error",
        "",
        "halve both terms.",
        2,
        var="log(var) / 2 + e^2 / var",
    )
    yield mistake(
        "gaussian-half-missing",
        _rows(call, np.log(kept) + 0.5 * e2 / kept),
        "the factor 1/2 missing before the logarithm",
        "",
        "halve both terms.",
        2,
        var="log(var) + e^2 / (2 var)",
    )
    yield mistake(
        "gaussian-log-2pi",
        _rows(call, half + 2 * full),
        "log(2 pi) added without the factor 1/2",
        "",
        "add log(2 pi) / 2.",
        1,
        full="log(2 pi)",
    )


# -- margins --


def _multi_margin(call: Call) -> Iterator[Variant]:
    x, y, m, p = call.x, call.t, call["margin"], call["p"]
    c = call.classes or 1
    own = ops.pick(x, y)[:, None]
    w = np.ones(c) if call.get("weight") is None else call["weight"]
    others = ops.one_hot(y, c) == 0
    short = np.where(others, np.maximum(0, m - own + x) ** p, 0.0) * w[y][:, None]
    words = "The sum over the other classes is divided by the number of classes."
    yield mistake(
        "multi-margin-no-div-c",
        _rows(call, short.sum(axis=1)),
        "the sum over the classes, not divided by their number",
        words,
        f"divide by {c}.",
        7,
        logits="sum",
    )
    if c > 1:
        yield mistake(
            "multi-margin-div-c-1",
            _rows(call, short.sum(axis=1) / (c - 1)),
            f"divided by the {c - 1} other classes",
            words,
            f"divide by {c}.",
            4,
            logits=f"sum / {c - 1}",
        )
    yield mistake(
        "crammer-singer",
        _rows(call, short.max(axis=1)),
        "the maximum over the other classes (Crammer and Singer; Keras, optax, scikit-learn)",
        words,
        "use `categorical-hinge`.",
        5,
        logits="max",
    )
    counted = np.maximum(0, m - own + x) ** p * w[y][:, None]
    yield mistake(
        "multi-margin-own",
        _rows(call, counted.sum(axis=1) / c),
        "the label's own class counted with its margin",
        "The sum is over the other classes.",
        "leave out the label.",
        3,
        logits="all classes",
    )
    yield mistake(
        "multi-margin-p",
        call.having(p=3 - p if p in (1, 2) else 2),
        f"p = {3 - p}",
        f"p is {p} here.",
        "use the same p.",
        3,
        p=str(3 - p),
    )


def _categorical_hinge(call: Call) -> Iterator[Variant]:
    yield mistake(
        "multi-margin",
        call.as_loss("multi-margin", logits=call.x, labels=call.t),
        "the sum over the other classes, divided by the number of classes (PyTorch's MultiMarginLoss)",
        "This one takes the maximum.",
        "use `multi-margin`.",
        4,
        logits="sum / C",
    )


def _hinge(call: Call) -> Iterator[Variant]:
    short = np.maximum(0, 1 - call.t * call.x)
    if call.name == "hinge":
        yield mistake(
            "hinge-squared",
            _rows(call, short**2),
            "the squared hinge",
            "",
            "use `squared-hinge`.",
            3,
            logits="max(0, 1 - y x)^2",
        )
    else:
        yield mistake(
            "hinge-not-squared",
            _rows(call, short),
            "the hinge, not squared",
            "",
            "use `hinge`.",
            3,
            logits="max(0, 1 - y x)",
        )
    yield mistake(
        "hinge-no-margin",
        _rows(call, np.maximum(0, -call.t * call.x)),
        "without the margin of 1 (the perceptron's loss)",
        "",
        "add the 1.",
        1,
        logits="max(0, -y x)",
    )


# -- vectors --


def _cosine(call: Call) -> Iterator[Variant]:
    a, b = call["input1"], call["input2"]
    dot = (a * b).sum(axis=-1)
    yield mistake(
        "not-normalised",
        _rows(call, 1 - dot),
        "one minus the dot product: the vectors not normalised",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="not normalised",
    )
    yield mistake(
        "not-normalised",
        _rows(call, dot),
        "the dot product",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="dot product",
    )
    yield mistake(
        "not-normalised",
        _rows(call, -dot),
        "minus the dot product",
        "The cosine divides by both norms.",
        "normalise both.",
        1,
        input1="-dot product",
    )
    norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    with np.errstate(all="ignore"):
        cosine = dot / norm
        half = np.arccos(np.clip(cosine, -1, 1))
    yield mistake(
        "cosine-negative",
        _rows(call, -cosine),
        "minus the cosine, as Keras' CosineSimilarity",
        "This is one minus the cosine.",
        "add 1.",
        5,
        input1="-cos",
    )
    yield mistake(
        "cosine-similarity",
        _rows(call, cosine),
        "the cosine itself, not one minus it",
        "This is one minus the cosine.",
        "take 1 - cos.",
        5,
        input1="cos",
    )
    yield mistake("cosine-angle", _rows(call, half), "the angle in radians", "", "take the cosine.", 1, input1="arccos")
    yield mistake(
        "cosine-half",
        _rows(call, (1 - cosine) / 2),
        "half of it, so that it lies between 0 and 1",
        "",
        "multiply by 2.",
        1,
        input1="(1 - cos) / 2",
    )


def _cosine_embedding(call: Call) -> Iterator[Variant]:
    a, b, y, m = call["input1"], call["input2"], call["labels"], call["margin"]
    dot = (a * b).sum(axis=-1)
    yield mistake(
        "not-normalised",
        _rows(call, np.where(y == 1, 1 - dot, np.maximum(0, dot - m))),
        "the dot product in the place of the cosine: vectors not normalised",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="not normalised",
    )
    yield mistake(
        "labels-flipped",
        call.having(labels=-y),
        "the labels -1 and 1 exchanged",
        "1 is the label of pairs that belong together.",
        "change the sign.",
        3,
        labels="-labels",
    )


def _triplet(call: Call) -> Iterator[Variant]:
    a, p, n, m, eps = call["anchor"], call["positive"], call["negative"], call["margin"], call["eps"]

    def rows(near: Floats, far: Floats) -> Call:
        return _rows(call, np.maximum(0, near - far + m))

    near, far = (np.linalg.norm(a - b + eps, axis=-1) for b in (p, n))
    yield mistake(
        "triplet-squared",
        rows(((a - p) ** 2).sum(-1), ((a - n) ** 2).sum(-1)),
        "squared distances, as in FaceNet",
        "The distance is the norm.",
        "take the root.",
        4,
        p="squared",
    )
    with np.errstate(all="ignore"):
        unit = [b / np.linalg.norm(b, axis=-1, keepdims=True) for b in (a, p, n)]
    yield mistake(
        "triplet-cosine",
        rows(1 - (unit[0] * unit[1]).sum(-1), 1 - (unit[0] * unit[2]).sum(-1)),
        "cosine distances",
        "The distance is the norm of the difference.",
        "use one distance in both.",
        4,
        p="cosine",
    )
    yield mistake(
        "not-normalised",
        rows(np.linalg.norm(unit[0] - unit[1], axis=-1), np.linalg.norm(unit[0] - unit[2], axis=-1)),
        "the vectors normalised first",
        "The vectors count as they are.",
        "normalise in both.",
        2,
        anchor="normalised",
    )
    yield mistake(
        "not-normalised",
        rows(((unit[0] - unit[1]) ** 2).sum(-1), ((unit[0] - unit[2]) ** 2).sum(-1)),
        "the vectors normalised first, and squared distances",
        "The vectors count as they are.",
        "normalise in both.",
        1,
        anchor="normalised, squared",
    )
    yield mistake(
        "triplet-eps",
        call.having(eps=0.0),
        "without the eps of 1e-6 that PyTorch adds to each difference",
        "",
        "expect a difference of about 1e-6.",
        2,
        eps="0",
    )
    yield mistake(
        "triplet-eps",
        call.having(eps=1e-6),
        "PyTorch's eps of 1e-6 added to each difference",
        "",
        "expect a difference of about 1e-6.",
        2,
        eps="1e-6",
    )
    yield mistake(
        "triplet-exchanged",
        call.having(positive=n, negative=p),
        "positive and negative exchanged",
        "The positive comes first.",
        "exchange the two.",
        4,
        positive="negative",
        negative="positive",
    )
    yield mistake(
        "triplet-soft",
        _rows(call, np.logaddexp(0, near - far)),
        "the soft margin log(1 + exp(d(a, p) - d(a, n)))",
        "",
        "use a margin in both.",
        2,
        margin="soft",
    )
    yield mistake(
        "triplet-no-margin",
        _rows(call, near - far + m),
        "without the maximum with 0",
        "",
        "take the maximum with 0.",
        2,
        margin="no max",
    )


def _info_nce(call: Call) -> Iterator[Variant]:
    if call.name == "info-nce":
        a, b, temperature = call["anchor"], call["positive"], call["temperature"]
        with np.errstate(all="ignore"):
            u, v = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (a, b))
        s = u @ v.T
        n = len(s)

        def nce(logits: Floats) -> Floats:
            return -log_softmax(logits)[np.arange(n), np.arange(n)]

        one, two = nce(s / temperature), nce(s.T / temperature)
        yield mistake(
            "infonce-transposed",
            _rows(call, two),
            "the other direction: each positive finds its anchor",
            "Each anchor finds its positive.",
            "exchange the two, or transpose.",
            4,
            anchor="positive",
            positive="anchor",
        )
        yield mistake(
            "infonce-both",
            _rows(call, (one + two) / 2),
            "the mean of both directions, as in CLIP",
            "This is one direction.",
            "average both.",
            4,
            reduction="both directions",
        )
        yield mistake(
            "infonce-both",
            _rows(call, one + two),
            "both directions added",
            "This is one direction.",
            "take one.",
            2,
            reduction="both directions, added",
        )
        both = np.concatenate([u, v])
        whole = both @ both.T / temperature
        pair = np.concatenate([np.arange(n) + n, np.arange(n)])
        at = np.arange(2 * n)
        yield mistake(
            "infonce-self-included",
            _rows(call, -log_softmax(whole)[at, pair]),
            "NT-Xent with each vector's similarity to itself left in the sum",
            "A vector is not compared with itself.",
            "mask the diagonal.",
            4,
            anchor="2 N views, with itself",
        )
        masked = np.where(np.eye(2 * n, dtype=bool), -np.inf, whole)
        yield mistake(
            "ntxent",
            _rows(call, -log_softmax(masked)[at, pair]),
            "NT-Xent: both views among the negatives (MONAI, optax, pytorch-metric-learning)",
            "The negatives here are the other positives only.",
            "use `nt-xent`.",
            4,
            anchor="2 N views",
        )
        with np.errstate(all="ignore"):
            rest = np.where(np.eye(n, dtype=bool), -np.inf, s / temperature)
            left = np.logaddexp.reduce(rest, axis=1) - s.diagonal() / temperature
        yield mistake(
            "infonce-positive-left-out",
            _rows(call, left),
            "the positive left out of the sum (decoupled)",
            "The sum is over all, the positive too.",
            "keep the positive.",
            3,
            positive="left out",
        )
        yield mistake(
            "infonce-times-t",
            _rows(call, nce(s * temperature)),
            "multiplied by the temperature instead of divided",
            "",
            "divide by T.",
            3,
            temperature="times T",
        )
        yield mistake(
            "infonce-times-t",
            _rows(call, nce(s * math.exp(min(temperature, 700.0)))),
            "multiplied by exp(T), as CLIP's logit_scale",
            "",
            "give log(1 / T) as logit_scale.",
            3,
            temperature="exp T",
        )
        yield mistake(
            "infonce-loss-times-t",
            _times(call, temperature),
            "the loss multiplied by T, as in MoCo v3",
            "",
            "leave out the factor.",
            2,
            reduction="T loss",
        )
        if temperature != 1:
            yield mistake(
                "param-default",
                _rows(call, nce(s)),
                "no temperature: T = 1",
                f"T is {temperature:g} here.",
                "divide by T.",
                3,
                temperature="1",
            )
        yield mistake(
            "not-normalised",
            _rows(call, nce(a @ b.T / temperature)),
            "the dot products: vectors not normalised",
            "The cosine divides by both norms.",
            "normalise both.",
            2,
            anchor="not normalised",
        )
        yield mistake(
            "not-normalised",
            _rows(call, nce(a @ b.T)),
            "the dot products without temperature: vectors not normalised",
            "The cosine divides by both norms.",
            "normalise both.",
            1,
            anchor="not normalised, T = 1",
        )


# -- masks --


def _regions(call: Call) -> Iterator[Variant]:
    name = call.name
    if "smooth_nr" in call.values:
        halves = 2.0 if name == "dice" else 1.0
        for smooth, whose in ((1.0, "smp.utils"), (1e-5, "MONAI"), (1e-6, ""), (1e-7, "Keras")):
            for factor in {1.0, halves}:
                made = call.having(smooth_nr=smooth * factor, smooth_dr=smooth * factor, empty="formula")
                yield mistake(
                    "dice-smooth-1" if smooth == 1 else f"dice-smooth-{smooth:g}",
                    made,
                    f"smooth = {smooth:g} added above and below{' the quotient 2 TP / ...' if factor == 1 and halves == 2 else ''}{f' ({whose})' if whose else ''}",
                    "Without smoothing a mask that is empty on both sides has no quotient.",
                    "use the same smoothing.",
                    5,
                    smooth_nr=f"{smooth * factor:g}",
                    smooth_dr=f"{smooth * factor:g}",
                )
        made = call.having(smooth_nr=0.0, smooth_dr=1e-7, empty="formula")
        yield mistake(
            "dice-smooth-dr",
            made,
            "1e-7 added below only, as Keras does",
            "",
            "use the same smoothing.",
            2,
            smooth_dr="1e-7",
        )
        if call["smooth_nr"] or call["smooth_dr"]:
            yield mistake(
                "dice-no-smooth",
                call.having(smooth_nr=0.0, smooth_dr=0.0),
                "without smoothing",
                "",
                "use the same smoothing.",
                4,
                smooth_nr="0",
                smooth_dr="0",
            )
    others = {
        "dice": ("jaccard", "iou-vs-dice", "IoU (Jaccard) instead of Dice"),
        "jaccard": ("dice", "dice-vs-iou", "Dice instead of IoU (Jaccard)"),
    }
    if name in others:
        other, key, what = others[name]
        factor = {"dice": 0.5, "jaccard": 2.0}[name]
        same = call.as_loss(other)
        yield mistake(
            key,
            same,
            what,
            "Dice is 2 TP / (2 TP + FP + FN), IoU is TP / (TP + FP + FN).",
            f"use `{other}`.",
            5,
            overlap=other,
        )
        if call["smooth_nr"] or call["smooth_dr"]:
            scaled = call.as_loss(other, smooth_nr=call["smooth_nr"] * factor, smooth_dr=call["smooth_dr"] * factor)
            yield mistake(key, scaled, f"{what}, smoothed as much", "", f"use `{other}`.", 4, overlap=other)
    if {"alpha", "beta"} <= set(call.values):
        yield mistake(
            "tversky-swap",
            call.having(alpha=call["beta"], beta=call["alpha"]),
            "alpha and beta exchanged: beta on the false positives",
            "alpha weighs the false positives, beta the false negatives.",
            "exchange them (Keras' order is the other one).",
            5,
            alpha="beta",
            beta="alpha",
        )
    classes, count = call.get("classes"), call.classes
    if count and count > 1 and "classes" in call.values:
        if classes is not None:
            yield mistake(
                "dice-with-background",
                call.having(classes=None),
                "all classes counted, the background too",
                f"Only the classes {', '.join(map(str, np.ravel(classes)))} count here.",
                "leave out the background.",
                4,
                classes="all",
            )
        else:
            yield mistake(
                "dice-without-background",
                call.having(classes=np.arange(1, count)),
                "class 0, the background, left out",
                "All classes count here.",
                "count the background.",
                4,
                classes=f"1 to {count - 1}",
            )
    yield from _soft_dice(call)


def _soft_dice(call: Call) -> Iterator[Variant]:
    """Squares in the denominator, and masks of different shapes multiplied with one another."""
    if call.name != "dice" or call.values.get("mode") != "binary" or not isinstance(call.t, np.ndarray):
        return
    p = ops.sigmoid(call.x) if call["from_logits"] else call.x
    t = call.t.astype(float)
    if p.shape != t.shape and p.size == t.size:
        p = p.reshape(t.shape)
    if p.shape != t.shape:
        return
    nr, dr = call["smooth_nr"], call["smooth_dr"]
    n = len(p)
    p2, t2 = p.reshape(n, -1), t.reshape(n, -1)
    squared = float((p * p + t * t).sum())
    yield mistake(
        "dice-squared",
        call.reduced(lambda c: _ratio(1 - (2 * float((p * t).sum()) + nr) / (squared + dr))),
        "squares in the denominator: sum p^2 + sum t^2 (V-Net)",
        "The denominator is sum p + sum t.",
        "leave out the squares.",
        4,
        overlap="p^2 + t^2",
    )
    below = (p2 * p2 + t2 * t2).sum(axis=1) + dr
    yield mistake(
        "dice-squared",
        call.reduced(lambda c: _ratio(float(np.sum(1 - (2 * (p2 * t2).sum(axis=1) + nr) / below)), n)),
        "squares in the denominator, image by image",
        "The denominator is sum p + sum t.",
        "leave out the squares.",
        3,
        overlap="p^2 + t^2, per image",
    )
    pairs = float(p2.sum(axis=0) @ t2.sum(axis=0))
    yield mistake(
        "broadcast",
        call.reduced(lambda c: _ratio(1 - (2 * pairs + nr) / (float(p.sum() + t.sum()) + dr))),
        "every pair of images multiplied: the shapes of prediction and mask broadcast",
        "Each image belongs to its own mask.",
        "give both the same shape.",
        3,
        labels="broadcast",
    )


FORMS: Mapping[str, Callable[[Call], Iterator[Variant]]] = {
    "huber": _huber, "smooth-l1": _smooth_l1, "mape": _mape, "pinball": _pinball, "mse": _squared, "l1": _absolute, "msle": _msle,
    "bce": _bce, "bce-logits": _bce, "multilabel-soft-margin": _bce, "ce": _ce, "nll": _ce, "focal": _focal, "focal-softmax": _focal_softmax,
    "gce": _gce, "poly": _poly, "kl": _kl, "js": _js, "poisson-nll": _poisson, "gaussian-nll": _gaussian, "multi-margin": _multi_margin,
    "categorical-hinge": _categorical_hinge, "hinge": _hinge, "squared-hinge": _hinge, "cosine": _cosine, "cosine-embedding": _cosine_embedding,
    "triplet": _triplet, "info-nce": _info_nce,
}  # fmt: skip

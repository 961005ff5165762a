"""input: The predictions are not what the loss takes them for.

Logits, log-probabilities and probabilities are taken for one another, the softmax runs over another axis, or prediction
and target change places.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from losscli import ops
from losscli.compute.variants import Call
from losscli.declare import Floats
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake
from losscli.terms import Terms

ORDER = 1
BELOW_ONE = float(np.float32(1) - np.float32(1e-7))  # where Keras clips in float32
NO_LABEL = -(2**62)  # which no row has
MOST_PAIRS = 1_000_000  # differences of all with all


def variants(call: Call) -> Iterator[Variant]:
    if call.name in ("ctc", "kl", "nll") or call.scale == "log-probabilities":
        yield from _of_log_probabilities(call)
    elif call.scale == "logits":
        yield from _of_logits(call)
    elif call.scale == "probabilities":
        yield from _of_probabilities(call)
    yield from _exchanged(call)
    yield from _against_all(call)


def log_softmax(x: Floats) -> Floats:
    """The logarithm of the softmax over the last axis."""
    rows = x.reshape(-1, x.shape[-1])
    return ops.log_softmax(rows, ops.softmax_peak(rows)).reshape(x.shape)


def softmax(x: Floats) -> Floats:
    """The softmax over the last axis."""
    return np.exp(log_softmax(x))


def best(x: Floats) -> Floats:
    """1 for the largest of the last axis, 0 for the others."""
    rows = x.reshape(-1, x.shape[-1])
    return _labels.one_hot(rows.argmax(axis=1), x.shape[-1]).reshape(x.shape)


def at_labels(call: Call, a: Floats, of: Callable[[Floats], Floats] = np.positive) -> Call:
    """The call with minus a function of an array (rows, classes) at its labels, weighted as the loss weights rows."""
    link, ignored = call.linked_by, call.loss.declaration.ignored_label

    def terms(**values: Any) -> Terms:
        t, w = values[call.target], values.get("weight")
        if t.ndim > 1:
            return Terms(-np.where(t == 0, 0.0, t * of(a)).sum(axis=1), {}, link=link)
        counts, y = _labels.counted(t, NO_LABEL if ignored is None else values[ignored.name])
        value = -of(ops.pick(a, y))
        if w is None:
            return Terms(_labels.masked(value, counts), {}, counts=counts, link=link)
        return Terms(
            _labels.masked(value * w[y], counts), {}, divisor=_labels.masked(w[y], counts), counts=counts, link=link
        )

    return replace(call, function=terms, known=None)


def _of_logits(call: Call) -> Iterator[Variant]:
    x, first = call.x, call.first
    several = call.classes is not None and call.classes > 1 and call.values.get("mode") in (None, "multiclass")
    if call.family == "margin":
        return
    if several and call.name != "multilabel-soft-margin":
        log_p = log_softmax(x) if x.ndim > 2 else call.log_softmax
        yield mistake(
            "probs-as-logits",
            call.having(**{first: np.exp(log_p)}),
            "the softmax taken twice",
            f"{call.loss.entry.title} takes logits: it has the softmax in it.",
            "take the softmax out of the model, or use `nll` on the log of its output.",
            12,
            **{first: f"softmax({first})"},
        )
        yield mistake(
            "log10-as-logits",
            call.having(**{first: log_p / math.log(10)}),
            "log10-probabilities taken for logits",
            "Logits and log-probabilities are natural logarithms.",
            "multiply by ln 10 = 2.302585 first.",
            1,
            **{first: f"log_softmax({first}) / ln 10"},
        )
        yield mistake(
            "argmaxed-predictions",
            call.having(**{first: best(x)}),
            "the argmax of the predictions taken for logits",
            "A loss takes the scores themselves.",
            "leave out the argmax.",
            3,
            **{first: f"one_hot(argmax({first}))"},
        )
        yield from _other_axes(call)
        if call.by_index or call.t.ndim == 2:
            yield from _softmax_left_out(call, log_p)
    else:
        yield mistake(
            "sigmoid-twice",
            call.having(**{first: ops.sigmoid(x)}),
            "the sigmoid taken twice",
            f"{call.loss.entry.title} takes logits and has the sigmoid in it.",
            "take the sigmoid out of the model.",
            4,
            **{first: f"sigmoid({first})"},
        )
        for cut, what in ((0.0, "0"), (0.5, "0.5")):
            yield mistake(
                "argmaxed-predictions",
                call.having(**{first: (x > cut) * 1.0}),
                f"predictions cut to 0 and 1 at {what}, taken for logits",
                "A loss takes the scores themselves.",
                "leave out the threshold.",
                3,
                **{first: f"({first} > {what})"},
            )
        if call.name in ("bce-logits", "focal", "multilabel-soft-margin"):
            yield from _sigmoid_left_out(call)


def _softmax_left_out(call: Call, log_p: Floats) -> Iterator[Variant]:
    x, first = call.x, call.first
    if call.family != "multiclass" and call.name != "perplexity":
        return
    takes = f"{call.loss.entry.title} takes logits"
    yield mistake(
        "raw-to-nll",
        at_labels(call, x),
        "minus the logit of the label: no log-softmax was taken",
        "`nll` takes log-probabilities, not raw scores.",
        "give the logits to `ce`, or their log-softmax to `nll`.",
        5,
        **{first: f"{first} as log-probabilities"},
    )
    yield mistake(
        "probs-as-logprobs",
        at_labels(call, log_p, np.exp),
        "minus the probability of the label: no logarithm was taken",
        "`nll` takes log-probabilities, not probabilities.",
        "use log_softmax, not softmax, before `nll`.",
        7,
        **{first: f"softmax({first}) as log-probabilities"},
    )
    shares = np.divide(x, x.sum(axis=1, keepdims=True))
    ways: tuple[tuple[Floats, Callable[[Floats], Floats], str, str], ...] = (
        (x, np.log, "minus the log of the logit of the label: the logits were taken for probabilities", "log(logits)"),
        (
            shares,
            _log_of_clipped,
            "the logits taken for probabilities, divided by their sum and clipped at 1e-7 (Keras, from_logits=False)",
            "log(clip(logits / sum(logits), 1e-7, 1 - 1e-7))",
        ),
        (
            x,
            _log_of_clipped,
            "the logits taken for probabilities and clipped at 1e-7",
            "log(clip(logits, 1e-7, 1 - 1e-7))",
        ),
    )
    for a, of, what, code in ways:
        mend = "in Keras, set from_logits=True."
        yield mistake("logits-as-probs", at_labels(call, a, of), what, f"{takes}.", mend, 8, **{first: code})


def _log_of_clipped(p: Floats) -> Floats:
    """The logarithm as Keras takes it of probabilities in float32."""
    return np.log(np.clip(p, 1e-7, BELOW_ONE))


def _sigmoid_left_out(call: Call) -> Iterator[Variant]:
    x, first = call.x, call.first
    for low, high, whose in (
        (1e-7, BELOW_ONE, "clipped at 1e-7, Keras without from_logits=True"),
        (1e-7, 1 - 1e-7, "clipped at 1e-7"),
        (1e-12, 1 - 1e-12, "clipped at 1e-12"),
    ):
        p = np.clip(x, low, high)
        yield mistake(
            "logits-as-probs",
            call.having(**{first: np.log(p) - np.log1p(-p)}),
            f"the logits taken for probabilities ({whose})",
            f"{call.loss.entry.title} takes logits.",
            "in Keras, set from_logits=True.",
            8,
            **{first: f"clip({first})"},
        )


def _of_log_probabilities(call: Call) -> Iterator[Variant]:
    x, first = call.x, call.first
    p = np.exp(x)
    yield mistake(
        "probs-as-logprobs",
        call.having(**{first: p}),
        "probabilities taken for log-probabilities",
        f"{call.loss.entry.title} takes log-probabilities.",
        "take their log: log_softmax instead of softmax.",
        7,
        **{first: f"exp({first})"},
    )
    if call.name in ("kl", "ctc") or (call.scale == "log-probabilities" and call.classes is not None):
        yield mistake(
            "probs-as-logits",
            call.having(**{first: log_softmax(p)}),
            "a log-softmax taken of probabilities: the softmax twice",
            f"{call.loss.entry.title} takes log-probabilities.",
            "take the log of the probabilities, without another softmax.",
            12,
            **{first: f"log_softmax(exp({first}))"},
        )
    total = x - np.logaddexp.reduce(x, axis=-1, keepdims=True)
    yield mistake(
        "renormalised",
        call.having(**{first: total}),
        "the probabilities divided by their sum first",
        "scikit-learn (before 1.5) and Keras do so; PyTorch takes them as they are.",
        "give probabilities that sum to 1.",
        5,
        **{first: f"log_softmax({first})"},
    )
    if call.by_index:
        yield mistake(
            "argmaxed-predictions",
            call.having(**{first: log_softmax(best(x))}),
            "the argmax of the predictions taken for logits",
            "A loss takes the scores themselves.",
            "leave out the argmax.",
            3,
            **{first: f"log_softmax(one_hot(argmax({first})))"},
        )


def _of_probabilities(call: Call) -> Iterator[Variant]:
    x, first = call.x, call.first
    by_class = call.classes is not None and call.classes > 1 and call.values.get("mode") in (None, "multiclass")
    if call.name == "bce":
        made = call.as_loss("bce-logits", logits=x)
        yield mistake(
            "sigmoid-twice",
            made,
            "the sigmoid taken twice: the probabilities were taken for logits",
            "`bce` takes probabilities; PyTorch's BCEWithLogitsLoss has the sigmoid in it.",
            "give BCEWithLogitsLoss the logits, or use BCELoss.",
            4,
            **{first: f"sigmoid({first})"},
        )
    if "from_logits" not in call.values and by_class:
        yield mistake(
            "probs-as-logits",
            call.having(**{first: softmax(x)}),
            "the softmax taken of probabilities: twice",
            f"{call.loss.entry.title} takes probabilities.",
            "take only one softmax.",
            12,
            **{first: f"softmax({first})"},
        )
        with np.errstate(all="ignore"):
            shares = x / x.sum(axis=-1, keepdims=True)
        both = {first: shares}
        if call.t.shape == x.shape and call.t.dtype.kind == "f":
            both[call.target] = call.t / call.t.sum(axis=-1, keepdims=True)
        yield mistake(
            "renormalised",
            call.having(**both),
            "each row divided by its sum first",
            "Keras and SciPy do so.",
            "give probabilities that sum to 1.",
            5,
            **{first: f"{first} / sum({first})"},
        )
    cut = (x > 0.5) * 1.0
    yield mistake(
        "dice-thresholded" if call.family == "segmentation" else "argmaxed-predictions",
        call.having(**{first: cut}),
        "the predictions cut to 0 and 1 at 0.5 first",
        "The loss takes the probabilities themselves.",
        "leave out the threshold.",
        3,
        **{first: f"({first} > 0.5)"},
    )
    if by_class:
        yield mistake(
            "argmaxed-predictions",
            call.having(**{first: best(x)}),
            "the argmax of the predictions instead of their probabilities",
            "The loss takes the probabilities themselves.",
            "leave out the argmax.",
            3,
            **{first: f"one_hot(argmax({first}))"},
        )


def _other_axes(call: Call) -> Iterator[Variant]:
    """The softmax over an axis that is not that of the classes, and the axes taken apart without being exchanged."""
    x, shape, classes = call.x, call.shape, call.classes
    if math.prod(shape) != len(x) or not call.whole or (call.family != "multiclass" and call.name != "perplexity"):
        return
    assert classes is not None
    whole = x.reshape(*shape, classes)
    for axis, n in enumerate(shape):
        if n > 1:
            of = "the rows" if len(shape) < 3 else f"axis {axis - 1} of the rows"
            log_p = np.moveaxis(
                log_softmax(np.moveaxis(whole, axis, -1).reshape(-1, n)).reshape(np.moveaxis(whole, axis, -1).shape),
                -1,
                axis,
            )
            yield mistake(
                "softmax-wrong-axis",
                at_labels(call, log_p.reshape(x.shape)),
                f"the softmax taken over {of}, not over the classes",
                "The probabilities of the classes of one row sum to 1.",
                "take the softmax over the axis of the classes (dim=1).",
                6,
                **{call.first: f"log_softmax over axis {axis}"},
            )
    at = call.class_axis
    if at is None or len(shape) < 3:
        return
    lies = np.ascontiguousarray(np.moveaxis(whole, -1, at + 1))
    if at == len(shape) - 1:  # the classes lie last, and are to be second
        lies = lies.reshape(shape[0], shape[1], classes, -1).swapaxes(-1, -2)
    yield mistake(
        "view-not-permute",
        call.having(**{call.first: lies.reshape(-1, classes)}),
        "the classes brought to another axis by view or reshape, which mixes the classes of different rows",
        "A view keeps the order in memory.",
        "use permute or transpose before view(-1, C).",
        6,
        **{call.first: f"{call.first}.view(-1, {classes})"},
    )


def _exchanged(call: Call) -> Iterator[Variant]:
    required = call.loss.declaration.required
    if len(required) < 2:
        return
    a, b = required[0], required[1]
    x, t = call[a], call[b]
    if not (isinstance(t, np.ndarray) and x.shape == t.shape and x.dtype.kind == t.dtype.kind == "f"):
        return
    if call.name == "kl":
        with np.errstate(all="ignore"):
            log_t = t if call["log_target"] else np.log(t)
            p = x if call["log_target"] else np.exp(x)
        changed = call.having(**{a: log_t, b: p})
    elif call.scale == "logits":
        return
    else:
        changed = call.having(**{a: t, b: x})
    yield mistake(
        "args-swapped",
        changed,
        f"{a} and {b} exchanged",
        f"{a} comes first, then {b}.",
        f"exchange the two arguments: PyTorch takes {a} first, Keras and scikit-learn the target (y_true).",
        4,
        **{a: b, b: a},
    )


def _against_all(call: Call) -> Iterator[Variant]:
    """A column (N, 1) against a row (N), which NumPy and PyTorch broadcast to all pairs."""
    required = call.loss.declaration.required
    if call.family not in ("regression", "binary") or len(required) < 2 or call.name == "multilabel-soft-margin":
        return
    x, t = call[required[0]], call[required[1]]
    n = len(x) if isinstance(x, np.ndarray) else 0
    if not (isinstance(t, np.ndarray) and x.ndim == t.ndim == 1 and n > 1 and n * n <= MOST_PAIRS and len(t) == n):
        return
    others = {k: None for k, m in call.loss.declaration.arrays.items() if k not in required and m.has_rows}
    if any(call.get(k) is not None for k in others):
        return
    changed = call.having(**{required[0]: np.repeat(x, n), required[1]: np.tile(t, n)})
    yield mistake(
        "broadcast",
        changed,
        f"a column of shape ({n}, 1) against a row of shape ({n}): the mean over all {n * n} pairs",
        f"Each element of {required[0]} belongs to one of {required[1]}.",
        "give both the same shape: squeeze(-1) or view(-1).",
        3,
        **{required[0]: f"{required[0]}[:, None]", required[1]: f"{required[1]}[None, :]"},
    )

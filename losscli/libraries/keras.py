"""keras: Keras.

focal-softmax: CategoricalFocalCrossentropy (from_logits=True; one-hot labels; clips p to 1e-7)
ce: SparseCategoricalCrossentropy, CategoricalCrossentropy (both from_logits=True)
gce: CategoricalGeneralizedCrossEntropy (on softmax(z); q below 1)
nll: SparseCategoricalCrossentropy (on exp(lp), scaled to sum to 1 and clipped to 1e-7)
bce: BinaryCrossentropy (clips p to between 1e-7 and 1 - 1e-7)
bce-logits: BinaryCrossentropy (from_logits=True)
hinge: Hinge
multilabel-soft-margin: BinaryCrossentropy (from_logits=True)
focal: BinaryFocalCrossentropy (from_logits=True, apply_class_balancing=True; clips p to between 1e-7 and 1 - 1e-7)
squared-hinge: SquaredHinge
huber: Huber
log-cosh: LogCosh
l1: MeanAbsoluteError
mape: MeanAbsolutePercentageError
mse: MeanSquaredError
msle: MeanSquaredLogarithmicError (raises x and t to at least 1e-7)
smooth-l1: Huber (delta=beta; divided by beta)
kl: KLDivergence (on exp(lp); --reduction batchmean; raises p and t to at least 1e-7)
poisson-nll: Poisson (--no-log-input --eps 1e-7)
categorical-hinge: CategoricalHinge (one-hot labels; the maximum includes 0)
cosine: CosineSimilarity (minus the cosine: 1 less than this)
ctc: CTC (from logits (N, T, C); 0 is both blank and padding; its mean does not divide by lengths)
dice: Dice (--no-from-logits --average micro --overlap product --empty formula --smooth-dr 1e-7)
tversky: Tversky (alpha <-> beta; --no-from-logits --average micro --overlap product --empty formula --smooth-dr 1e-7)
log-sigmoid: log_sigmoid
log-softmax: log_softmax (--class-axis -1)
sigmoid: sigmoid
softmax: softmax (--class-axis -1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.declare import Floats
from losscli.libraries._ways import At, Way, by_all, by_count, one_hot, softmax

ALSO = {"mse": ("MSE",), "l1": ("MAE",), "mape": ("MAPE",), "msle": ("MSLE",), "kl": ("kl_divergence", "KLD")}

IMPORTS = """import keras
import numpy as np

keras.config.set_floatx("float64")"""
ARRAYS = "numpy"
EPSILON = 1e-7  # to which Keras clips
ELEMENTS: dict[str, tuple[str, dict[str, str]]] = {  # losses of elements: the class, and its options as ours
    "mse": ("MeanSquaredError", {}),
    "l1": ("MeanAbsoluteError", {}),
    "huber": ("Huber", {"delta": "delta"}),
    "log-cosh": ("LogCosh", {}),
    "mape": ("MeanAbsolutePercentageError", {}),
    "msle": ("MeanSquaredLogarithmicError", {}),
    "hinge": ("Hinge", {}),
    "squared-hinge": ("SquaredHinge", {}),
}


def conventions(at: At) -> Iterator[Way]:
    call = at.call
    if at.name in ELEMENTS:
        name, options = ELEMENTS[at.name]
        if at.name == "mape" and call["epsilon"] != EPSILON:
            call = call.having(epsilon=EPSILON)
        if at.name == "msle":
            call = call.having(input=np.maximum(at["input"], EPSILON), target=np.maximum(at["target"], EPSILON))
        yield from _elements(at, call, f"{name}({at.options(**options)[2:]})")
    elif at.name == "smooth-l1":
        if not at["beta"]:
            yield Way("", None, why="has no smooth L1 loss without a parabola")
        else:
            yield from _elements(at, call.as_loss("huber", delta=at["beta"]), f"Huber({at['beta']!r})", "times beta")
            if at.reduction == "mean":
                code = f"loss = keras.losses.Huber({at['beta']!r})(target, input) / {at['beta']!r}"
                yield at.own(code, by_hand="Huber is beta times this")
    elif at.name in FUNCTIONS:
        yield from FUNCTIONS[at.name](at)


def _reduction(at: At) -> str:
    return {"mean": "", "sum": ", reduction='sum'", "none": ", reduction=None"}[at.reduction]


def _elements(
    at: At, call: Call, made: str, why: str = "", target: str = "", default: bool = False, how: str = ""
) -> Iterator[Way]:
    """The ways of a loss of elements, of which Keras takes the mean over the last axis first."""
    x, t = at.call.first, target or at.call.target
    prepared = "" if at.first else f"{x}, {t} = {x}.reshape(1), {t}.reshape(1)\n"
    name, _, options = made.removesuffix(")").partition("(")

    def of(more: str, deep: str = "", weights: str = "") -> str:
        inside = ", ".join(filter(None, (options, more)))
        return f"{prepared}loss = keras.losses.{name}({inside})({t}{deep}, {x}{deep}{weights})"

    if at.has("weight"):
        if at["weight"].shape == at.call.x.shape and not default:
            yield from _weighted_elements(at, call, of)
        return
    if at.reduction == "mean":
        yield Way(how, call, of(""), why, default=default)
        return
    if at.reduction == "sum" and at.first:
        last = at.first[-1]
        why = why or "means over the last axis, summed"
        yield Way(how, call.reduced(lambda c: Ratio(c.tally.value / last)), of("reduction='sum'"), why, default)
    if not default:
        yield Way(how, call, of(_reduction(at)[2:], "[..., None]"), by_hand=ONE_AXIS_MORE)


def _weighted_elements(at: At, call: Call, of: Callable[..., str]) -> Iterator[Way]:
    same = at.shapes["weight"] == at.first
    weight = "weight" if same else f"np.broadcast_to(weight, {at.first})"
    deep = ("[..., None]", f", sample_weight={weight}")
    if at.reduction != "mean":
        yield Way("sample_weight", call, of(_reduction(at)[2:], *deep), by_hand=ONE_AXIS_MORE)
        return
    yield Way("sample_weight", call.reduced(by_count), of("", *deep), "the elements")
    code = of("reduction='mean_with_sample_weight'", *deep)
    yield Way("mean_with_sample_weight", call.reduced(_by_weight), code, "sum of w")


ONE_AXIS_MORE = "takes the mean over the last axis: give it one more"


def _by_weight(call: Call) -> Ratio:
    return Ratio(call.tally.value, call.tally.weight)


def clipped(p: Floats) -> Floats:
    return np.clip(p, EPSILON, 1 - EPSILON)


def scaled(p: Floats) -> Floats:
    """What Keras takes for probabilities: scaled to sum to 1, then clipped."""
    with np.errstate(all="ignore"):
        return clipped(p / p.sum(axis=-1, keepdims=True))


def _rows_of(at: At, p: Floats, target: Floats) -> Floats:
    return -(target * np.log(p)).sum(axis=-1)


def _batch(at: At) -> str:
    """The layout of Keras: the classes last, and a batch."""
    unbatched = len(at.first) == 1
    x = at.call.first
    return at.last("np") + (f"{x}, labels = {x}[None], labels[None]\n" if unbatched else "")


def _ce(at: At) -> Iterator[Way]:
    call, e = at.call, at["label_smoothing"]
    code = _batch(at)
    weights = at.call.get("weight")
    if not at.by_index or e:
        target = one_hot(at)
        made = f"CategoricalCrossentropy(from_logits=True{f', label_smoothing={e!r}' if e else ''}"
        labels = "labels"
        if at.by_index:
            if at.ignored:
                code += f"kept = labels != {at['ignore_index']!r}\nlogits, labels = logits[kept], labels[kept]\n"
            code += f"one_hot = np.eye({at.classes})[labels]\n"
            labels = "one_hot"
        if weights is not None and not at.by_index:
            yield Way("", None, why="has no class weights for soft labels")
            return
        if at.reduction == "none" and (at.ignored or weights is not None):
            return
        if weights is None:
            plain = f"{code}loss = keras.losses.{made}{_reduction(at)})({labels}, logits)"
            yield at.own(_unbatched(at, plain), why="the rows")
        else:
            # its weights multiply the smoothed loss of a row; PyTorch's each class of the smoothed target
            smoothed = (1 - e) * target + e / at.classes
            own = np.where(call.counts, weights[np.where(call.counts, at["labels"], 0)], 0.0)
            rows = call.computing(lambda: own * _rows_of(at, softmax(at.call.x), smoothed))
            why = "w[y] times the smoothed loss"
            yield from _weighted(at, rows, code, made, labels, why, float(own.sum()))
        return
    ignore = f", ignore_class={at['ignore_index']!r}" if at.ignored else ""
    made = f"SparseCategoricalCrossentropy(from_logits=True{ignore}"
    if weights is None:
        why = "the rows that count" if at.ignored else ""
        yield at.own(_unbatched(at, f"{code}loss = keras.losses.{made}{_reduction(at)})(labels, logits)"), why=why)
    else:
        yield from _weighted(at, call, code, made, "labels", "")
    if at.reduction != "none":
        wrong = made.replace("from_logits=True, ", "").replace("from_logits=True", "")
        kept = np.where(call.counts, at["labels"], 0)
        factor = 1.0 if weights is None else weights[kept]
        rows = call.computing(lambda: np.where(call.counts, factor * _rows_of(at, scaled(at.call.x), one_hot(at)), 0.0))
        args = "labels, logits" if weights is None else "labels, logits, sample_weight=weight[labels]"
        code += f"loss = keras.losses.{wrong}{_reduction(at)})({args})".replace("(, ", "(")
        if weights is None or not at.ignored:
            yield Way("without from_logits=True", rows, code, "takes logits for probabilities", default=True)


def _weighted(
    at: At, call: Call, code: str, made: str, labels: str, why: str, divisor: float | None = None
) -> Iterator[Way]:
    kept = f"np.where(labels == {at['ignore_index']!r}, 0, labels)" if at.ignored and labels == "labels" else "labels"
    args = f"({labels}, logits, sample_weight=weight[{kept}])"
    start = f"{code}loss = keras.losses.{made}"
    if at.reduction != "mean":
        yield Way("sample_weight", call, _unbatched(at, f"{start}{_reduction(at)}){args}"), why)
        return
    yield Way("sample_weight", call.reduced(by_count), f"{start}){args}", why or "the rows")
    over = call if divisor is None else call.reduced(_by_weight)
    if at.ignored and labels == "labels":  # ignore_class would count in the divisor
        code += f"kept = labels != {at['ignore_index']!r}\nlogits, labels = logits[kept], labels[kept]\n"
        made = made.replace(f", ignore_class={at['ignore_index']!r}", "")
        args = "(labels, logits, sample_weight=weight[labels])"
    code += f"loss = keras.losses.{made}, reduction='mean_with_sample_weight'){args}"
    yield Way("mean_with_sample_weight", over, code, why or "sum of w[y]")


def _unbatched(at: At, code: str) -> str:
    return code + "[0]" if at.reduction == "none" and len(at.first) == 1 else code


def _nll(at: At) -> Iterator[Way]:
    if at.has("weight") or at.ignored or at.reduction == "none":
        yield Way("", None, why="has no loss of log-probabilities: take exp, and see ce")
        return
    code = _batch(at) + "probs = np.exp(log_probs)\n"
    rows = at.call.computing(lambda: _rows_of(at, scaled(np.exp(at.call.x)), one_hot(at)))
    code += f"loss = keras.losses.SparseCategoricalCrossentropy({_reduction(at)[2:]})(labels, probs)"
    yield Way("", rows, code, "scales exp(lp) to sum to 1")


def _bce(at: At) -> Iterator[Way]:
    yield from _elements(at, at.call.having(probs=clipped(at["probs"])), "BinaryCrossentropy()", "")


def _bce_logits(at: At) -> Iterator[Way]:
    if at.has("pos_weight"):
        yield Way("", None, why="has no pos_weight: give sample_weight=1 + (pos_weight - 1) * labels")
        return
    yield from _elements(at, at.call, "BinaryCrossentropy(from_logits=True)")
    wrong = at.call.as_loss("bce", probs=clipped(at["logits"]))
    why = "takes logits for probabilities"
    yield from _elements(at, wrong, "BinaryCrossentropy()", why, default=True, how="without from_logits=True")


def _multilabel(at: At) -> Iterator[Way]:
    if at.has("weight"):
        yield Way("", None, why="has no class weights here: multiply and take the mean yourself")
        return
    before = at.last("np")
    if len(at.first) == 1:
        before += "logits, labels = logits[None], labels[None]\n"
    code = f"{before}loss = keras.losses.BinaryCrossentropy(from_logits=True{_reduction(at)})(labels, logits)"
    yield at.own(_unbatched(at, code))


def _focal(at: At) -> Iterator[Way]:
    if not at.hard:
        yield Way("", None, why="has another loss for labels between 0 and 1")
        return
    limit = float(np.log((1 - EPSILON) / EPSILON))
    call = at.call.having(logits=np.clip(at["logits"], -limit, limit))
    balance = f"apply_class_balancing=True, alpha={at['alpha']!r}, " if at["alpha"] >= 0 else ""
    made = f"BinaryFocalCrossentropy({balance}gamma={at['gamma']!r}, from_logits=True)"
    yield from _elements(at, call, made)
    if at["alpha"] >= 0:
        made = f"BinaryFocalCrossentropy(alpha={at['alpha']!r}, gamma={at['gamma']!r}, from_logits=True)"
        how, why = "without apply_class_balancing=True", "leaves alpha out"
        yield from _elements(at, call.having(alpha=-1.0), made, why, default=True, how=how)


def _focal_softmax(at: At) -> Iterator[Way]:
    if at.ignored or (at.reduction == "none" and len(at.first) == 1):
        yield Way("", None, why="has no ignore_class here: leave the rows out yourself")
        return
    call = at.call
    p = softmax(call.x)
    alpha = 0.25 if call.get("alpha") is None else call["alpha"]

    def rows(a: Any) -> Floats:
        q = clipped(p)
        return -(a * one_hot(at) * (1 - q) ** call["gamma"] * np.log(q)).sum(axis=-1)

    code = _batch(at) + (f"one_hot = np.eye({at.classes})[labels]\n" if at.by_index else "")
    target = "one_hot" if at.by_index else "labels"
    weights = "alpha=alpha, " if call.get("alpha") is not None else ""
    code += f"loss = keras.losses.CategoricalFocalCrossentropy({weights}gamma={call['gamma']!r}, from_logits=True"
    code += f"{_reduction(at)})({target}, logits)"
    yield Way("", call.computing(lambda: rows(alpha)), code)
    if weights and at.reduction != "none":
        code = code.replace("alpha=alpha, ", "")
        yield Way("default alpha", call.computing(lambda: rows(0.25)), code, "alpha is 0.25", default=True)


def _kl(at: At) -> Iterator[Way]:
    if at.reduction in ("none",) or len(at.first) < 1 or (at.by_class and at.axis not in (None, len(at.first) - 1)):
        return
    t = np.exp(at["target"]) if at["log_target"] else at["target"]
    q, u = np.clip(np.exp(at.call.x), EPSILON, 1), np.clip(t, EPSILON, 1)
    target = "np.exp(target)" if at["log_target"] else "target"
    reduction = ", reduction='sum'" if at.reduction == "sum" else ""
    if len(at.first) == 1:
        target, probs = f"{target}[None]", "np.exp(log_probs)[None]"
    else:
        probs = "np.exp(log_probs)"
    if np.shape(at["target"]) != np.shape(at.call.x):
        return
    call = at.call.computing(lambda: (u * np.log(u / q)).sum(axis=-1))
    code = f"loss = keras.losses.KLDivergence({reduction[2:]})({target}, {probs})"
    yield Way("", call if reduction else call.reduced(by_all), code, "" if reduction else "the rows")


def _poisson(at: At) -> Iterator[Way]:
    if at["full"]:
        yield Way("", None, why="has no log t!: add it yourself")
        return
    call = at.call
    if at["log_input"]:
        call = call.having(input=np.exp(at["input"]), log_input=False, eps=EPSILON)
        made, before = "Poisson()", "input = np.exp(input)  # it takes rates\n"
    else:
        call, made, before = call.having(eps=EPSILON), "Poisson()", ""
    for way in _elements(at, call, made, "adds 1e-7 to the rate"):
        yield replace(way, code=before + way.code)


def _categorical_hinge(at: At) -> Iterator[Way]:
    call, target = at.call, one_hot(at)

    def rows() -> Floats:
        own = (target * call.x).sum(axis=-1)
        return np.maximum(0, 1 - own + ((1 - target) * call.x).max(axis=-1))

    code = f"{_batch(at)}one_hot = np.eye({at.classes})[labels]\n"
    code += f"loss = keras.losses.CategoricalHinge({_reduction(at)[2:]})(one_hot, logits)"
    why = "the largest other score" if at.name == "multi-margin" else "the maximum includes 0"
    if at.reduction != "none":
        yield Way("CategoricalHinge" if at.name == "multi-margin" else "", call.computing(rows), code, why)


def _multi_margin(at: At) -> Iterator[Way]:
    if not at.has("weight") and at["p"] == 1 and at["margin"] == 1:
        yield from _categorical_hinge(at)
    else:
        yield Way("", None, why="has no such loss with these options")


def _cosine(at: At) -> Iterator[Way]:
    if at.reduction == "none" or len(set(at.shapes.values())) > 1 or len(at.first) < 2:
        return
    rows = at.call.tally.rows
    code = f"loss = keras.losses.CosineSimilarity({_reduction(at)[2:]})(input2, input1)"
    call = at.call.computing(lambda: at.call.own_terms.value - 1)
    if rows is not None:
        yield Way("", call, code, "minus the cosine: -1 is best")
        n = len(at.call.own_terms.value) if at.reduction == "sum" else 1
        yield at.own(f"{code}\nloss = {n} + loss", by_hand="gives minus the cosine: add 1")


def _gce(at: At) -> Iterator[Way]:
    if at.ignored or at["q"] >= 1 or at.reduction == "none":
        yield Way("", None, why="has neither ignored rows nor q = 1 here")
        return
    code = _batch(at) + "e = np.exp(logits - logits.max(axis=-1, keepdims=True))\n"
    made = f"CategoricalGeneralizedCrossEntropy({at['q']!r}{_reduction(at)})"
    code += f"loss = keras.losses.{made}(labels, e / e.sum(axis=-1, keepdims=True))"
    yield at.own(code)


def _ctc(at: At) -> Iterator[Way]:
    frames = at.call.get("input_lengths")
    whole = frames is None or bool((np.asarray(frames) == at.first[0]).all())
    lengths = at.call.get("target_lengths")
    if at["blank"] or not whole or len(at.first) < 3 or len(at.shapes["targets"]) < 2 or at["zero_infinity"]:
        yield Way("", None, why="takes batches of whole sequences only, and 0 as the blank")
        return
    code = "logits = log_probs.transpose(1, 0, 2)\n"
    if lengths is not None:
        code += "targets = np.where(np.arange(targets.shape[1]) < target_lengths[:, None], targets, 0)\n"
    code += f"loss = keras.losses.CTC({_reduction(at)[2:]})(targets, logits)"
    normal = np.log(softmax(at["log_probs"]))
    each = replace(at.call.having(log_probs=normal), reduction="sum").own_terms.value
    yield Way("", at.call.computing(lambda: each), code, "the sequences" * (at.reduction == "mean"))


def _soft_dice(at: At) -> Iterator[Way]:
    if at.reduction == "none":
        return
    if (at["mode"] == "multiclass" and not at.by_index and at.classes == 1) or at.has("classes"):
        yield Way("", None, why="has no such choice of classes")
        return
    if (at.call.t == at["ignore_index"]).any():
        yield Way("", None, why="has no ignored pixels: set p and t to 0 there yourself")
        return
    changes: dict[str, Any] = {"average": "micro", "overlap": "product", "empty": "formula", "per_image": False}
    call = at.call.having(**changes, smooth_nr=0.0, smooth_dr=EPSILON)
    from losscli.libraries.numpy import region_probabilities

    code = region_probabilities(at)
    if at.name == "tversky":
        exchanged = call.having(alpha=at["beta"], beta=at["alpha"])
        made = f"Tversky(alpha={at['alpha']!r}, beta={at['beta']!r})"
        yield Way("", exchanged, f"{code}loss = keras.losses.{made}(t, p)", "alpha and beta exchanged; classes pooled")
    elif at.name == "dice":
        yield Way("", call, f"{code}loss = keras.losses.Dice()(t, p)", "all classes and images pooled")


FUNCTIONS = {
    "ce": _ce,
    "nll": _nll,
    "bce": _bce,
    "bce-logits": _bce_logits,
    "multilabel-soft-margin": _multilabel,
    "focal": _focal,
    "focal-softmax": _focal_softmax,
    "kl": _kl,
    "poisson-nll": _poisson,
    "categorical-hinge": _categorical_hinge,
    "multi-margin": _multi_margin,
    "cosine": _cosine,
    "gce": _gce,
    "ctc": _ctc,
    "dice": _soft_dice,
    "tversky": _soft_dice,
}

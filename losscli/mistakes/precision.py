"""precision: Numbers are rounded, or kept away from 0 and 1, on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from losscli.compute.variants import Call
from losscli.declare import Floats
from losscli.mistakes import Variant, mistake
from losscli.mistakes.input import BELOW_ONE, at_labels

ORDER = 1  # as the input's: what is rounded or clipped is the input, so no pair has both
CLIPS = (  # what is added to 0 and taken from 1, whose it is, and the name of the mistake
    (1e-7, "as Keras does", "clip-1e-7"),
    (1e-12, "as older versions of PyTorch and many scripts do", "clip-1e-12"),
    (1e-15, "as scikit-learn did before 1.1", "clip-1e-15"),
    (float(np.finfo(float).eps), "as scikit-learn does in float64", "clip-eps"),
    (float(np.finfo(np.float32).eps), "as scikit-learn does in float32", "clip-eps-float32"),
    *((10.0**-k, "", "clip-other") for k in (1, 2, 3, 4, 5, 6, 8, 9, 10, 16, 20)),
)


def variants(call: Call) -> Iterator[Variant]:
    yield from _clipped(call)
    for variant in _rounded(call):
        yield replace(variant, alone=True)


def _clipped(call: Call) -> Iterator[Variant]:
    """Probabilities kept away from 0 and 1, which bounds the loss of a row."""
    x, first = call.x, call.first
    if call.name == "bce":
        t = call.t
        for eps, whose, name in CLIPS:
            yield _clip(call, call.having(**{first: np.clip(x, eps, 1 - eps)}), eps, whose, name)
            if eps == 1e-7:
                whose = "in float32, as Keras does"
                yield _clip(call, call.having(**{first: np.clip(x, eps, BELOW_ONE)}), eps, whose, name)
            w = 1.0 if call.get("weight") is None else call["weight"]
            added = -w * (t * np.log(x + eps) + (1 - t) * np.log(1 - x + eps))
            yield _clip(call, call.computing(partial(_same, added)), eps, whose, name, "added within the logarithm")
        p, keep = np.clip(x, 1e-7, BELOW_ONE), np.float32
        twice = -(t * np.log((p + 1e-7).astype(keep)) + (1 - t) * np.log((1 - p + 1e-7).astype(keep))).astype(float)
        yield _clip(
            call,
            call.computing(partial(_same, twice)),
            1e-7,
            "and added within the logarithm, as older versions of Keras do",
            "clip-twice",
        )
        return
    if call.name == "nll" and call.by_index:
        log_p = x
    elif call.name == "ce" and call.scale == "logits" and not call.get("label_smoothing"):
        log_p = call.log_softmax
    else:
        return
    for eps, whose, name in CLIPS:
        yield _clip(call, at_labels(call, log_p, partial(_clipped_log, eps, 1 - eps)), eps, whose, name)
        how = "added within the logarithm"
        yield _clip(call, at_labels(call, log_p, partial(_log_of_more, eps)), eps, whose, name, how)
    keras = at_labels(call, log_p, partial(_clipped_log, 1e-7, BELOW_ONE))
    yield _clip(call, keras, 1e-7, "in float32, as Keras does", "clip-1e-7")
    yield _clip(call, at_labels(call, log_p, partial(np.maximum, -100)), 0, "", "clip-100", "")


def _clipped_log(low: float, high: float, log_p: Floats) -> Floats:
    return np.log(np.clip(np.exp(log_p), low, high))


def _log_of_more(eps: float, log_p: Floats) -> Floats:
    return np.log(np.exp(log_p) + eps)


def _clip(call: Call, changed: Call, eps: float, whose: str, name: str, how: str = "clipped") -> Variant:
    what = (
        f"the probabilities clipped to between {eps:g} and 1 - {eps:g}"
        if how == "clipped"
        else f"{eps:g} added to the probabilities within the logarithm"
    )
    if name == "clip-100":
        what = "each logarithm kept above -100, as PyTorch's BCELoss does"
    return mistake(
        name,
        changed,
        what + (f", {whose}" if whose else ""),
        "losscli computes the logarithm of any probability.",
        "compute from logits, which need no clipping.",
        3 if name == "clip-1e-7" else 1 if whose else 0,
        **{call.first: f"clip({call.first}, {eps:g})"},
    )


def _same(a: Floats) -> Floats:
    return a


def _as(dtype: Any, a: Floats) -> Floats:
    return np.asarray(a).astype(dtype).astype(float)


def _one(narrow: Callable[[Floats], Floats], number: float) -> float:
    return float(narrow(np.array([number]))[0])


def bfloat16(a: Floats) -> Floats:
    """Rounded to 8 bits of mantissa, as bfloat16 holds it."""
    bits = np.asarray(a, np.float32).view(np.uint32).astype(np.uint64)
    rounded = (bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) & np.uint64(0xFFFF0000)
    kept: Floats = rounded.astype(np.uint32).view(np.float32).astype(float)
    return np.where(np.isfinite(a), kept, a)


def _rounded(call: Call) -> Iterator[Variant]:
    """Numbers in a narrower type, on the way in and in the result."""
    first = call.first
    if not isinstance(call.x, np.ndarray):
        return
    kinds = (
        ("bfloat16", 8, bfloat16),
        ("float16", 11, partial(_as, np.float16)),
        ("float32", 24, partial(_as, np.float32)),
    )
    for name, bits, narrow in kinds if call.whole else kinds[:2]:
        arrays = {k: narrow(v) for k, v in call.values.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"}
        with np.errstate(all="ignore"):
            rounded = call.having(**arrays)
            what = f"computed in {name}, whose numbers have {bits} bits"
            mend = "compute losses in float32 at least." if name != "float32" else "compute in float64."
            common, changes = ("losscli computes in float64.", mend, 8), {first: f"{name}({first})"}
            yield mistake(name, rounded, what, *common, **changes)
            plain = call.name in ("ce", "perplexity") and call.by_index and not call.get("label_smoothing")
            if call.whole and plain and first == "logits":
                z = narrow(call.x)
                lse = narrow(
                    np.log(narrow(np.exp(narrow(z - z.max(axis=1, keepdims=True))).sum(axis=1, keepdims=True)))
                )
                log_p = narrow(narrow(z - z.max(axis=1, keepdims=True)) - lse)
                yield mistake(name, at_labels(call, log_p), f"{what}, in each step", *common, **changes)
            yield mistake(
                name,
                rounded.in_unit(partial(_one, narrow)),
                f"{what}, in the result",
                *common,
                **changes,
            )

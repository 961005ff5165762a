"""smoothing: Label smoothing is another one than the library's, applied twice, or left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.declare import Floats
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake

ORDER = 5


def variants(call: Call) -> Iterator[Variant]:
    yield from not_given(call)
    e = call.get("label_smoothing")
    if not e or call.classes is None or call.classes < 2 or call.first != "logits":
        return
    classes = call.classes
    counts = call.counts
    y = _labels.one_hot(np.where(counts, call.t, 0), classes) if call.by_index else call.t
    log_p = call.log_softmax
    w = np.ones(classes) if call.get("weight") is None else call["weight"]
    label = np.where(counts, call.t, 0) if call.by_index else None
    divisor = np.where(counts, 1.0 if label is None else w[label], 0.0)

    def on(target: Floats) -> Call:
        return call.computing(lambda: (np.where(counts, -(w * target * log_p).sum(axis=1), 0.0), divisor))

    why = f"The target is (1 - {e:g}) of the label and {e:g} / {classes} for each class, the label's among them."
    ways = (
        (
            "smoothing-k-1",
            y * (1 - e) + (1 - y) * e / (classes - 1),
            f"{e:g} / {classes - 1} on each other class, none of it on the label",
            8,
            "y (1 - e) + (1 - y) e / (C - 1)",
        ),
        (
            "smoothing-unnormalised",
            y * (1 - e / classes) + e / classes,
            "y (1 - e/C) + e/C as the target, which sums to more than 1",
            2,
            "y (1 - e/C) + e/C",
        ),
        (
            "smoothing-unnormalised",
            y * (1 - e) + 1 / classes,
            "(1 - e) y + 1/C as the target, which sums to more than 1",
            2,
            "(1 - e) y + 1/C",
        ),
        (
            "smoothing-unnormalised",
            y * (1 - e) + e,
            "e on each class, not e/C: the logarithms summed over the classes, not averaged",
            2,
            "y (1 - e) + e",
        ),
        ("smoothing-unnormalised", y + e / classes, "y + e/C as the target, which sums to more than 1", 1, "y + e/C"),
        (
            "smoothing-others-only",
            y * (1 - e) + (1 - y) * e / classes,
            "e/C on the other classes only, so that the target sums to less than 1",
            1,
            "y (1 - e) + (1 - y) e/C",
        ),
        (
            "smoothing-label-only",
            y * (1 - e),
            "the label's share reduced to 1 - e, and nothing on the others",
            1,
            "y (1 - e)",
        ),
        (
            "smoothing-twice",
            (y * (1 - e) + e / classes) * (1 - e) + e / classes,
            "labels smoothed by hand and again by the loss",
            4,
            "smoothed twice",
        ),
    )
    for name, target, what, seen, code in ways:
        yield mistake(name, on(target), what, why, "leave the smoothing to the loss.", seen, label_smoothing=code)
    yield mistake(
        "smoothing-ignored",
        call.having(label_smoothing=0.0),
        "label smoothing left out",
        why,
        "give label_smoothing to the loss.",
        3,
        label_smoothing="0",
    )
    unweighted = np.where(counts, -(w * y * log_p).sum(axis=1) * (1 - e) - e * log_p.mean(axis=1), 0.0)
    if call.get("weight") is not None:
        yield mistake(
            "smoothing-unweighted",
            call.computing(lambda: (unweighted, divisor)),
            "class weights on the label's share only, not on the smoothing's",
            "PyTorch weights each class's share by its own weight.",
            "leave the smoothing to the loss.",
            1,
            label_smoothing="unweighted",
        )
        hard = np.where(counts, -(w * y * log_p).sum(axis=1), 0.0)
        spread = np.where(counts, -log_p.mean(axis=1), 0.0)
        label_share = np.where(counts, w[label], 0.0) if label is not None else (w * y).sum(axis=1)
        above = (1 - e) * hard.sum() / divisor.sum() + e * spread.sum() / counts.sum()
        yield mistake(
            "smoothing-unweighted",
            call.reduced(lambda c: Ratio(float(above))),
            "class weights on the label's share only, and the smoothing's share averaged over the rows",
            "PyTorch weights each class's share by its own weight.",
            "leave the smoothing to the loss.",
            1,
            label_smoothing="unweighted, by rows",
        )
        by_label = np.where(counts, (1 - e) * hard + e * label_share * spread, 0.0)
        yield mistake(
            "smoothing-weight-of-label",
            call.computing(lambda: (by_label, divisor)),
            "the weight of the label on the smoothing's share, too",
            "PyTorch weights each class's share by its own weight.",
            "leave the smoothing to the loss.",
            1,
            label_smoothing="weight[label]",
        )


COMMON = (0.1, 0.2, 0.05)  # how much people smooth


def not_given(call: Call) -> Iterator[Variant]:
    """Smoothing where none was asked for."""
    name, t = call.target, call.t
    for e in COMMON if call.whole else COMMON[:1]:
        if call.get("label_smoothing") == 0 and call.classes is not None and call.classes > 1:
            yield mistake(
                "smoothing-added",
                call.having(label_smoothing=e),
                f"label smoothing of {e:g}",
                "None was given.",
                "leave label_smoothing at 0.",
                1,
                label_smoothing=f"{e:g}",
            )
        if call.name in ("bce", "bce-logits", "multilabel-soft-margin"):
            why = "Labels count as they are given."
            yield mistake(
                "smoothing-binary",
                call.having(**{name: t * (1 - e) + e / 2}),
                f"labels smoothed to t (1 - e) + e/2 with e = {e:g}, as Keras does",
                why,
                "smooth the labels in both, or in none.",
                2,
                **{name: "t (1 - e) + e/2"},
            )
            yield mistake(
                "smoothing-smp",
                call.having(**{name: t * (1 - e) + (1 - t) * e}),
                f"labels smoothed to t (1 - e) + e (1 - t) with e = {e:g}, as smp does",
                why,
                "smooth the labels in both, or in none.",
                1,
                **{name: "t (1 - e) + e (1 - t)"},
            )

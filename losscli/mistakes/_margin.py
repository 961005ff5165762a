"""The mistakes in the formulas of margin losses: a function a loss, under its name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli import ops
from losscli.compute.variants import Call
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake, of_rows


def multi_margin(call: Call) -> Iterator[Variant]:
    x, y, m, p = call.x, call.t, call["margin"], call["p"]
    c = call.classes or 1
    own = ops.pick(x, y)[:, None]
    w = np.ones(c) if call.get("weight") is None else call["weight"]
    others = _labels.one_hot(y, c) == 0
    short = np.where(others, np.maximum(0, m - own + x) ** p, 0.0) * w[y][:, None]
    words = "The sum over the other classes is divided by the number of classes."
    yield mistake(
        "multi-margin-no-div-c",
        of_rows(call, short.sum(axis=1)),
        "the sum over the classes, not divided by their number",
        words,
        f"divide by {c}.",
        7,
        logits="sum",
    )
    if c > 1:
        yield mistake(
            "multi-margin-div-c-1",
            of_rows(call, short.sum(axis=1) / (c - 1)),
            f"divided by the {c - 1} other classes",
            words,
            f"divide by {c}.",
            4,
            logits=f"sum / {c - 1}",
        )
    yield mistake(
        "crammer-singer",
        of_rows(call, short.max(axis=1)),
        "the maximum over the other classes (Crammer and Singer; Keras, optax, scikit-learn)",
        words,
        "use `categorical-hinge`.",
        5,
        logits="max",
    )
    yield mistake(
        "crammer-singer",
        of_rows(call, np.maximum(0, 1 - own[:, 0] + np.where(others, x, 0.0).max(axis=1)) * w[y]),
        "the maximum over the other classes and 0, as Keras' CategoricalHinge takes it",
        words,
        "use `categorical-hinge`.",
        3,
        logits="max with 0",
    )
    counted = np.maximum(0, m - own + x) ** p * w[y][:, None]
    yield mistake(
        "multi-margin-own",
        of_rows(call, counted.sum(axis=1) / c),
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


def categorical_hinge(call: Call) -> Iterator[Variant]:
    yield mistake(
        "multi-margin",
        call.as_loss("multi-margin", logits=call.x, labels=call.t),
        "the sum over the other classes, divided by the number of classes (PyTorch's MultiMarginLoss)",
        "This one takes the maximum.",
        "use `multi-margin`.",
        4,
        logits="sum / C",
    )

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims, _curve, _keras


def reference(row: dict[str, Any]) -> dict[str, Any]:
    gamma = mpf(row["gamma"])
    alpha = row["alpha"] or [0.25] * len(row["logits"])

    def weight(lp: Any) -> Any:
        return (1 - mp.exp(lp)) ** gamma

    return _curve.reference(row, lambda lp: -weight(lp) * lp, "(1 - softmax{})^gamma", weight, alpha)


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch

    keras = _keras.losses()
    for shape in [(4,), (1, 3), (5, 3), (6, 4)]:
        rows, classes = shape[:-1], shape[-1]
        q = rng.random(shape)
        for labels in (rng.integers(0, classes, rows), q / q.sum(axis=-1, keepdims=True)):
            for options in ({}, {"gamma": 0.5, "alpha": 1.0}, {"gamma": 0.0, "alpha": rng.random(classes) * 2}):
                arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels, **options}
                hot = torch.tensor(labels if labels.shape == shape else np.eye(classes)[labels])
                gamma = options.get("gamma", 2.0)
                alpha = torch.tensor(np.asarray(options.get("alpha", 0.25)))

                def each(x: Any, hot: Any = hot, alpha: Any = alpha, gamma: Any = gamma) -> Any:
                    return keras.categorical_focal_crossentropy(hot, x, alpha, gamma, from_logits=True)

                yield arguments, _keras.reduced(each)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    keras = _claims.keras()
    for shape in _claims.CLASS_SHAPES:
        z, y = _claims.numbers(rng, *shape, spread=8), rng.integers(0, shape[-1], shape[:-1])
        p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        clipped = np.log(np.clip(p, 1e-7, 1 - 1e-7))
        options: Any = {"gamma": float(rng.integers(0, 3)), "alpha": rng.random(shape[-1]).round(2)}
        loss = keras.losses.CategoricalFocalCrossentropy(from_logits=True, **options)
        arguments = {"logits": clipped, "labels": y, "class_axis": -1, **options}
        yield "Keras", arguments, loss(_claims.one_hot(y, shape[-1]), z)


def test_alpha_of_focal_softmax_is_a_number_or_one_a_class() -> None:
    one = losscli.categorical_focal_cross_entropy([[0.1, 0.2], [1.0, 2.0]], [0, 1], alpha=0.5)
    each = losscli.categorical_focal_cross_entropy([[0.1, 0.2], [1.0, 2.0]], [0, 1], alpha=[0.5, 0.5])
    assert one.value.tolist() == each.value.tolist()
    with pytest.raises(DataError, match="alpha"):
        losscli.categorical_focal_cross_entropy([[0.1, 0.2]], [0], alpha=[1, 2, 3])

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

import losscli
from tests.losses import _claims


def reference(row: dict[str, Any]) -> dict[str, Any]:
    p, t = mpf(row["probs"]), mpf(row["labels"])
    w = 1.0 if row["weight"] is None else row["weight"]
    log_p = max(mp.log(p), mpf(-100)) if p else mpf(-100)
    log_q = max(mp.log(1 - p), mpf(-100)) if p < 1 else mpf(-100)
    steps = {"prob": p, "label": t, "log prob": log_p, "log (1 - prob)": log_q, "weight": w}
    return {"value": -w * (t * log_p + (1 - t) * log_q), "divisor": 1, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (4,), (3, 2), (2, 3, 2)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape) * 2, rng.random(shape[1:]), np.array(0.5)):
                yield golden_case(rng.random(shape), np.asarray(labels), weight)
    extremes = np.array([0.0, 1.0, 0.0, 1.0, 1e-50, 1e-300])
    yield golden_case(extremes, np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0]), None)
    yield golden_case(np.zeros(0), np.zeros(0), None)
    yield golden_case(rng.random((2, 3)), rng.random((2, 3)), rng.normal(0, 1, (2, 3)))


def golden_case(probs: Any, labels: Any, weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"probs": probs, "labels": labels} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(labels)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.binary_cross_entropy(x, t, w, reduction=reduction)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics import log_loss

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        p, t = _claims.shares(rng, *shape), _claims.shares(rng, *shape)
        yield "PyTorch", {"probs": p, "labels": t}, torch.nn.BCELoss()(torch.tensor(p), torch.tensor(t))
        clipped = np.clip(p, 1e-7, 1 - 1e-7)
        yield "Keras", {"probs": clipped, "labels": t}, keras.losses.BinaryCrossentropy()(t, p)
        inner, hard = np.clip(p, 0.01, 0.99), np.rint(t)
        yield "sklearn", {"probs": inner, "labels": hard}, log_loss(hard.ravel(), inner.ravel(), labels=[0, 1])
        arguments = {"probs": inner, "labels": t, "reduction": "none"}
        yield "optax", arguments, optax.losses.sigmoid_binary_cross_entropy(np.log(inner / (1 - inner)), t)


def test_the_gradient_of_bce_keeps_a_floor_under_its_divisor() -> None:
    gradient = losscli.binary_cross_entropy([0.0, 1.0], [1.0, 0.0], reduction="sum").gradient()
    np.testing.assert_allclose(gradient, [-1e12, 1e12])

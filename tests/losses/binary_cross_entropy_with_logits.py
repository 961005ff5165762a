from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims
from tests.strategies import ORDINARY, REALS, SHARES, arrays


def softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(x))


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = {
        "logits": draw(arrays(float, rows, elements=ORDINARY if tame else REALS)),
        "labels": draw(arrays(float, rows, elements=SHARES)),
    }
    for name in ("weight", "pos_weight"):
        if draw(st.booleans()):
            shape = draw(st.sampled_from([rows, rows[1:], ()]))
            values[name] = draw(arrays(float, shape, elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t = mpf(row["logits"]), mpf(row["labels"])
    w = 1.0 if row["weight"] is None else row["weight"]
    pw = 1.0 if row["pos_weight"] is None else row["pos_weight"]
    steps = {
        "logit": x,
        "label": t,
        "sigmoid": 1 / (1 + mp.exp(-x)),
        "log sigmoid": -softplus(-x),
        "log (1 - sigmoid)": -softplus(x),
        "pos weight": pw,
        "weight": w,
    }
    value = w * (pw * t * softplus(-x) + (1 - t) * softplus(x))
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape[1:])):
                for pos_weight in (None, rng.random(shape[-1:]) * 3, np.array(3.0)):
                    yield golden_case(rng.normal(0, 5, shape), np.asarray(labels), weight, pos_weight)
    yield golden_case(np.array([1000.0, -1000.0, 40.0, -40.0]), np.array([0.0, 1.0, 1.0, 0.0]), None, None)
    yield golden_case(np.array([1.0, -2.0]), np.array([2.0, -1.0]), None, None)
    yield golden_case(np.array([np.inf, np.nan]), np.array([0.0, 0.0]), None, None)
    yield golden_case(rng.normal(0, 5, (2, 3)), rng.random((2, 3)), rng.normal(0, 1, (2, 1)), rng.normal(0, 1, 3))


def golden_case(logits: Any, labels: Any, weight: Any, pos_weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"logits": logits, "labels": labels}
    arguments |= {} if weight is None else {"weight": weight}
    arguments |= {} if pos_weight is None else {"pos_weight": pos_weight}
    t = torch.tensor(labels)
    w = None if weight is None else torch.tensor(weight)
    pw = None if pos_weight is None else torch.tensor(pos_weight)
    return arguments, lambda x, reduction: F.binary_cross_entropy_with_logits(
        x, t, w, reduction=reduction, pos_weight=pw
    )


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape, spread=20), _claims.shares(rng, *shape)
        arguments = {"logits": x, "labels": t}
        yield "PyTorch", arguments, torch.nn.BCEWithLogitsLoss()(torch.tensor(x), torch.tensor(t))
        yield "Keras", arguments, keras.losses.BinaryCrossentropy(from_logits=True)(t, x)
        yield "optax", arguments | {"reduction": "none"}, optax.losses.sigmoid_binary_cross_entropy(x, t)


def test_a_class_without_share_in_the_target_adds_nothing_where_pytorch_has_nan() -> None:
    assert losscli.binary_cross_entropy_with_logits([np.inf, -np.inf], [1.0, 0.0]).value.tolist() == [0.0, 0.0]
    with pytest.warns(LosscliWarning, match="is inf"):
        assert losscli.binary_cross_entropy_with_logits([-np.inf], [1.0]).value.tolist() == [np.inf]

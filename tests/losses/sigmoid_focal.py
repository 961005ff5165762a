from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import UsageError
from tests.losses import _claims, _keras
from tests.losses.binary_cross_entropy_with_logits import softplus
from tests.strategies import ORDINARY, REALS, SHARES, arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = {
        "logits": draw(arrays(float, rows, elements=ORDINARY if tame else REALS)),
        "labels": draw(arrays(float, rows, elements=SHARES)),
    }
    if draw(st.booleans()):
        values["alpha"] = draw(st.sampled_from([-1.0, 0.0, 0.25, 0.7, 1.0]))
    if draw(st.booleans()):
        values["gamma"] = draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.7]))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t, alpha, gamma = (mpf(row[name]) for name in ("logits", "labels", "alpha", "gamma"))
    p = 1 / (1 + mp.exp(-x))
    miss = 1 - p * t - (1 - p) * (1 - t)
    ce = t * softplus(-x) + (1 - t) * softplus(x)
    balance = alpha * t + (1 - alpha) * (1 - t) if alpha >= 0 else mpf(1)
    steps = {
        "logit": x,
        "label": t,
        "sigmoid": p,
        "1 - p_t": miss,
        "(1 - p_t)^gamma": miss**gamma,
        "cross entropy": ce,
        "alpha_t": balance,
    }
    return {"value": balance * miss**gamma * ce, "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """torchvision's formula, written out: its wheels follow PyTorch's own releases and are not always there."""
    import torch
    from torch.nn import functional as F

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for options in ({}, {"alpha": -1.0}, {"alpha": 0.6, "gamma": 0.5}, {"gamma": 0.0}):
                arguments = {"logits": rng.normal(0, 4, shape), "labels": np.asarray(labels), **options}
                alpha, gamma = options.get("alpha", 0.25), options.get("gamma", 2.0)
                t = torch.tensor(np.asarray(labels))

                def each(x: Any, t: Any = t, alpha: float = alpha, gamma: float = gamma) -> Any:
                    p = torch.sigmoid(x)
                    ce = F.binary_cross_entropy_with_logits(x, t, reduction="none")
                    loss = ce * (1 - (p * t + (1 - p) * (1 - t))) ** gamma
                    return (alpha * t + (1 - alpha) * (1 - t)) * loss if alpha >= 0 else loss

                yield arguments, _keras.reduced(each)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from torch.nn import functional as F

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape, spread=8), _claims.shares(rng, *shape)
        given = {"logits": x, "labels": t}
        loss = keras.losses.BinaryFocalCrossentropy(from_logits=True, apply_class_balancing=True)
        within = np.clip(x, np.log(1e-7), -np.log(1e-7))
        yield "Keras", given | {"logits": within, "labels": np.rint(t)}, loss(np.rint(t), x)
        yield "optax", given | {"reduction": "none"}, optax.losses.sigmoid_focal_loss(x, t, alpha=0.25)
        z, y = torch.tensor(x), torch.tensor(t)
        p = z.sigmoid()
        p_t, alpha_t = p * y + (1 - p) * (1 - y), 0.25 * y + 0.75 * (1 - y)
        each = alpha_t * (1 - p_t) ** 2 * F.binary_cross_entropy_with_logits(z, y, reduction="none")
        yield "torchvision", given | {"reduction": "none"}, each


def test_focal_takes_an_alpha_between_0_and_1_or_none() -> None:
    assert losscli.sigmoid_focal([0.3], [1], alpha=-1).mean == pytest.approx(
        losscli.sigmoid_focal([0.3], [1], alpha=0.25).mean / 0.25
    )
    with pytest.raises(UsageError, match="alpha"):
        losscli.sigmoid_focal([0.3], [1], alpha=-0.5)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

import losscli
from tests.losses import _claims
from tests.losses.binary_cross_entropy_with_logits import softplus


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = mpf(row["logits"]), row["labels"]
    steps = {"logit": x, "label": y, "y x": y * x, "sigmoid(y x)": 1 / (1 + mp.exp(-y * x))}
    return {"value": softplus(-y * x), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(), (4,), (3, 2), (2, 3, 2), (50,)]:
        for scale in (1, 30):
            labels = np.asarray(rng.choice([-1.0, 1.0], shape))

            def function(x: Any, reduction: str, labels: Any = labels) -> Any:
                return F.soft_margin_loss(x, torch.tensor(labels), reduction=reduction)

            # PyTorch computes log(1 + exp(-y x)): small losses have lost their digits there
            yield {"logits": np.asarray(rng.normal(0, scale, shape)), "labels": labels}, function
    labels = np.array([0.0, 0.5, -2.0, 1.0])

    def with_any_label(x: Any, reduction: str) -> Any:
        return F.soft_margin_loss(x, torch.tensor(labels), reduction=reduction)

    yield {"logits": np.array([0.25, 2.0, 1.0, 0.5]), "labels": labels}, with_any_label


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    optax = _claims.optax()
    for shape in _claims.SHAPES:
        x, y = _claims.numbers(rng, *shape, spread=20), rng.choice([-1.0, 1.0], shape)
        given = {"logits": x, "labels": y}
        yield "PyTorch", given, torch.nn.SoftMarginLoss()(torch.tensor(x), torch.tensor(y))
        yield "optax", given | {"reduction": "none"}, optax.losses.sigmoid_binary_cross_entropy(x, (y + 1) / 2)


def test_soft_margin_stays_finite_where_pytorch_overflows() -> None:
    assert losscli.soft_margin([-800.0, 1e300], [1, -1]).value.tolist() == [800.0, 1e300]

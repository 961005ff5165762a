from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _claims
from tests.strategies import ORDINARY, REALS, SIGNS, arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    x = draw(arrays(float, rows, elements=ORDINARY if tame else REALS))
    margin = draw(st.sampled_from([1.0, 0.0625, 3.0]))
    if tame:
        assume((np.abs(margin - x) > 1e-3).all())
    return {"input": x, "labels": draw(arrays(float, rows, elements=SIGNS)), "margin": margin}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y, margin = (mpf(row[name]) for name in ("input", "labels", "margin"))
    steps = {"input": x, "label": y, "m - x": margin - x}
    return {"value": x if y > 0 else max(mpf(0), margin - x), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for margin in (1.0, 0.5, 3.0):
            labels, x = np.asarray(rng.choice([-1.0, 1.0], shape)), np.asarray(rng.normal(0, 2, shape))
            if shape == (4,):
                x[:2] = margin  # the corner

            def function(x: Any, reduction: str, y: Any = labels, margin: float = margin) -> Any:
                return F.hinge_embedding_loss(x, torch.tensor(y), margin=margin, reduction=reduction)

            yield {"input": x, "labels": labels, "margin": margin}, function
    labels = np.array([0.0, 0.5, -2.0, np.nan, 1.0, -1.0])

    def with_any_label(x: Any, reduction: str) -> Any:
        return F.hinge_embedding_loss(x, torch.tensor(labels), reduction=reduction)

    yield {"input": np.array([0.25, 2.0, 1.0, 0.5, -1.0, 0.5]), "labels": labels}, with_any_label


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for shape in _claims.SHAPES:
        x, y = _claims.numbers(rng, *shape), rng.choice([-1.0, 1.0], shape)
        loss = torch.nn.HingeEmbeddingLoss()(torch.tensor(x), torch.tensor(y))
        yield "PyTorch", {"input": x, "labels": y}, loss

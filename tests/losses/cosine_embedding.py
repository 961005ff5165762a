from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _claims, cosine_distance
from tests.strategies import SIGNS, arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = {n: v for n, v in cosine_distance.arguments(draw, rows, tame).items() if n != "eps"}
    values["labels"] = draw(arrays(float, rows, elements=SIGNS))
    values["margin"] = draw(st.sampled_from([0.0, 0.5, -0.3]))
    if tame:  # no corner
        pairs = zip(*(values[n].reshape(-1, values[n].shape[-1]).tolist() for n in ("input1", "input2")), strict=True)
        assume(all(abs(float(cosine_distance.exact(x, y)[0]) - values["margin"]) > 1e-3 for x, y in pairs))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = row["input1"], row["input2"]
    cosine, norm1, norm2 = cosine_distance.exact(x, y, 9.999999960041972e-13)  # 1e-12 in float32
    steps = {
        "x1": x,
        "x2": y,
        "x1 x2": [mpf(a) * b for a, b in zip(x, y, strict=True)],
        "label": row["labels"],
        "|x1|": norm1,
        "|x2|": norm2,
        "cosine": cosine,
    }
    expected = {"divisor": 1, "counts": True, "steps": steps, "step size": 1}
    if row["labels"] > 0:
        return expected | {"value": 1 - cosine}
    # what is left of products, or of a cosine and a margin, that cancel
    return expected | {"value": max(mpf(0), cosine - mpf(row["margin"])), "size": 1}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(3,), (4, 1), (1, 3), (4, 5), (5, 40)]:
        for scale in (1e-6, 0.1, 10):
            for margin in (0.0, 0.5, -0.5):
                input1, input2 = rng.normal(0, scale, shape), rng.normal(0, 1, shape)
                if shape == (4, 5):
                    input1[:2] = 0
                labels = np.asarray(rng.choice([-1.0, 1.0], shape[:-1]))
                other, y = torch.tensor(input2), torch.tensor(labels)

                def function(x: Any, reduction: str, other: Any = other, y: Any = y, margin: float = margin) -> Any:
                    return F.cosine_embedding_loss(x, other, y, margin=margin, reduction=reduction)

                yield {"input1": input1, "input2": input2, "labels": labels, "margin": margin}, function
    for shape1, shape2, margin in [
        ((5, 3), (5, 3), -2.0),
        ((5, 3), (5, 3), 1.5),
        ((1, 3), (5, 3), 0.0),
    ]:
        input1, input2, labels = (
            rng.normal(0, 1, shape1),
            rng.normal(0, 1, shape2),
            np.array([1.0, -1.0, 0.0, 0.5, -1.0]),
        )
        other, y = torch.tensor(input2), torch.tensor(labels)

        def with_any_label(x: Any, reduction: str, other: Any = other, y: Any = y, margin: float = margin) -> Any:
            return F.cosine_embedding_loss(x, other, y, margin=margin, reduction=reduction)

        yield {"input1": input1, "input2": input2, "labels": labels, "margin": margin}, with_any_label


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for shape in [(1, 3), (4, 1), (3, 4), (5, 2), (2, 6)]:
        a, b, y = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape), rng.choice([-1.0, 1.0], shape[0])
        loss = torch.nn.CosineEmbeddingLoss()(torch.tensor(a), torch.tensor(b), torch.tensor(y))
        yield "PyTorch", {"input1": a, "input2": b, "labels": y}, loss

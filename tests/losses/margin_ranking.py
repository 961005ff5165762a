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
    elements = ORDINARY if tame else REALS
    input1, input2 = (draw(arrays(float, rows, elements=elements)) for _ in range(2))
    margin = draw(st.sampled_from([0.0, 0.0625, 3.0, -1.0]))
    labels = draw(arrays(float, draw(st.sampled_from([rows, ()])), elements=SIGNS))
    if tame:
        assume((np.abs(margin - labels * (input1 - input2)) > 1e-3).all())
    return {"input1": input1, "input2": input2, "labels": labels, "margin": margin}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    a, b, y, margin = (mpf(row[name]) for name in ("input1", "input2", "labels", "margin"))
    short = margin - y * (a - b)
    steps = {"input1": a, "input2": b, "label": y, "x1 - x2": a - b, "m - y (x1 - x2)": short}
    return {"value": max(mpf(0), short), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for margin in (0.0, 0.5, -1.0):
            for labels in (np.asarray(rng.choice([-1.0, 1.0], shape)), np.asarray(-1.0)):
                input1, input2 = (np.asarray(rng.normal(0, 1, shape)) for _ in range(2))
                if shape == (4,):
                    input2[:2] = input1[:2]  # the corner
                arguments = {"input1": input1, "input2": input2, "labels": labels, "margin": margin}
                other, y = torch.tensor(input2), torch.tensor(np.broadcast_to(labels, shape).copy())

                def function(x: Any, reduction: str, other: Any = other, y: Any = y, margin: float = margin) -> Any:
                    return F.margin_ranking_loss(x, other, y, margin=margin, reduction=reduction)

                yield arguments, function
    for shape1, shape2 in [((3,), (3,)), ((2, 1), (1, 3)), ((1, 3), (2, 3))]:
        input1, input2, labels = rng.normal(0, 1, shape1), rng.normal(0, 1, shape2), rng.normal(0, 2, shape2)
        other, y = torch.tensor(input2), torch.tensor(labels)

        def with_any_label(x: Any, reduction: str, other: Any = other, y: Any = y) -> Any:
            return F.margin_ranking_loss(x, other, y, margin=0.5, reduction=reduction)

        yield {"input1": input1, "input2": input2, "labels": labels, "margin": 0.5}, with_any_label


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for shape in _claims.SHAPES:
        a, b, y = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape), rng.choice([-1.0, 1.0], shape)
        loss = torch.nn.MarginRankingLoss()(torch.tensor(a), torch.tensor(b), torch.tensor(y))
        yield "PyTorch", {"input1": a, "input2": b, "labels": y}, loss

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.losses._predictions import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    epsilon = draw(st.sampled_from([0.5, 1.0, 3.0] if tame else [1e-300, 1e-12, 1e-3, 1.0, 1e300]))
    return inputs(draw, rows, tame, ()) | {"epsilon": epsilon}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    with mp.workdps(700):
        e, epsilon = mpf(row["input"]) - mpf(row["target"]), mpf(row["epsilon"])
        value = mp.sqrt(e**2 + epsilon**2)
    steps = {"input": row["input"], "target": row["target"], "error": e}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """No library of the kind defines it: the published formula in PyTorch's operations."""
    for shape in GOLDEN_SHAPES:
        for epsilon in (1e-3, 0.1, 1.0, 5.0):
            yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), epsilon)
    yield golden_case(np.array([0.0, 1e100, -1e100, np.inf, np.nan]), np.zeros(5), 1e-3, "grad mean", "grad sum")


def golden_case(input: Any, target: Any, epsilon: float, *left_out: str) -> Any:
    import torch

    t = torch.tensor(target)

    def function(x: Any, reduction: str) -> Any:
        loss = torch.sqrt((x - t) ** 2 + epsilon**2)
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return {"input": input, "target": target, "epsilon": epsilon}, function, *left_out


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from kornia.losses import charbonnier_loss

    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        arguments = {"input": x, "target": t, "epsilon": 1.0, "reduction": "none"}
        yield "Kornia", arguments, charbonnier_loss(torch.tensor(x), torch.tensor(t)) + 1

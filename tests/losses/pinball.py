from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _claims
from tests.losses._predictions import inputs
from tests.losses._sklearn import elementwise


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    quantile = draw(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 1.0])))
    return inputs(draw, rows, tame) | {"quantile": quantile}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, q = mpf(row["target"]) - mpf(row["input"]), mpf(row["quantile"])
    steps = {"input": row["input"], "target": row["target"], "target - input": e, "factor": q if e >= 0 else 1 - q}
    return {"value": max(q * e, (q - 1) * e), "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "sklearn"
GOLDEN_REDUCTIONS = ("none", "mean")
GOLDEN_SHAPES = [(5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for quantile in (0.0, 0.1, 0.5, 0.9, 1.0):
            yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), quantile)
    yield golden_case(np.array([0.0, 1.0, 1e100]), np.array([0.0, 1.0, -1e-100]), 0.25)


def golden_case(input: Any, target: Any, quantile: float) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_pinball_loss

    return {"input": input, "target": target, "quantile": quantile}, elementwise(
        lambda t, x: mean_pinball_loss(t, x, alpha=quantile), target
    )


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import mean_pinball_loss

    for shape in [(1,), (4,), (3, 2), (2, 3), (8,)]:
        x, t, q = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape), float(_claims.shares(rng))
        yield "sklearn", {"input": x, "target": t, "quantile": q}, mean_pinball_loss(t, x, alpha=q)

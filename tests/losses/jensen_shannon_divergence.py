from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Distributions apart, close and equal, with classes that have no share in one or both."""
    shape = (*rows, draw(st.integers(1, 5)))
    p = draw(arrays(float, shape, elements=st.floats(0.125, 1, width=32)))
    distance = draw(st.sampled_from([1e-9, 1e-3, 0.5]))
    t = p * (1 + distance * draw(arrays(float, shape, elements=st.floats(-1, 1, width=32))))
    p, t = (a / a.sum(axis=-1, keepdims=True) for a in (p, t))
    if not tame and shape[-1] > 1:
        small = draw(st.sampled_from([0.0, 1e-300, 1e-10]))
        p[..., 0][draw(arrays(bool, rows))] *= small
        t[..., 0][draw(arrays(bool, rows))] *= small
        p, t = (a / a.sum(axis=-1, keepdims=True) for a in (p, t))
    return {"probs": np.asarray(p), "target": np.asarray(t)}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    p, t = [mpf(x) for x in row["probs"]], [mpf(x) for x in row["target"]]
    m = [(a + b) / 2 for a, b in zip(p, t, strict=True)]
    of_p = [a * mp.log(a / c) if a else mpf(0) for a, c in zip(p, m, strict=True)]
    of_t = [b * mp.log(b / c) if b else mpf(0) for b, c in zip(t, m, strict=True)]
    loss = [(a + b) / 2 for a, b in zip(of_p, of_t, strict=True)]
    steps = {"prob": p, "target prob": t, "mixture": m, "p log(p/m)": of_p, "t log(t/m)": of_t, "loss": loss}
    return {"value": mp.fsum(loss), "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "scipy"
GOLDEN_SHAPES = [(4,), (3, 2), (6, 5), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for power in (1, 10):
            yield golden_case(*(distribution(rng.random(shape) ** power) for _ in range(2)))
    yield golden_case(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.5, 0.5], [0.25, 0.75]]))


def golden_case(probs: Any, target: Any) -> tuple[dict[str, Any], Any]:
    from scipy.spatial.distance import jensenshannon

    def function(p: Any, reduction: str) -> Any:
        loss = jensenshannon(p, target, axis=0 if p.ndim == 1 else 1) ** 2
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return {"probs": probs, "target": target}, function


def distribution(a: Any) -> Any:
    return a / a.sum(axis=0 if a.ndim == 1 else 1, keepdims=True)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from scipy.spatial.distance import jensenshannon

    for shape in [(3,), (1, 2), (4, 3), (2, 5), (2, 2, 3)]:
        p, t = _claims.distributions(rng, *shape), _claims.distributions(rng, *shape)
        scaled = p * rng.integers(1, 9, (*shape[:-1], 1))
        arguments = {"probs": p, "target": t, "class_axis": -1, "reduction": "none"}
        yield "SciPy", arguments, jensenshannon(scaled, t, axis=-1) ** 2

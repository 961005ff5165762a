from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims, _keras
from tests.strategies import ORDINARY, REALS, arrays

CLEAR = st.floats(1, 3, width=16)  # in one place of each vector: it is no vector of zeros, whatever is rounded


def vectors(draw: Any, rows: tuple[int, ...], tame: bool, count: int) -> list[Any]:
    """Some arrays of vectors; a later one may be parallel to the first, or nearly."""
    shape = (*rows, draw(st.integers(1, 5)))
    found: list[Any] = []
    for _ in range(count):
        x = draw(arrays(float, shape, elements=ORDINARY if tame else REALS))
        if found and not tame and draw(st.booleans()):
            x = found[0] * draw(st.sampled_from([1.0, 3.0, -0.1, 1e-5])) + draw(st.sampled_from([0.0, 1e-12, 1e-4])) * x
        x[..., 0] = draw(arrays(float, rows, elements=CLEAR))
        found.append(x)
    return found


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    input1, input2 = vectors(draw, rows, tame, 2)
    if not tame:
        size = draw(st.sampled_from([1.0, 2.0**-600, 2.0**600]))
        input1, input2 = input1 * size, input2 * draw(st.sampled_from([1.0, size]))
    values = {"input1": input1, "input2": input2}
    if not tame and draw(st.booleans()):
        values["eps"] = draw(st.sampled_from([0.0, 0.5, 1e-12]))
    return values


def exact(x: list[float], y: list[float], eps: float = 0.0) -> tuple[Any, Any, Any]:
    """The cosine and the two norms."""
    a, b = [mpf(v) for v in x], [mpf(v) for v in y]
    dot = mp.fsum(p * q for p, q in zip(a, b, strict=True))
    norms = [mp.sqrt(mp.fsum(v * v for v in vector)) for vector in (a, b)]
    below = mp.fprod(mp.sqrt(n * n + mpf(eps)) for n in norms)
    return dot / below if below else mpf(0), *norms


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = row["input1"], row["input2"]
    cosine, norm1, norm2 = exact(x, y)
    cosine *= mp.fprod(min(1, n / row["eps"]) if row["eps"] else 1 for n in (norm1, norm2))
    steps = {
        "x1": x,
        "x2": y,
        "x1 x2": [mpf(a) * b for a, b in zip(x, y, strict=True)],
        "x1^2": [mpf(a) ** 2 for a in x],
        "x2^2": [mpf(b) ** 2 for b in y],
        "|x1|": norm1,
        "|x2|": norm2,
        "cosine": cosine,
    }
    # a cosine near 0 is what is left of products that cancel; the loss is near 1 there
    return {"value": 1 - cosine, "divisor": 1, "counts": True, "steps": steps, "step size": 1}


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """PyTorch's cosine similarity, which can be differentiated; scikit-learn's cosine distance is 1 minus the same."""
    import torch
    from torch.nn import functional as F

    for shape in [(3,), (4, 1), (1, 3), (4, 5), (2, 3, 4), (5, 40)]:
        for scale in (0.1, 10):
            input1, input2 = rng.normal(0, scale, shape), rng.normal(0, 1, shape)

            def each(x: Any, other: Any = input2) -> Any:
                return 1 - F.cosine_similarity(x, torch.tensor(other), dim=-1)

            yield {"input1": input1, "input2": input2}, _keras.reduced(each)
    nought = np.array([[0.0, 0.0], [1.0, 2.0]])

    def of_zeros(x: Any) -> Any:
        return 1 - F.cosine_similarity(x, torch.tensor(nought[::-1].copy()), dim=-1)

    yield {"input1": nought, "input2": nought[::-1]}, _keras.reduced(of_zeros)
    for shape1, shape2, eps in [
        ((3,), (3,), 2.0),
        ((4, 3), (4, 3), 1.0),
        ((1, 3), (4, 3), 0.5),
        ((4, 1), (4, 3), 1e-8),
    ]:
        input1, input2 = rng.normal(0, 0.5, shape1), rng.normal(0, 0.5, shape2)

        def short(x: Any, other: Any = input2, eps: float = eps) -> Any:
            return 1 - F.cosine_similarity(x, torch.tensor(other), dim=-1, eps=eps)

        yield {"input1": input1, "input2": input2, "eps": eps}, _keras.reduced(short)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics.pairwise import cosine_distances

    keras, optax = _claims.keras(), _claims.optax()
    for shape in [(1, 3), (4, 1), (3, 4), (2, 3, 2), (4, 5)]:
        a, b = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        if shape == (4, 5):
            a[0] = 0
        arguments = {"input1": a, "input2": b}
        each = arguments | {"reduction": "none"}
        yield "PyTorch", each, 1 - torch.nn.CosineSimilarity(dim=-1)(torch.tensor(a), torch.tensor(b))
        yield "Keras", arguments, keras.losses.CosineSimilarity()(b, a) + 1
        if a[0].any():
            yield "optax", each, optax.losses.cosine_distance(a, b)
        if len(shape) == 2:
            yield "sklearn", each, cosine_distances(a, b).diagonal()


def test_a_vector_of_zeros_has_no_direction() -> None:
    with pytest.warns(LosscliWarning, match="input2 has a vector of zeros"):
        result = losscli.cosine_distance([[1.0, 2.0]], [[0.0, 0.0]])
    assert result.value.tolist() == [1.0]
    assert result.gradient().tolist() == [[0.0, 0.0]]


def test_the_cosine_distance_of_nearly_parallel_vectors_keeps_its_digits() -> None:
    found = losscli.cosine_distance(
        [[1.0, 0.0], [1.0, 0.0], [1e-300, 0.0]], [[1.0, 1e-9], [1e200, 1e100], [2.0, 1e-9]], eps=0
    )
    np.testing.assert_allclose(found.value, [5e-19, 5e-201, 1.25e-19], rtol=1e-15)

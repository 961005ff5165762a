from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from tests.losses import _claims, cross_entropy
from tests.strategies import arrays

EIGHTHS = st.integers(-64, 64).map(lambda n: n / 8)  # their products and sums are exact: the logits have no rounding


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    dimensions, classes = (
        draw(st.integers(1, 4)),
        draw(st.sampled_from([1, 2, 3, 5])),
    )  # no 4 classes: see test_laws._tall

    def eighths(*shape: int) -> Any:
        return draw(arrays(float, shape, elements=EIGHTHS))

    labels = draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    values = {
        "hidden": eighths(*rows, dimensions),
        "linear_weight": eighths(classes, dimensions),
        "labels": np.where(draw(arrays(np.bool_, rows)), -100, labels),
    }
    if draw(st.booleans()):
        values["linear_bias"] = eighths(classes)
    if draw(st.booleans()):
        values["weight"] = draw(arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    if draw(st.booleans()):
        values["label_smoothing"] = draw(st.sampled_from([0.1, 0.5, 1.0]))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    bias = [b for (b,) in row["linear_bias"] or [[0.0]] * len(row["linear_weight"])]
    logits = [
        mp.fsum(mpf(a) * mpf(b) for a, b in zip(row["hidden"], w, strict=True)) + b
        for w, b in zip(row["linear_weight"], bias, strict=True)
    ]
    return cross_entropy.reference(row | {"logits": logits})


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(4,), (1, 3), (5, 3), (6, 8)]:
        classes = int(rng.integers(2, 6))
        for weighted in (False, True):
            for more in ({}, {"linear_bias": rng.normal(0, 1, classes)}, {"label_smoothing": 0.1}):
                labels = rng.integers(0, classes, shape[:-1])
                labels = np.where(rng.random(labels.shape) < 0.2, -100, labels)
                arguments: dict[str, Any] = {
                    "hidden": rng.normal(0, 1, shape),
                    "linear_weight": rng.normal(0, 1, (classes, shape[-1])),
                    "labels": labels,
                    **more,
                }
                arguments |= {"weight": rng.random(classes) + 0.1} if weighted else {}
                given = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}
                matrix, target = given.pop("linear_weight"), torch.tensor(labels)
                del given["hidden"], given["labels"]

                def function(
                    x: Any, reduction: str, matrix: Any = matrix, target: Any = target, given: Any = given
                ) -> Any:
                    return F.linear_cross_entropy(x, matrix, target, reduction=reduction, **given)

                # where all rows are ignored the mean is NaN for both, but PyTorch's gradient is too
                yield arguments, function
    cases: list[tuple[Any, Any, Any]] = [
        ((3,), (4, 3), rng.random(4)),
        ((5, 3), (4, 3), rng.random((5, 4))),
        ((5, 3), (4, 2, 3), rng.integers(0, 4, (5, 2))),
        ((5, 3), (4, 2, 6, 3), rng.integers(0, 4, (5, 2, 6))),
        ((5, 3), (4, 2, 6, 3), rng.random((5, 4, 2, 6))),
    ]
    for hidden, weight, target in cases:
        matrix, bias = rng.normal(0, 1, weight), rng.normal(0, 1, weight[:-1])
        arguments = {"hidden": rng.normal(0, 1, hidden), "linear_weight": matrix, "labels": target, "linear_bias": bias}
        m, b, y = torch.tensor(matrix), torch.tensor(bias), torch.tensor(target)

        def of_places(x: Any, reduction: str, m: Any = m, b: Any = b, y: Any = y) -> Any:
            return F.linear_cross_entropy(x, m, y, linear_bias=b, reduction=reduction)

        yield arguments, of_places


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for rows, d, classes in ((1, 2, 3), (4, 3, 2), (3, 2, 4), (2, 4, 3), (5, 1, 2)):
        h, y = _claims.numbers(rng, rows, d), rng.integers(0, classes, rows)
        w, b = _claims.numbers(rng, classes, d), _claims.numbers(rng, classes)
        loss = torch.nn.LinearCrossEntropyLoss(d, classes, bias=True)
        loss.linear.load_state_dict({"weight": torch.tensor(w), "bias": torch.tensor(b)})
        arguments = {"hidden": h, "linear_weight": w, "linear_bias": b, "labels": y}
        yield "PyTorch", arguments, loss(torch.tensor(h), torch.tensor(y)).detach()


def test_the_gradient_of_cross_entropy_behind_a_layer_is_that_of_the_hidden_vectors() -> None:
    hidden, matrix = np.array([[0.5, -1.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    gradient = losscli.linear_cross_entropy(hidden, matrix, [2]).gradient()
    np.testing.assert_allclose(gradient, losscli.cross_entropy(hidden @ matrix.T, [2]).gradient() @ matrix)

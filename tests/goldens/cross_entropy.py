from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(5,), (1, 4), (3, 2), (6, 5), (2, 3, 4), (2, 4, 3, 2), (2, 3, 2, 2, 2)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for weighted in (False, True):
            for smoothing in (0.0, 0.1, 1.0):
                for ignore in (None, 1, -7):
                    yield by_index(rng, shape, weighted, smoothing, ignore)
                yield by_probability(rng, shape, weighted, smoothing)
    yield from non_finite()


def by_index(rng: Any, shape: Any, weighted: bool, smoothing: float, ignore: int | None) -> tuple[dict[str, Any], Any]:
    classes = shape[0] if len(shape) == 1 else shape[1]
    rows = () if len(shape) == 1 else (shape[0], *shape[2:])
    labels = rng.integers(0, classes, rows)
    if ignore is not None and ignore < 0:
        labels = np.where(rng.random(rows) < 0.3, ignore, labels)
    return case(rng, shape, labels, weighted, smoothing, ignore, classes)


def by_probability(rng: Any, shape: Any, weighted: bool, smoothing: float) -> tuple[dict[str, Any], Any]:
    axis = 0 if len(shape) == 1 else 1
    q = rng.random(shape)
    return case(rng, shape, q / q.sum(axis=axis, keepdims=True), weighted, smoothing, None, shape[axis])


def case(
    rng: Any, shape: Any, labels: Any, weighted: bool, smoothing: float, ignore: int | None, classes: int
) -> tuple[dict[str, Any], Any]:
    arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels}
    if weighted:
        arguments["weight"] = rng.random(classes) * 3
    if smoothing:
        arguments["label_smoothing"] = smoothing
    if ignore is not None:
        arguments["ignore_index"] = ignore
    return arguments, torch_function(arguments)


def torch_function(arguments: dict[str, Any]) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    target = torch.tensor(arguments["labels"])
    weight = torch.tensor(arguments["weight"]) if "weight" in arguments else None

    def function(x: Any, reduction: str) -> Any:
        return F.cross_entropy(
            x,
            target,
            weight,
            ignore_index=arguments.get("ignore_index", -100),
            label_smoothing=arguments.get("label_smoothing", 0.0),
            reduction=reduction,
        )

    return function


def non_finite() -> Iterator[Any]:
    inf, nan = np.inf, np.nan
    rows: list[tuple[Any, Any, dict[str, Any]]] = [
        ([[1.0, -inf, 0.0]], [0], {}),
        ([[1.0, -inf, 0.0]], [1], {}),
        ([[-inf, -inf]], [0], {}),
        ([[inf, 0.0]], [0], {}),
        ([[inf, 0.0]], [1], {}),
        ([[nan, 0.0]], [1], {}),
        ([[nan, 0.0], [1.0, 2.0]], [-100, 1], {}),
        ([[inf, 0.0], [1.0, 2.0]], [-100, 1], {"label_smoothing": 0.1}),
        ([[1.0, 2.0]], [-100], {}),
        ([[1.0, 2.0]], [-100], {"weight": np.array([1.0, 2.0])}),
        ([[1.0, 2.0]], [-100], {"label_smoothing": 0.1}),
        ([[1.0, 2.0]], [0], {"weight": np.array([0.0, 2.0])}),
        ([[1.0, -inf, 0.0]], [0], {"label_smoothing": 0.1}),
        ([[1.0, -inf, 0.0]], [1], {"weight": np.array([1.0, 0.0, 1.0])}),
        ([[1e4, -1e4]], [1], {}),
        ([[1e30, -1e30]], [1], {}),
        ([[3.0]], [0], {}),
    ]
    for logits, labels, more in rows:
        arguments: dict[str, Any] = {"logits": np.array(logits), "labels": np.array(labels), **more}
        # an ignored row with NaN or infinity has a NaN gradient in PyTorch
        left_out = ["grad mean", "grad sum"] if -100 in labels and not np.isfinite(arguments["logits"]).all() else []
        yield arguments, torch_function(arguments), *left_out

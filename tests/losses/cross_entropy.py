from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims


def log_softmax(z: list[float]) -> list[Any]:
    lse = mp.log(mp.fsum(mp.exp(mpf(x)) for x in z))
    return [mpf(x) - lse for x in z]


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, label, e = row["logits"], row["labels"], mpf(row["label_smoothing"])
    classes = len(z)
    w = row["weight"] or [1.0] * classes
    lp = log_softmax(z)
    if isinstance(label, list):
        counts, divisor = True, 1
        hot = label
    else:
        counts = label != row["ignore_index"]
        divisor = w[label] if counts else 0
        hot = [float(c == label) for c in range(classes)]
    target = [(1 - e) * mpf(q) + e / classes for q in hot]
    terms = [mpf(w[c]) * target[c] * -lp[c] for c in range(classes)]
    steps = {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "exp(z - max)": [mp.exp(mpf(x) - max(z)) for x in z],
        "softmax": [mp.exp(x) for x in lp],
        "log softmax": lp,
        "target": target if counts else [0] * classes,
        "class weight": w,
        "loss": terms if counts else [0] * classes,
        "label": label,
        "weight": divisor,
        "mean of -log softmax": mp.fsum(mpf(w[c]) * -lp[c] for c in range(classes)) / classes,
    }
    if not isinstance(label, list) and counts:
        steps |= {"logit[y]": z[label], "softmax[y]": mp.exp(lp[label]), "log softmax[y]": lp[label]}
    return {"value": mp.fsum(terms) if counts else 0, "divisor": divisor, "counts": counts, "steps": steps}


GOLDEN_SHAPES = [(5,), (1, 4), (3, 2), (6, 5), (2, 3, 4), (2, 4, 3, 2), (2, 3, 2, 2, 2)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for weighted in (False, True):
            for smoothing in (0.0, 0.1, 1.0):
                for ignore in (None, 1, -7):
                    yield by_index(rng, shape, weighted, smoothing, ignore)
                yield by_probability(rng, shape, weighted, smoothing)
    yield from non_finite()
    for weight in ([-1.0, 2.0, 0.5], [-1.0, 0.5, np.nan]):
        arguments = {"logits": rng.normal(0, 3, (4, 3)), "labels": np.array([0, 1, 1, 0]), "weight": np.array(weight)}
        yield arguments, torch_function(arguments)
    q = rng.normal(0, 1, (2, 3))
    options: list[dict[str, Any]] = [{}, {"ignore_index": -1}, {"weight": np.array([-1.0, 2.0, 0.5])}]
    for more in options:
        arguments = {"logits": rng.normal(0, 3, (2, 3)), "labels": q, **more}
        yield arguments, torch_function(arguments)


def by_index(rng: Any, shape: Any, weighted: bool, smoothing: float, ignore: int | None) -> tuple[dict[str, Any], Any]:
    classes = shape[0] if len(shape) == 1 else shape[1]
    rows = () if len(shape) == 1 else (shape[0], *shape[2:])
    labels = rng.integers(0, classes, rows)
    if ignore is not None and ignore < 0:
        labels = np.where(rng.random(rows) < 0.3, ignore, labels)
    return golden_case(rng, shape, labels, weighted, smoothing, ignore, classes)


def by_probability(rng: Any, shape: Any, weighted: bool, smoothing: float) -> tuple[dict[str, Any], Any]:
    axis = 0 if len(shape) == 1 else 1
    q = rng.random(shape)
    return golden_case(rng, shape, q / q.sum(axis=axis, keepdims=True), weighted, smoothing, None, shape[axis])


def golden_case(
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
    from torch.nn import functional as F

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


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics import log_loss

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.CLASS_SHAPES:
        z, y = _claims.numbers(rng, *shape, spread=10), rng.integers(0, shape[-1], shape[:-1])
        given = {"logits": z, "labels": y, "class_axis": -1}
        soft = given | {"labels": _claims.distributions(rng, *shape)}
        yield "PyTorch", given, torch.nn.CrossEntropyLoss()(torch.tensor(z).movedim(-1, 1), torch.tensor(y))
        yield "Keras", given, keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, z)
        smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
        yield "Keras", soft | {"label_smoothing": 0.1}, smoothed(soft["labels"], z)
        if len(shape) == 2:
            p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
            yield "sklearn", given, log_loss(y, p, labels=range(shape[-1]))
        each = {"reduction": "none"}
        yield "optax", given | each, optax.losses.softmax_cross_entropy_with_integer_labels(z, y)
        yield "optax", soft | each, optax.losses.softmax_cross_entropy(z, soft["labels"])


def test_all_rows_ignored_is_nan_and_says_so() -> None:
    with pytest.warns(LosscliWarning, match="the only row is ignored"):
        assert np.isnan(losscli.cross_entropy([[0.1, 0.2]], [-100]).mean)


def test_an_ignored_row_has_no_gradient_whatever_it_holds_where_pytorch_has_nan() -> None:
    assert losscli.cross_entropy([[np.nan, 0.0], [0.0, 0.0]], [-100, 1]).gradient().tolist() == [[0, 0], [0.5, -0.5]]


def test_a_class_without_share_in_the_target_adds_nothing_where_pytorch_has_nan() -> None:
    assert losscli.cross_entropy([[0.0, -np.inf]], [[1.0, 0.0]]).mean == 0.0

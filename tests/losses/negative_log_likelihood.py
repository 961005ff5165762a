from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.losses import _claims, cross_entropy


def reference(row: dict[str, Any]) -> dict[str, Any]:
    lp, label = row["log_probs"], row["labels"]
    w = row["weight"] or [1.0] * len(lp)
    counts = label != row["ignore_index"]
    divisor = w[label] if counts else 0
    hot = [float(counts and c == label) for c in range(len(lp))]
    steps = {
        "log prob": lp,
        "prob": [mp.exp(x) for x in lp],
        "target": hot,
        "loss": [divisor * t * -mpf(x) for t, x in zip(hot, lp, strict=True)],
        "label": label,
        "weight": divisor,
    }
    if counts:
        steps["log prob[y]"] = lp[label]
    value = -mpf(w[label]) * mpf(lp[label]) if counts else 0
    return {"value": value, "divisor": divisor, "counts": counts, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in cross_entropy.GOLDEN_SHAPES:
        for weighted in (False, True):
            for ignore in (None, 1, -7):
                arguments, _ = cross_entropy.by_index(rng, shape, weighted, 0.0, ignore)
                z = arguments.pop("logits")
                axis = 0 if len(shape) == 1 else 1
                log_probs = z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
                yield named({"log_probs": log_probs, **arguments})
    inf = np.inf
    rows: list[tuple[Any, Any, dict[str, Any]]] = [
        ([[-inf, 0.0]], [0], {}),
        ([[-inf, 0.0]], [1], {}),
        ([[-inf, 0.0]], [0], {"weight": np.array([0.0, 1.0])}),
        ([[np.nan, 0.0], [-1.0, -2.0]], [-100, 1], {}),
        ([[-1.0, -2.0]], [-100], {}),
        ([[0.2, 0.8]], [0], {}),
    ]
    for log_probs, labels, more in rows:
        # 0 / 0 under a mean is NaN in PyTorch for the label alone, here for the whole row
        left_out = ["grad mean"] if "weight" in more else []
        yield *named({"log_probs": np.array(log_probs), "labels": np.array(labels), **more}), *left_out
    for weight in ([-1.0, 2.0, 0.5], [-1.0, 0.5, np.nan]):
        log_probs = -rng.random((4, 3))
        yield named({"log_probs": log_probs, "labels": np.array([0, 1, 1, 0]), "weight": np.array(weight)})


def named(arguments: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    target = torch.tensor(arguments["labels"])
    weight = torch.tensor(arguments["weight"]) if "weight" in arguments else None

    def function(x: Any, reduction: str) -> Any:
        return F.nll_loss(x, target, weight, ignore_index=arguments.get("ignore_index", -100), reduction=reduction)

    return arguments, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics import log_loss

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.CLASS_SHAPES:
        lp, y = _claims.numbers(rng, *shape, spread=8), rng.integers(0, shape[-1], shape[:-1])
        given = {"log_probs": lp, "labels": y, "class_axis": -1}
        yield "PyTorch", given, torch.nn.NLLLoss()(torch.tensor(lp).movedim(-1, 1), torch.tensor(y))
        scaled = np.exp(lp) / np.exp(lp).sum(-1, keepdims=True)
        clipped = given | {"log_probs": np.log(np.clip(scaled, 1e-7, 1 - 1e-7))}
        yield "Keras", clipped, keras.losses.SparseCategoricalCrossentropy()(y, np.exp(lp))
        if len(shape) == 2:
            limited = np.clip(scaled, np.finfo(float).eps, 1 - np.finfo(float).eps)
            yield "sklearn", given | {"log_probs": np.log(limited)}, log_loss(y, scaled, labels=range(shape[-1]))
        each = given | {"log_probs": np.log(scaled), "reduction": "none"}
        yield "optax", each, optax.losses.softmax_cross_entropy_with_integer_labels(each["log_probs"], y)

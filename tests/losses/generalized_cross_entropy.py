from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.losses import _claims, _curve, _keras


def reference(row: dict[str, Any]) -> dict[str, Any]:
    q = mpf(row["q"])

    def power(lp: Any) -> Any:
        return mp.exp(lp) ** q

    return _curve.reference(row, lambda lp: (1 - power(lp)) / q, "softmax{}^q", power, [1.0] * len(row["logits"]))


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    keras = _keras.losses()
    for shape in [(1, 3), (5, 3), (6, 4)]:
        labels = rng.integers(0, shape[1], shape[0])
        for q in (None, 0.1, 0.7, 0.99):
            arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels}
            arguments |= {} if q is None else {"q": q}

            def each(x: Any, labels: Any = labels, q: float = q or 0.5) -> Any:
                return keras.categorical_generalized_cross_entropy(labels, x.softmax(-1), q)

            yield arguments, _keras.reduced(each)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    keras = _claims.keras()
    for shape in [(1, 3), (4, 2), (3, 4), (5, 3), (2, 6)]:
        z, y = _claims.numbers(rng, *shape, spread=8), rng.integers(0, shape[-1], shape[:-1])
        p, q = np.exp(z) / np.exp(z).sum(-1, keepdims=True), float(rng.integers(1, 20) / 20)
        yield "Keras", {"logits": z, "labels": y, "q": q}, keras.losses.CategoricalGeneralizedCrossEntropy(q)(y, p)

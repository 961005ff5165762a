from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._keras import losses, reduced


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    keras = losses()
    for shape in [(1, 3), (5, 3), (6, 4)]:
        labels = rng.integers(0, shape[1], shape[0])
        for q in (None, 0.1, 0.7, 0.99):
            arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels}
            arguments |= {} if q is None else {"q": q}

            def each(x: Any, labels: Any = labels, q: float = q or 0.5) -> Any:
                return keras.categorical_generalized_cross_entropy(labels, x.softmax(-1), q)

            yield arguments, reduced(each)

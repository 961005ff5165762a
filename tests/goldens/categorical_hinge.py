from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LIBRARY = "optax 0.2.8"
REDUCTIONS = ("none",)  # optax leaves the rest to its user


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    for shape in [(4,), (1, 3), (5, 3), (6, 5), (3, 1), (50, 10)]:
        for scale in (0.5, 3):
            labels = np.asarray(rng.integers(0, shape[-1], shape[:-1]))

            def each(x: Any, _: str, labels: Any = labels) -> Any:
                return optax.losses.multiclass_hinge_loss(x, labels)

            yield {"logits": rng.normal(0, scale, shape), "labels": labels}, each

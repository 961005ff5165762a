from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import assume
from mpmath import mp, mpf

import losscli
from tests.losses import _claims
from tests.losses.multi_margin import scores


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = scores(draw, rows, tame)
    if tame:  # nor are two classes equally close
        z = values["logits"]
        gaps = abs(z[..., :, None] - z[..., None, :])
        assume(((gaps > 1e-3).sum(axis=(-1, -2)) == z.shape[-1] * (z.shape[-1] - 1)).all())
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, y = [mpf(x) for x in row["logits"]], row["labels"]
    other, closest = max(((x, -c) for c, x in enumerate(z) if c != y), default=(-mp.inf, 0))
    loss = max(mpf(0), 1 - z[y] + other)
    steps = {
        "logit": z,
        "1 - z[y] + z": [1 - z[y] + x for x in z],
        "loss": [loss if c == -closest else 0 for c in range(len(z))],
        "label": y,
        "logit[y]": z[y],
        "closest class": -closest,
        "its logit": other,
    }
    return {"value": loss, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "optax 0.2.8"
GOLDEN_REDUCTIONS = ("none",)  # optax leaves the rest to its user


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    for shape in [(4,), (1, 3), (5, 3), (6, 5), (3, 1), (50, 10)]:
        for scale in (0.5, 3):
            labels = np.asarray(rng.integers(0, shape[-1], shape[:-1]))

            def each(x: Any, _: str, labels: Any = labels) -> Any:
                return optax.losses.multiclass_hinge_loss(x, labels)

            yield {"logits": rng.normal(0, scale, shape), "labels": labels}, each


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import hinge_loss

    keras, optax = _claims.keras(), _claims.optax()
    for shape in [(1, 3), (4, 3), (3, 4), (5, 3), (6, 5)]:
        z, y = _claims.numbers(rng, *shape, spread=1), rng.integers(0, shape[-1], shape[:-1])
        with_0 = np.concatenate([z, np.zeros((*shape[:-1], 1))], axis=-1)  # one more class
        one_hot = _claims.one_hot(y, shape[-1])
        yield "Keras", {"logits": with_0, "labels": y}, keras.losses.CategoricalHinge()(one_hot, z)
        yield "optax", {"logits": z, "labels": y, "reduction": "none"}, optax.losses.multiclass_hinge_loss(z, y)
        yield "sklearn", {"logits": z, "labels": y}, hinge_loss(y, z, labels=range(shape[-1]))


def test_categorical_hinge_holds_no_0_for_the_label_itself_as_that_of_keras_does() -> None:
    assert losscli.categorical_hinge([-3.0, -2.0, 0.5], 2).mean == 0.0  # Keras: 0.5

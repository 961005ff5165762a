from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import losscli
from losscli.errors import DataError
from tests.losses import _claims, _regions

arguments = _regions.arguments

COUPLES_ROWS = True


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return _regions.overlaps(given, "Dice", 2, 1, 1)


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""
    from monai.losses import DiceLoss as MonaiDice

    yield from _regions.smp_cases(
        rng, _regions.smp().DiceLoss, _regions.smp_variants("plain", "probabilities", "classes", "smooth twice")
    )
    yield from _regions.monai_cases(rng, MonaiDice, {})


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from monai.losses import DiceLoss as MonaiDice

    keras, optax, smp = _claims.keras(), _claims.optax(), _regions.smp()
    for z, p, y, t in _regions.claimed(rng):
        logits, probs = {"logits": z, "labels": y}, {"logits": p, "labels": y, "from_logits": False}
        yield "smp", logits, smp.DiceLoss("multiclass")(torch.tensor(z), torch.tensor(y))
        monai = _regions.PRODUCT | {"per_image": True, "smooth_nr": 1e-5, "smooth_dr": 1e-5}
        yield "MONAI", probs | monai, MonaiDice()(torch.tensor(p), torch.tensor(t))
        micro = _regions.PRODUCT | {"average": "micro", "smooth_dr": 1e-7}
        yield "Keras", probs | micro, keras.losses.Dice()(t, p)
        smooth = _regions.PRODUCT | {"per_image": True, "smooth_nr": 2.0, "smooth_dr": 2.0}
        loss = optax.losses.dice_loss(np.moveaxis(z, 1, -1), np.moveaxis(t, 1, -1))
        yield "optax", logits | smooth, loss.mean()


def test_keras_takes_all_classes_as_one() -> None:
    keras = 0.3076923165680472  # keras 3.15.1
    assert losscli.dice(_regions.P, _regions.T, **_regions.KERAS).mean == pytest.approx(keras, rel=1e-14)
    nothing = np.zeros((2, 2, 2))
    assert losscli.dice(nothing, nothing, **_regions.KERAS).mean == 1.0


def test_optax_smooths_half_the_quotient() -> None:
    p = [[[0.9, 0.1], [0.3, 0.7]], [[0.6, 0.4], [0.5, 0.5]]]
    t = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]]
    # optax 0.2.8: dice_loss(p, t, apply_softmax=False, reduction="none")
    expected = [[0.09523809523809534, 0.10526315789473684], [0.17647058823529405, 0.31034482758620685]]
    found = losscli.dice(p, t, smooth_nr=2, smooth_dr=2, **_regions.OPTAX).value
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_class_that_is_asked_for_is_no_pixel_that_is_ignored() -> None:
    with pytest.raises(DataError, match=r"classes\[0\] is -1, but there are 2 classes"):
        losscli.dice([[2.0, -1.0], [0.5, 3.0]], [0, 1], classes=[-1], ignore_index=-1)

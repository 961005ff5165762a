"""What the options of the losses on masks stand for: each library's conventions, on the same tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import losscli
from losscli.errors import DataError, LosscliWarning

# two images of two pixels and two classes, the classes last
P = [[[0.9, 0.2], [0.3, 0.4]], [[0.6, 0.5], [0.1, 0.8]]]
T = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
MASKS: dict[str, Any] = {"mode": "multilabel", "from_logits": False, "class_axis": -1}
KERAS = MASKS | {"average": "micro", "overlap": "product", "empty": "formula", "smooth_dr": 1e-7}
OPTAX = MASKS | {"per_image": True, "overlap": "product", "empty": "formula"}


def test_keras_takes_all_classes_as_one() -> None:
    assert losscli.dice(P, T, **KERAS).mean == pytest.approx(0.3076923165680472, rel=1e-14)  # keras 3.15.1
    nothing = np.zeros((2, 2, 2))
    assert losscli.dice(nothing, nothing, **KERAS).mean == 1.0


def test_keras_swaps_alpha_and_beta() -> None:
    keras = 0.3005181528363172  # keras 3.15.1: Tversky(alpha=0.3, beta=0.7)
    assert losscli.tversky(P, T, alpha=0.7, beta=0.3, **KERAS).mean == pytest.approx(keras, rel=1e-14)


def test_optax_smooths_half_the_quotient() -> None:
    p = [[[0.9, 0.1], [0.3, 0.7]], [[0.6, 0.4], [0.5, 0.5]]]
    t = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]]
    # optax 0.2.8: dice_loss(p, t, apply_softmax=False, reduction="none")
    expected = [[0.09523809523809534, 0.10526315789473684], [0.17647058823529405, 0.31034482758620685]]
    np.testing.assert_allclose(losscli.dice(p, t, smooth_nr=2, smooth_dr=2, **OPTAX).value, expected, rtol=1e-14)


def test_a_class_in_no_mask() -> None:
    logits, labels = [[2.0, 1.0, 0.5]], [0]
    values = {empty: losscli.dice(logits, labels, empty=empty) for empty in ("zero", "formula", "skip")}
    assert values["zero"].value.tolist()[1:] == [0.0, 0.0]
    assert values["formula"].value.tolist()[1:] == [1.0, 1.0]
    assert [values[e].divisor for e in values] == [3.0, 3.0, 1.0]
    assert (values["skip"].count, values["skip"].ignored) == (1, 2)


def test_a_loss_near_0_keeps_its_digits() -> None:
    loss = losscli.dice([40.0, -40.0], [1.0, 0.0], mode="binary").mean
    assert loss == pytest.approx(np.exp(-40.0), rel=1e-14)


def test_binary_masks_take_any_shape_and_give_it_back() -> None:
    logits, labels = np.arange(8.0).reshape(2, 2, 2) - 4, np.ones((2, 2, 2))
    flat = losscli.jaccard(logits.ravel(), labels.ravel(), mode="binary")
    cube = losscli.jaccard(logits, labels, mode="binary")
    channel = losscli.jaccard(logits[:, None], labels, mode="binary")
    assert flat.mean == cube.mean == channel.mean
    assert cube.gradient().shape == (2, 2, 2)
    assert channel.gradient().shape == (2, 1, 2, 2)
    assert losscli.dice(logits, labels, mode="binary", per_image=True).value.shape == (2,)


def test_what_is_probably_not_meant() -> None:
    with pytest.warns(LosscliWarning, match="--no-from-logits"):
        losscli.dice([[0.9, 0.1], [0.5, 0.5]], [0, 1])
    with pytest.warns(LosscliWarning, match="not all lie between 0 and 1"):
        losscli.dice([[2.0, 0.1]], [0], from_logits=False)
    with pytest.warns(LosscliWarning, match="--mode binary"):
        losscli.dice([[2.0], [1.0]], [0, 0])
    with pytest.raises(DataError, match="a mask for each class"):
        losscli.dice([[2.0, 1.0]], [0], mode="multilabel")
    with pytest.raises(DataError, match=r"labels\[1\] is 4"):
        losscli.dice([2.0, 1.0], [0, 4], mode="binary")
    with pytest.raises(DataError, match=r"classes\[0\] is 2, but there are 2 classes"):
        losscli.dice([[2.0, 1.0]], [0], classes=[2])
    with pytest.raises(DataError, match=r"labels\[1\] is 0.5, but a pixel is in the mask"):
        losscli.lovasz_hinge([2.0, 1.0], [0, 0.5])


def test_lovasz_per_image_is_a_mean_of_means() -> None:
    logits = np.array([[[2.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [3.0, 0.2]]])
    labels = [[0, 1], [0, 0]]
    result = losscli.lovasz_softmax(logits, labels, per_image=True, class_axis=-1)
    each = [losscli.lovasz_softmax(z, y).mean for z, y in zip(logits, labels, strict=True)]
    assert result.mean == pytest.approx(sum(each) / 2, rel=1e-15)
    assert result.value.shape == (2, 2)

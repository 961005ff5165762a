from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims, cross_entropy
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Without shift, where rows are not independent."""
    classes = draw(st.integers(1, 5))
    numbers = st.floats(-5, 5, width=32) if tame else st.one_of(st.floats(-5, 5), st.floats(-300, 300))
    values: dict[str, Any] = {
        "logits": draw(arrays(np.float64, (*rows, classes), elements=numbers)),
        "labels": draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1))),
    }
    if draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, -1, 0]))
        ignored = draw(arrays(np.bool_, rows))
        values["labels"] = np.where(ignored, values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["bits"] = draw(st.booleans())
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    expected = cross_entropy.reference(row | {"weight": None, "label_smoothing": 0.0})
    return expected | ({"value": mpf(expected["value"]) / mp.log(2)} if row["bits"] else {})


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in ((4, 5), (2, 4, 6), (1, 7, 3)):
        for shift in (False, True):
            for bits in (False, True):
                for ignored in (None, 0, -1):
                    yield golden_case(rng, shape, shift, bits, ignored)


def golden_case(rng: Any, shape: tuple[int, ...], shift: bool, bits: bool, ignored: int | None) -> Any:
    import torch
    from torch.nn import functional as F

    labels = rng.integers(0, shape[-1], shape[:-1])
    options: dict[str, Any] = {"shift": shift, "bits": bits}
    if ignored is not None:
        options["ignore_index"] = ignored
        labels = np.where(rng.random(labels.shape) < 0.3, ignored, labels)
    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        z, y = (x[..., :-1, :], target[..., 1:]) if shift else (x, target)
        flat = z.reshape(-1, shape[-1]), y.reshape(-1)
        loss = F.cross_entropy(*flat, ignore_index=options.get("ignore_index", -100), reduction=reduction)
        if bits:
            loss = loss / np.log(2)
        elif reduction == "mean":
            loss = loss.exp()
        return loss.reshape(y.shape) if reduction == "none" else loss

    return {"logits": rng.normal(0, 2, shape), "labels": labels} | options, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from torchmetrics.text import Perplexity

    keras = _claims.keras()
    import keras_hub

    for shape in [(1, 3, 2), (2, 4, 3), (3, 2, 5), (2, 3, 3), (4, 2, 4)]:
        z, y = _claims.numbers(rng, *shape, spread=2), rng.integers(0, shape[-1], shape[:-1])
        given = {"logits": z, "labels": y}
        metric = keras_hub.metrics.Perplexity(from_logits=True, dtype="float64")
        metric.update_state(y, z)
        yield "KerasHub", given, keras.ops.convert_to_numpy(metric.result())
        y[0, 0] = 1
        given["ignore_index"] = 0
        masked = keras_hub.metrics.Perplexity(from_logits=True, mask_token_id=0, dtype="float64")
        masked.update_state(y, z)
        yield "KerasHub", given, keras.ops.convert_to_numpy(masked.result())
        yield "torchmetrics", given, Perplexity(ignore_index=0)(torch.tensor(z), torch.tensor(y))


def test_perplexity_is_one_number_for_all_tokens_of_all_batches() -> None:
    logits, labels = np.zeros((2, 3, 4)), [[0, 1, 2], [3, -100, 0]]
    result = losscli.perplexity(logits, labels)
    assert result.mean == pytest.approx(4)
    assert result.divisor == 5
    assert losscli.perplexity(logits, labels, bits=True).mean == pytest.approx(2)


def test_shift_holds_each_token_against_the_next() -> None:
    logits = np.random.default_rng(0).normal(size=(2, 4, 5))
    labels = np.array([[0, 1, 2, 3], [4, 3, 2, 1]])
    shifted = losscli.perplexity(logits, labels, shift=True)
    assert shifted.mean == losscli.perplexity(logits[:, :-1], labels[:, 1:]).mean
    assert shifted.gradient().shape == logits.shape
    assert not shifted.gradient()[:, -1].any()
    with pytest.raises(DataError, match=r"labels\[1, 3\] is 9"):
        losscli.perplexity(logits, [[0, 1, 2, 3], [4, 3, 2, 9]], shift=True)
    with pytest.raises(DataError, match="with shift"):
        losscli.perplexity(np.zeros((2, 5, 3)), [[0, 1, 2], [0, 1, 2]], shift=True)


def test_a_perplexity_beyond_float64_is_infinite() -> None:
    assert losscli.perplexity([[1000.0, 0.0]], [1]).mean == np.inf


@pytest.mark.parametrize("shift", [False, True])
def test_the_vocabulary_is_on_the_last_axis_where_the_labels_fit_several(shift: bool) -> None:
    rng = np.random.default_rng(5)
    tokens = 4 if shift else 3
    logits, labels = rng.normal(size=(2, tokens, 3)), rng.integers(0, 3, (2, tokens))
    found = losscli.perplexity(logits, labels, shift=shift)
    rows = logits[:, :-1] if shift else logits
    y = labels[:, 1:] if shift else labels
    lse = np.log(np.exp(rows).sum(axis=-1))
    by_hand = np.exp((lse - np.take_along_axis(rows, y[..., None], -1)[..., 0]).mean())
    assert found.loss == pytest.approx(by_hand, rel=1e-14)
    assert found.warnings == ()

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from tests.losses import _regions
from tests.strategies import arrays

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Tame scores are all different: where two errors are equal, the loss has a kink."""
    count = draw(st.integers(2, 4))
    values: dict[str, Any] = {"from_logits": False} if draw(st.booleans()) else {}
    random = np.random.default_rng(draw(st.integers(0, 99)))
    if tame:
        values["logits"] = random.random((*rows, count)) if values else random.normal(0, 2, (*rows, count))
    else:
        numbers = st.floats(0, 1, width=32) if values else st.floats(-60, 60)
        values["logits"] = draw(arrays(np.float64, (*rows, count), elements=numbers))
    values["labels"] = draw(arrays(np.int64, rows, elements=st.integers(0, count - 1)))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255]))
        values["labels"] = np.where(draw(arrays(np.bool_, rows)), values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["per_image"] = draw(st.booleans())
    if draw(st.booleans()):
        values["empty"] = draw(st.sampled_from(["skip", "formula"]))
    if draw(st.booleans()):
        values["classes"] = draw(arrays(np.int64, draw(st.integers(1, 3)), elements=st.integers(0, count - 1)))
    return {"logits": values.pop("logits"), "labels": values.pop("labels")} | values


def extension(pairs: list[tuple[Any, bool]]) -> Any:
    """The Lovasz extension of the Jaccard loss at (error, is in the mask), from its definition."""
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    mask = {i for i, (_, inside) in enumerate(ordered) if inside}

    def jaccard(wrong: set[int]) -> Any:
        union = mask | wrong
        return 1 - mpf(len(mask - wrong)) / len(union) if union else mpf(0)

    gains = [jaccard(set(range(i + 1))) - jaccard(set(range(i))) for i in range(len(ordered))]
    return mp.fsum(error * gain for (error, _), gain in zip(ordered, gains, strict=True))


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    results = []
    for image in _regions.regions(given | {"mode": "multiclass"}):
        mine = []
        for c in given["classes"] if given["classes"] is not None else range(len(image)):
            size = sum(int(t) for _, t in image[c])
            counts = bool(image[c]) and (size > 0 or given["empty"] == "formula")
            value = extension([(1 - p if t else p, bool(t)) for p, t in image[c]])
            mine.append({"value": value, "counts": counts, "steps": {"mask pixels": size, "extension": value}})
        among = sum(m["counts"] for m in mine) if given["per_image"] else 1
        for m in mine:
            weight = mpf(m["counts"]) / max(among, 1)
            results.append(
                m | {"value": m["value"] * weight, "divisor": weight, "steps": m["steps"] | {"weight": weight}}
            )
    return results


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps), in the environment of torch 2.13.0."""
    for shape in _regions.GOLDEN_SHAPES:
        for from_logits in (True, False):
            for per_image in (True, False):
                for ignored in (None, 255):
                    yield golden_case(rng, shape, from_logits, per_image, ignored)


def golden_case(rng: Any, shape: tuple[int, ...], from_logits: bool, per_image: bool, ignored: int | None) -> Any:
    import torch

    given = _regions.masks(rng, "multiclass", shape)
    options: dict[str, Any] = {"from_logits": from_logits, "per_image": per_image}
    if ignored is not None:
        options["ignore_index"] = ignored
        given["labels"] = np.where(rng.random(given["labels"].shape) < 0.2, ignored, given["labels"])
    if not from_logits:
        given["logits"] = rng.random(shape)
    loss = _regions.smp().lovasz._lovasz_softmax  # LovaszLoss itself takes the softmax even where from_logits is off
    target = torch.tensor(given["labels"])

    # smp knows (N, C, H, W) only
    def function(x: Any, reduction: str) -> Any:
        p = x.softmax(dim=1) if from_logits else x
        return loss(
            p.reshape(*x.shape[:2], -1, 1), target.reshape(len(target), -1, 1), per_image=per_image, ignore=ignored
        )

    return given | options, function, *_regions.BUT_THE_MEAN


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for per_image in (False, True):
        loss = _regions.smp().LovaszLoss("multiclass", per_image)
        for z, _, y, _ in _regions.claimed(rng):
            yield "smp", {"logits": z, "labels": y, "per_image": per_image}, loss(torch.tensor(z), torch.tensor(y))


def test_lovasz_per_image_is_a_mean_of_means() -> None:
    logits = np.array([[[2.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [3.0, 0.2]]])
    labels = [[0, 1], [0, 0]]
    result = losscli.lovasz_softmax(logits, labels, per_image=True, class_axis=-1)
    each = [losscli.lovasz_softmax(z, y).mean for z, y in zip(logits, labels, strict=True)]
    assert result.mean == pytest.approx(sum(each) / 2, rel=1e-15)
    assert result.value.shape == (2, 2)

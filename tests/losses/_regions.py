"""Regions of pixels: in mpmath one pixel, one class, one image at a time; and with smp's and MONAI's conventions."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError, LosscliWarning
from tests.losses import _claims
from tests.strategies import arrays

SOFT = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0, width=32))


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Scores and masks of one mode; tame masks are hard and not empty, where a loss may jump or have a kink."""
    mode = draw(st.sampled_from(["multiclass", "multilabel", "binary"]))
    count = 1 if mode == "binary" else draw(st.integers(2, 4))
    shape = rows if mode == "binary" else (*rows, count)
    values: dict[str, Any] = {"mode": mode} if mode != "multiclass" or draw(st.booleans()) else {}
    from_logits = draw(st.booleans())
    numbers = st.floats(-5, 5, width=32) if tame else st.one_of(st.floats(-5, 5, width=32), st.floats(-60, 60))
    elements = numbers if from_logits else st.floats(0.0625, 0.9375, width=32)
    logits = draw(arrays(np.float64, shape, elements=elements))
    hard = mode == "multiclass" and draw(st.booleans())
    if hard:
        labels = draw(arrays(np.int64, rows, elements=st.integers(0, count - 1)))
    else:
        labels = draw(arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0]) if tame else SOFT))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255, -1]))
        labels = np.where(draw(arrays(np.bool_, labels.shape)), values["ignore_index"], labels)
    if not from_logits:
        values["from_logits"] = False
    options: dict[str, Any] = {
        "per_image": st.booleans(),
        "average": st.sampled_from(["macro", "micro"]),
        "overlap": st.sampled_from(["min", "product"]),
        "empty": st.sampled_from(["zero", "formula", "skip"]),
        "smooth_nr": st.sampled_from([0.0, 0.5, 1.0]),
        "smooth_dr": st.sampled_from([0.0, 1.0, 1.5]),
    }
    values |= {name: draw(values_of) for name, values_of in options.items() if draw(st.booleans())}
    if values.get("smooth_nr"):
        values["smooth_dr"] = max(values.get("smooth_dr", 0.0), values["smooth_nr"])
    if mode != "binary" and draw(st.booleans()):
        values["classes"] = draw(arrays(np.int64, draw(st.integers(1, 3)), elements=st.integers(0, count - 1)))
    return {"logits": logits, "labels": labels} | values


def flat(a: Any, axes: int) -> list[Any]:
    """The innermost lists, or numbers, below so many axes."""
    for _ in range(axes - 1):
        a = list(itertools.chain.from_iterable(a))
    return a if axes else [a]


def depth(a: Any) -> int:
    return 1 + depth(a[0]) if isinstance(a, list) and a else int(isinstance(a, list))


def probabilities(scores: list[float], mode: str, from_logits: bool) -> list[Any]:
    z = [mpf(x) for x in scores]
    if not from_logits:
        return z
    if mode != "multiclass":
        return [1 / (1 + mp.exp(-x)) for x in z]
    e = [mp.exp(x - max(z)) for x in z]
    return [x / mp.fsum(e) for x in e]


def regions(given: dict[str, Any]) -> list[list[list[tuple[Any, Any]]]]:
    """For each image, for each class: the pairs of probability and membership of the pixels that count."""
    axes = depth(given["logits"]) - 1
    pixels = flat(given["logits"], axes)
    mode, ignored = given["mode"], given["ignore_index"]
    by_class = depth(given["labels"]) > axes
    labels = flat(given["labels"], axes)
    count = len(pixels[0]) if pixels else 0
    images = len(given["logits"]) if given["per_image"] and axes > 1 else 1
    size = len(pixels) // images if images else 0
    found: list[list[list[tuple[Any, Any]]]] = [[[] for _ in range(count)] for _ in range(images)]
    for i, (scores, label) in enumerate(zip(pixels, labels, strict=True)):
        for c, p in enumerate(probabilities(scores, mode, given["from_logits"])):
            mine = label[c] if by_class else label
            if mine != ignored:
                t = mine if by_class or mode == "binary" else float(mine == c)
                found[i // size][c].append((p, mpf(t)))
    return found


def overlaps(given: dict[str, Any], name: str, hit: Any, alpha: Any, beta: Any, gamma: Any = 1) -> list[dict[str, Any]]:
    """What a quotient of TP, FP and FN is in each region."""
    results = []
    for image in regions(given):
        picked = given["classes"] if given["classes"] is not None else range(len(image))
        every = [image[c] for c in picked]
        for pairs_of in [[every]] if given["average"] == "micro" else [[[pairs]] for pairs in every]:
            pairs = list(itertools.chain.from_iterable(pairs_of[0]))
            tp = mp.fsum(min(p, t) if given["overlap"] == "min" else p * t for p, t in pairs)
            fp, fn = mp.fsum(p for p, _ in pairs) - tp, mp.fsum(t for _, t in pairs) - tp
            above = hit * tp + given["smooth_nr"]
            below = hit * tp + mpf(alpha) * fp + mpf(beta) * fn + given["smooth_dr"]
            filled = any(t for _, t in pairs)
            counts = bool(pairs) and (filled or given["empty"] != "skip")
            score = above / below if below else mp.nan
            void = not counts or (given["empty"] == "zero" and not filled)
            steps = {"TP": tp, "FP": fp, "FN": fn, name: score}
            value = mpf(0) if void else mp.nan if mp.isnan(score) else (1 - score) ** mpf(gamma)
            results.append({"value": value, "divisor": int(counts), "counts": counts, "steps": steps})
    return results


GOLDEN_SHAPES = [(1, 3, 2, 3), (2, 3, 4), (2, 2, 2, 2, 1)]
BUT_THE_MEAN = ("none", "sum", "grad sum")  # smp has no other reduction
MONAI = {"per_image": True, "smooth_nr": 1e-5, "smooth_dr": 1e-5, "empty": "formula", "overlap": "product"}


PRODUCT = {"overlap": "product", "empty": "formula"}  # how all libraries but smp measure


def claimed(rng: np.random.Generator) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Scores, probabilities, class indices and masks of a few images; some classes are in no mask."""
    for n, classes, *space in [(1, 3, 2, 2), (2, 2, 3, 1), (2, 3, 1, 2), (1, 2, 1, 5), (3, 2, 2, 1)]:
        z = _claims.numbers(rng, n, classes, *space, spread=2)
        y = rng.integers(0, rng.integers(1, classes + 1), (n, *space))
        yield z, _claims.shares(rng, *z.shape), y, np.moveaxis(_claims.one_hot(y, classes), -1, 1)


def smp() -> Any:
    """segmentation_models_pytorch.losses, without the models and data sets that the package imports first."""
    name = "segmentation_models_pytorch"
    spec = find_spec(name)
    assert spec is not None
    sys.modules[name] = module_from_spec(spec)
    import torch

    torch.Tensor.float = torch.Tensor.double  # smp rounds Lovasz' weights
    return import_module(f"{name}.losses")


def masks(rng: np.random.Generator, mode: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """Scores and hard masks; the last class is in no mask of the shapes with many pixels."""
    n, classes, *space = shape
    logits = rng.normal(0, 2, shape if mode != "binary" else (n, *space)).round(3)
    labels: Any
    if mode == "multiclass":
        labels = rng.integers(0, max(2, classes - 1), (n, *space))
    else:
        labels = rng.integers(0, 2, logits.shape) * 1.0
    return {"logits": logits, "labels": labels} | ({} if mode == "multiclass" else {"mode": mode})


def smp_cases(
    rng: np.random.Generator, make: Callable[..., Any], variants: list[dict[str, Any]], ignore: bool = True
) -> Iterator[Any]:
    """`make(mode, **smp's options)` is smp's loss; each variant maps our options to smp's."""
    for shape in GOLDEN_SHAPES:
        for mode in ("multiclass", "multilabel", "binary"):
            for variant in variants:
                ours, theirs = dict(variant["ours"]), dict(variant["smp"])
                if "classes" in ours and mode == "binary":
                    continue
                given = masks(rng, mode, shape)
                if ignore and rng.random() < 0.5:
                    given["ignore_index"] = theirs["ignore_index"] = 255
                    given["labels"] = np.where(rng.random(given["labels"].shape) < 0.2, 255, given["labels"])
                if not ours.get("from_logits", True):
                    given["logits"] = rng.random(given["logits"].shape).round(3)
                yield given | ours, _of_mean(make(mode, **theirs), given["labels"], mode), *BUT_THE_MEAN


def _of_mean(loss: Any, labels: Any, mode: str) -> Any:
    import torch

    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        return loss(x if mode != "binary" else x[:, None], target if mode != "binary" else target[:, None])

    return function


def monai_cases(rng: np.random.Generator, make: Callable[..., Any], extra: dict[str, Any]) -> Iterator[Any]:
    """`make(**MONAI's options)` is MONAI's loss, per image and over the batch."""
    for shape in GOLDEN_SHAPES:
        for mode in ("multiclass", "multilabel"):
            for background in (True, False):
                for per_image in (True, False):
                    given = masks(rng, mode, shape)
                    if mode == "multilabel" and background:
                        given["labels"] = rng.random(given["labels"].shape).round(3)
                    options = {"include_background": background, "batch": not per_image, **extra}
                    activation = {"softmax": True, "to_onehot_y": True} if mode == "multiclass" else {"sigmoid": True}
                    ours = MONAI | {"per_image": per_image}
                    if not background:
                        ours["classes"] = list(range(1, shape[1]))
                    target = given["labels"][:, None] if mode == "multiclass" else given["labels"]
                    yield given | ours, _monai(make, options | activation, target)


def _monai(make: Callable[..., Any], options: dict[str, Any], labels: Any) -> Any:
    import torch

    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        loss = make(reduction=reduction, **options)(x, target)
        if reduction != "none":
            return loss
        return loss.reshape(-1) if options["batch"] else loss.reshape(loss.shape[:2])

    return function


def smp_variants(*names: str) -> list[dict[str, Any]]:
    """The options that smp has: how they are said here and there; `smooth` counts `twice` in Dice."""
    every: dict[str, dict[str, Any]] = {
        "plain": {"ours": {}, "smp": {}},
        "probabilities": {"ours": {"from_logits": False}, "smp": {"from_logits": False}},
        "classes": {"ours": {"classes": [1, 0]}, "smp": {"classes": [1, 0]}},
        "smooth": {"ours": {"smooth_nr": 0.5, "smooth_dr": 0.5}, "smp": {"smooth": 0.5}},
        "smooth twice": {"ours": {"smooth_nr": 1.0, "smooth_dr": 1.0}, "smp": {"smooth": 0.5}},
    }
    return [every[name] for name in names]


# two images of two pixels and two classes, the classes last
P = [[[0.9, 0.2], [0.3, 0.4]], [[0.6, 0.5], [0.1, 0.8]]]
T = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
MASKS: dict[str, Any] = {"mode": "multilabel", "from_logits": False, "class_axis": -1}
KERAS = MASKS | {"average": "micro", "overlap": "product", "empty": "formula", "smooth_dr": 1e-7}
OPTAX = MASKS | {"per_image": True, "overlap": "product", "empty": "formula"}


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
    with pytest.warns(LosscliWarning, match="use from_logits=False"):
        losscli.dice([[0.9, 0.1], [0.5, 0.5]], [0, 1])
    with pytest.warns(LosscliWarning, match="not all lie between 0 and 1"):
        losscli.dice([[2.0, 0.1]], [0], from_logits=False)
    with pytest.warns(LosscliWarning, match="mode=binary"):
        losscli.dice([[2.0], [1.0]], [0, 0])
    with pytest.raises(DataError, match="a mask for each class"):
        losscli.dice([[2.0, 1.0]], [0], mode="multilabel")
    with pytest.raises(DataError, match=r"labels\[1\] is 4"):
        losscli.dice([2.0, 1.0], [0, 4], mode="binary")
    with pytest.raises(DataError, match=r"classes\[0\] is 2, but there are 2 classes"):
        losscli.dice([[2.0, 1.0]], [0], classes=[2])
    with pytest.raises(DataError, match=r"labels\[1\] is 0.5, but a pixel is in the mask"):
        losscli.lovasz_hinge([2.0, 1.0], [0, 0.5])


def test_an_ignored_class_is_in_no_mask() -> None:
    """smp's DiceLoss("multiclass", ignore_index=1) and TverskyLoss give 0.48572949726809506 for these six pixels."""
    numbers = """
        -2.310411800234176 -0.3732508612577643 -1.2609246557194385 -0.726951062065411 -0.019964750907762653
        0.2102998901016947 0.17718935139366584 -0.830510051008449 0.23871805816817063 0.7335283685272841
        -0.7730112772958181 -1.5951814880783068 -0.6870036940435463 1.4880743158106724 -0.4484158047114511
        -0.8910030351707375 0.6748575435940039 1.0468653769814655
    """
    logits = np.array(numbers.split(), float).reshape(1, 3, 6)
    labels = [[0, 1, 2, 1, 0, 0]]
    for loss in (losscli.dice, losscli.tversky):
        assert loss(logits, labels, ignore_index=1).loss == pytest.approx(0.48572949726809506, rel=1e-14)
    kept = [0, 2, 4, 5]  # to ignore a pixel is to leave it out
    without = losscli.lovasz_softmax(logits[:, :, kept], [[labels[0][i] for i in kept]])
    assert losscli.lovasz_softmax(logits, labels, ignore_index=1).loss == without.loss

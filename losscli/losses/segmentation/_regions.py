"""Regions of pixels: predictions and masks, class by class and image by image."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli import ops
from losscli.compute.suspicions import softmax_twice
from losscli.declare import AnyArray, Bools, Floats
from losscli.errors import DataError
from losscli.losses.binary._cross_entropy import binary_cross_entropy_gradient
from losscli.losses.segmentation import Regions


@dataclass(frozen=True)
class Pixels:
    """Probabilities and masks of all pixels: arrays (C, M) of M pixels, those of one image side by side.

    p, q    the probability of each class and, to full precision of its own, 1 - p
    minus   p - t for masks t, (C, M), also where the two are nearly equal
    counts  which pixels count, (C, M) or (1, M)
    slope   turns the derivatives with respect to p, (C, M), into the gradient in the layout of the input
    """

    p: Floats
    q: Floats
    minus: Callable[[Floats], Floats]
    counts: Bools
    slope: Callable[[Floats], Floats]


def pixels(scores: Floats, regions: Regions, counts: Bools) -> Pixels:
    """The probabilities from scores with the classes last; a pixel that does not count has p = q = 0."""
    z = by_class(scores)
    if not regions.from_logits:
        p, q = z, 1 - z
    elif regions.mode == "multiclass":
        p, q = _softmax(z)
    else:
        p, q = ops.sigmoid(z), ops.sigmoid(-z)

    def minus(t: Floats) -> Floats:
        if not regions.from_logits:
            return np.where(counts, p - t, 0.0)
        if regions.mode == "multiclass":
            return np.where(counts, ops.softmax_minus(z.T, ops.softmax_peak(z.T), t.T, whole=1.0).T, 0.0)
        return np.where(counts, binary_cross_entropy_gradient(z, t), 0.0)

    def slope(by_p: Floats) -> Floats:
        by_p = np.where(counts, by_p, 0.0)
        if not regions.from_logits:
            by_z = by_p
        elif regions.mode == "multiclass":  # a class that does not count still moves those that do
            # relative to the likeliest class, so that next to nothing cancels where its p is nearly 1
            by_p = by_p - np.take_along_axis(by_p, z.argmax(axis=0)[None], axis=0)
            by_z = np.where(counts.any(axis=0), p * (by_p - (p * by_p).sum(axis=0)), 0.0)
        else:
            by_z = np.where(counts, p * q * by_p, 0.0)
        return np.moveaxis(by_z.reshape(scores.shape[-1], *scores.shape[:-1]), 0, -1)

    if counts.all():
        return Pixels(p, q, minus, counts, slope)
    return Pixels(np.where(counts, p, 0.0), np.where(counts, q, 0.0), minus, counts, slope)


def by_class(a: AnyArray) -> AnyArray:
    """An array with the classes last as (C, M)."""
    return np.ascontiguousarray(np.moveaxis(a, -1, 0)).reshape(a.shape[-1], math.prod(a.shape[:-1]))


def _softmax(z: Floats) -> tuple[Floats, Floats]:
    at = ops.softmax_peak(z.T)
    p = ops.softmax(z.T, at).T
    return p, np.where(z == at.peak, at.rest / (1 + at.rest), 1 - p)


def targets(labels: AnyArray, classes: int, regions: Regions) -> tuple[Floats, Bools]:
    """Membership (C, M) from class indices or from masks by class, and which pixels count: (C, M) or (1, M)."""
    if labels.dtype.kind == "i" or (regions.mode == "multiclass" and classes == 1):
        y = labels.reshape(1, -1)
        counts = y != regions.ignore_index  # also where that is a class: then it is in no mask
        return (counts & (y == np.arange(classes)[:, None])) * 1.0, counts
    t = labels.reshape(1, -1) if regions.mode == "binary" else by_class(labels)
    counts = t != regions.ignore_index
    return np.where(counts, t, 0.0), counts


def images(scores: Floats, regions: Regions) -> int:
    """The number of images: the first of several axes of pixels; a single axis is one image."""
    return scores.shape[0] if regions.per_image and scores.ndim > 2 else 1


def axes(images: int, regions: Regions, classes: Sequence[int] | None) -> Mapping[str, Sequence[int]]:
    """What the losses belong to."""
    return ({"image": range(images)} if regions.per_image else {}) | ({} if classes is None else {"class": classes})


def class_indices(regions: Regions, count: int) -> list[int]:
    """The classes that have a loss."""
    return list(range(count)) if regions.classes is None else regions.classes.tolist()


def as_declared(arrays: dict[str, AnyArray], *, regions: Regions, **_: Any) -> dict[str, AnyArray]:
    """In mode binary, logits without a class axis get one of length 1."""
    logits, labels = arrays["logits"], arrays["labels"]
    if regions.mode != "binary" or (logits.ndim == labels.ndim + 1 and 1 in logits.shape):
        return arrays
    return arrays | {"logits": logits[..., None]}


def check(logits: Floats, labels: AnyArray, regions: Regions, **_: Any) -> Iterator[str]:
    """Masks that do not fit the mode; probabilities and logits mistaken for each other."""
    mode, from_logits = regions.mode, regions.from_logits
    if mode == "multilabel" and labels.ndim < logits.ndim:
        raise DataError("`mode=multilabel` takes `labels` of the shape of `logits`: a mask for each class.")
    if mode == "multiclass" and logits.shape[-1] == 1:
        yield "there is only one class, whose softmax is always 1. Did you mean `mode=binary`?"
    if not from_logits and logits.size and not (logits.min() >= 0 and logits.max() <= 1):
        yield "`logits` should be probabilities with `from_logits=False`, but not all lie between 0 and 1."
    with np.errstate(all="ignore"):  # inf - inf is not a probability
        twice = from_logits and mode == "multiclass" and softmax_twice(logits.reshape(-1, logits.shape[-1]))
    if twice:
        yield (
            "`logits` lie between 0 and 1 and sum to 1 in every pixel. "
            "If they are probabilities, use `from_logits=False`."
        )

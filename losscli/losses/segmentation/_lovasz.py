"""The Lovasz extension of the Jaccard loss: the convex surrogate that sorts errors."""

from __future__ import annotations

import numpy as np

from losscli.declare import Bools, Floats


def jaccard_weights(errors: Floats, mask: Bools) -> Floats:
    """How much the Jaccard loss grows as pixel after pixel counts as wrong, largest error first, along the last axis.

    With I and U the intersection and the union so far, a pixel in the mask adds 1 / U and any other I / (U (U + 1)):
    not a difference of two losses, so nothing cancels. Where the mask is empty, the first pixel adds 1.
    """
    order = np.argsort(-errors, axis=-1, kind="stable")
    inside = np.take_along_axis(mask, order, axis=-1)
    size = mask.sum(axis=-1, keepdims=True)
    union = size + np.cumsum(~inside, axis=-1)
    intersection = size - np.cumsum(inside, axis=-1)
    outside = np.where(union == 1, 1.0, intersection / (union * np.maximum(union - 1.0, 1.0)))
    weights = np.empty_like(errors)
    np.put_along_axis(weights, order, np.where(inside, 1.0 / union, outside), axis=-1)
    return weights

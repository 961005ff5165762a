"""lovasz-softmax: A convex surrogate of 1 - IoU of each class.

    loss = sum_i error[i] (J({1..i}) - J({1..i-1})),  errors sorted, largest first

smp: LovaszLoss (mode multiclass)

Examples:
    losscli lovasz-softmax --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli lovasz-softmax --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1 --classes 1 --grad
    losscli lovasz-softmax --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,0 --empty formula
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from losscli.declare import Array, Choice, Floats, FromLogits, IgnoredMask, Ints, MaskClasses, PerImage, PixelScores
from losscli.losses.segmentation import _lovasz, _regions
from losscli.terms import Step, Terms

check = _regions.check


def lovasz_softmax(
    logits: PixelScores,
    labels: Annotated[Ints, Array("B...", "label", "class indices, counted from 0")],
    *,
    from_logits: FromLogits = True,
    per_image: PerImage = False,
    classes: MaskClasses | None = None,
    empty: Annotated[
        Literal["skip", "formula"], Choice("a class that is in no mask: left out (smp), or its largest probability")
    ] = "skip",
    ignore_index: IgnoredMask = -100,
) -> Terms:
    """The Lovasz extension of 1 - IoU of each class, at the errors of its softmax.

    A pixel's error is 1 - p[c] where its label is c, else p[c]; J(S) is 1 - IoU where just the pixels S are wrong:

        loss = sum_i error[i] (J({1..i}) - J({1..i-1})),  errors sorted, largest first

    A mean divides by the number of classes that the masks have. With per_image it is a mean over the images of the mean
    over each one's classes: each loss has its image's share as its weight. An image in which all pixels are ignored
    counts for nothing (smp: as 0). smp 0.6.0 takes the softmax even where its from_logits is off. In the gradient,
    pixels whose errors are the same in float64 are taken in their order.

    Source: segmentation_models_pytorch, LovaszLoss; Berman et al. 2018, "The Lovasz-Softmax loss".
    """
    count = logits.shape[-1]
    t, counts = _regions.targets(labels, count, "multiclass", ignore_index)
    at = _regions.pixels(logits, "multiclass", from_logits, counts)
    n = _regions.images(logits, per_image)
    picked = _regions.chosen(classes, count)
    each = t.shape[1] // max(n, 1)
    shape = (len(picked), n, each)
    mask = (t[picked] == 1).reshape(shape)
    # below every error: an ignored pixel comes last, where it weighs nothing
    errors = np.where(counts, np.where(t == 1, at.q, at.p), -1.0)[picked].reshape(shape)
    weights = _lovasz.jaccard_weights(errors, mask)
    extension = (np.maximum(errors, 0) * weights).sum(axis=-1).T.reshape(-1)
    sizes = mask.sum(axis=-1).T.reshape(-1)
    seen = np.repeat(counts.reshape(n, each).any(axis=1), len(picked))
    if empty == "skip":
        seen &= sizes > 0
    share = None
    if per_image:
        among = np.repeat(seen.reshape(n, len(picked)).sum(axis=1), len(picked))
        share = np.where(seen, 1 / np.maximum(among, 1), 0.0)
    factor = seen * 1.0 if share is None else share

    def grad() -> Floats:
        by_region = np.where(mask, -weights, weights) * factor.reshape(n, len(picked)).T[:, :, None]
        by_p = np.zeros_like(t)
        for k, c in enumerate(picked):  # a class may be named twice
            by_p[c] += by_region[k].reshape(-1)
        return at.slope(by_p)

    steps: dict[str, Step] = {"mask pixels": sizes, "extension": extension}
    if share is not None:
        steps["weight"] = share
    return Terms(
        value=np.where(seen, extension * factor, 0.0),
        steps=steps,
        grad=grad,
        divisor=share,
        counts=seen,
        formula=("w " if per_image else "") + "sum_i error[i] (J({1..i}) - J({1..i-1}))",
        axes=_regions.axes(n, per_image, picked),
    )

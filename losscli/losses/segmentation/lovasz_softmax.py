"""lovasz-softmax: A convex surrogate of 1 - IoU of each class.

    loss = sum_i error[i] (J({1..i}) - J({1..i-1})),  errors sorted, largest first

Examples:
    losscli lovasz-softmax --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli lovasz-softmax --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1 --classes 1 --grad
    losscli lovasz-softmax --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,0 --empty formula
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np

from losscli.declare import Array, Choice, Floats, Ints
from losscli.losses.segmentation import (
    FromLogits,
    IgnoredPixel,
    MaskClasses,
    PerImage,
    PixelScores,
    Regions,
    _lovasz,
    _regions,
)
from losscli.terms import Step, Terms


def lovasz_softmax(
    logits: PixelScores,
    labels: Annotated[Ints, Array("B...", "label", "class indices, counted from 0")],
    *,
    from_logits: FromLogits = True,
    per_image: PerImage = False,
    classes: MaskClasses | None = None,
    empty: Annotated[
        Literal["skip", "formula"], Choice("a class in no mask: left out (smp), or its largest probability")
    ] = "skip",
    ignore_index: IgnoredPixel = -100,
) -> Terms:
    """The Lovasz extension of 1 - IoU of each class, at the errors of its softmax.

    A pixel's error is 1 - p[c] where its label is c, else p[c]; J(S) is 1 - IoU when exactly the pixels S are wrong:

        loss = sum_i error[i] (J({1..i}) - J({1..i-1})),  errors sorted, largest first

    The mean divides by the number of classes in the masks. With per_image, it is the mean over the images of the mean
    over the classes of each: the weight of a loss is 1 / the number of classes in its image. An image whose pixels are
    all ignored does not count (smp: counts as 0). smp 0.6.0 applies the softmax even with its from_logits off. In the
    gradient, pixels whose errors are equal in float64 are taken in their order.

    Source: segmentation_models_pytorch, LovaszLoss; Berman et al. 2018, "The Lovasz-Softmax loss".
    """
    regions = Regions(from_logits=from_logits, per_image=per_image, classes=classes, ignore_index=ignore_index)
    count = logits.shape[-1]
    t, counts = _regions.targets(labels, count, regions)
    at = _regions.pixels(logits, regions, counts)
    n = _regions.images(logits, regions)
    chosen = _regions.class_indices(regions, count)
    each = t.shape[1] // max(n, 1)
    shape = (len(chosen), n, each)
    mask = (t[chosen] == 1).reshape(shape)
    # below every error: an ignored pixel comes last, where it weighs nothing
    errors = np.where(counts, np.where(t == 1, at.q, at.p), -1.0)[chosen].reshape(shape)
    weights = _lovasz.jaccard_weights(errors, mask)
    extension = (np.maximum(errors, 0) * weights).sum(axis=-1).T.reshape(-1)
    sizes = mask.sum(axis=-1).T.reshape(-1)
    seen = np.repeat(counts.reshape(n, each).any(axis=1), len(chosen))
    if empty == "skip":
        seen &= sizes > 0
    share = None
    if per_image:
        among = np.repeat(seen.reshape(n, len(chosen)).sum(axis=1), len(chosen))
        share = np.where(seen, 1 / np.maximum(among, 1), 0.0)
    factor = seen * 1.0 if share is None else share

    def grad() -> Floats:
        by_region = np.where(mask, -weights, weights) * factor.reshape(n, len(chosen)).T[:, :, None]
        by_p = np.zeros_like(t)
        for k, c in enumerate(chosen):  # a class may be named twice
            by_p[c] += by_region[k].reshape(-1)
        return at.slope(by_p)

    steps = {
        "mask pixels": Step(sizes, how="number of pixels of the class"),
        "extension": Step(extension, how="sum_i error[i] * (J({1..i}) - J({1..i-1}))"),
    }
    if share is not None:
        steps["weight"] = Step(share, given=True, how="1 / number of classes that count in the image, 0 for others")
    return Terms(
        value=np.where(seen, extension * factor, 0.0),
        steps=steps,
        grad=grad,
        divisor=share,
        counts=seen,
        formula=("w " if per_image else "") + "sum_i error[i] (J({1..i}) - J({1..i-1}))",
        axes=_regions.axes(n, regions, chosen),
    )


def check(logits: Floats, labels: Ints, from_logits: bool, **_: Any) -> Iterator[str]:
    """Probabilities and logits mistaken for each other."""
    yield from _regions.check(logits, labels, Regions(from_logits=from_logits))

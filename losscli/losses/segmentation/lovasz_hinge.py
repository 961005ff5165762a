"""lovasz-hinge: A convex surrogate of 1 - IoU of one mask.

    loss = sum_i max(error[i], 0) (J({1..i}) - J({1..i-1})),  error = 1 - (2 t - 1) x sorted, largest first

Examples:
    losscli lovasz-hinge --logits 2,-1,3 --labels 1,0,0
    losscli lovasz-hinge --logits '2,-1,3; 0.5,0.1,-2' --labels '1,0,0; 1,1,0' --per-image --grad
    losscli lovasz-hinge --logits 2,-1,3 --labels 1,0,255 --ignore-index 255
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from losscli.declare import Array, Floats
from losscli.errors import DataError
from losscli.losses.segmentation import IgnoredPixel, PerImage, Regions, _lovasz, _regions
from losscli.terms import Step, Terms


def check(labels: Floats, ignore_index: int = -100, **_: Any) -> None:
    """Masks of anything but 0 and 1."""
    wrong = (labels != 0) & (labels != 1) & (labels != ignore_index)
    if wrong.any():
        at = np.argwhere(wrong)[0]
        place = f"[{', '.join(map(str, at))}]" if at.size else ""
        raise DataError(f"`labels`{place} is {labels[tuple(at)]:g}, but a pixel is in the mask (1) or not (0).")


def lovasz_hinge(
    logits: Annotated[Floats, Array("B...", "real", "one score per pixel, positive for the mask")],
    labels: Annotated[Floats, Array("B...", "mask", "1 for pixels in the mask, else 0")],
    *,
    per_image: PerImage = False,
    ignore_index: IgnoredPixel = -100,
) -> Terms:
    """The Lovasz extension of 1 - IoU of one mask, at the hinge errors of its pixels.

    With x the score and t the label of a pixel, error = 1 - (2 t - 1) x; J(S) is 1 - IoU when exactly the pixels S are
    wrong:

        loss = sum_i max(error[i], 0) (J({1..i}) - J({1..i-1})),  errors sorted, largest first

    There is one loss, or with per_image one for each image, the first of several axes. An image whose pixels are all
    ignored does not count (smp: counts as 0).

    Source: segmentation_models_pytorch, LovaszLoss; Yu and Blaschko 2015, "The Lovasz Hinge".
    """
    regions = Regions(mode="binary", per_image=per_image, ignore_index=ignore_index)
    n = _regions.images(logits[..., None], regions)
    shape = (n, logits.size // max(n, 1))
    counts = (labels != ignore_index).reshape(shape)
    mask = (labels == 1).reshape(shape)
    sign = np.where(mask, 1.0, -1.0)
    # below every error: an ignored pixel comes last, where it weighs nothing
    errors = np.where(counts, 1 - sign * logits.reshape(shape), -np.inf)
    weights = _lovasz.jaccard_weights(errors, mask)
    wrong = counts & (sign * logits.reshape(shape) < 0)
    rising = counts & ~(errors <= 0)

    def grad() -> Floats:
        return np.where(rising, -sign * weights, 0.0).reshape(logits.shape)

    return Terms(
        value=np.where(rising, errors * weights, 0.0).sum(axis=1),
        steps={
            "mask pixels": Step(mask.sum(axis=1), how="number of pixels in the mask"),
            "wrong pixels": Step(wrong.sum(axis=1), how="number of pixels whose score has the wrong sign"),
        },
        grad=grad,
        counts=counts.any(axis=1),
        formula="sum_i max(error[i], 0) (J({1..i}) - J({1..i-1}))",
        axes=_regions.axes(n, regions, None),
    )

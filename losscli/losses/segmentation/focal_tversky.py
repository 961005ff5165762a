"""focal-tversky: A power of the Tversky loss of each class.

    loss = (1 - TP / (TP + alpha FP + beta FN))^gamma

smp: TverskyLoss (gamma; the power is of the mean, not of each class)

Examples:
    losscli focal-tversky --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli focal-tversky --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli focal-tversky --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --gamma 2
"""

from __future__ import annotations

from typing import Annotated

from losscli.declare import (
    Average,
    Empty,
    FromLogits,
    IgnoredMask,
    MaskClasses,
    MaskMode,
    Masks,
    Number,
    Overlap,
    PerImage,
    PixelScores,
    SmoothDr,
    SmoothNr,
)
from losscli.losses.segmentation import _overlap, _regions
from losscli.terms import Terms

arrange, check = _regions.arrange, _regions.check


def focal_tversky(
    logits: PixelScores,
    labels: Masks,
    *,
    alpha: Annotated[float, Number("weight of false positives (smp, MONAI); Keras up to 3.15: beta", min=0)] = 0.3,
    beta: Annotated[float, Number("weight of false negatives (smp, MONAI); Keras up to 3.15: alpha", min=0)] = 0.7,
    gamma: Annotated[float, Number("the power; the paper writes it 1 / gamma", above=0)] = 0.75,
    mode: MaskMode = "multiclass",
    from_logits: FromLogits = True,
    per_image: PerImage = False,
    average: Average = "macro",
    classes: MaskClasses | None = None,
    overlap: Overlap = "min",
    empty: Empty = "zero",
    smooth_nr: SmoothNr = 0.0,
    smooth_dr: SmoothDr = 0.0,
    ignore_index: IgnoredMask = -100,
) -> Terms:
    """A power of 1 - the Tversky index of each class, which gives classes that fit badly more or less of a say.

        loss = (1 - (TP + smooth_nr) / (TP + alpha FP + beta FN + smooth_dr))^gamma

    of the probabilities p and masks t of a class's pixels: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. A mean
    divides by the number of classes, those that no mask has among them. alpha weighs the false positives, beta the
    false negatives. The defaults are the paper's: its 0.7 weighs false negatives, its power is 1 / (4/3) = 0.75. The
    power is of each class's loss, as in the paper; smp takes it of their mean, which is the same for one class.

    Source: Abraham and Khan 2018, "A Novel Focal Tversky Loss Function"; segmentation_models_pytorch 0.6, TverskyLoss.
    """
    return _overlap.overlap(
        _overlap.Quotient("Tversky", 1, alpha, beta, gamma),
        logits,
        labels,
        mode=mode,
        from_logits=from_logits,
        per_image=per_image,
        average=average,
        classes=classes,
        overlap=overlap,
        empty=empty,
        smooth_nr=smooth_nr,
        smooth_dr=smooth_dr,
        ignore_index=ignore_index,
    )

"""dice, soft-dice: 1 - Dice, of each class in the batch.

    loss = 1 - 2 TP / (2 TP + FP + FN)

smp: DiceLoss
MONAI: DiceLoss (per image; p t; smooth 1e-5; empty masks by the formula)
Keras: Dice (all classes as one; p t; smooth-dr 1e-7)
optax: dice_loss (per image; p t; smooth 2)

Examples:
    losscli dice --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli dice --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli dice --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --smooth-nr 1 --smooth-dr 1
"""

from __future__ import annotations

from losscli.declare import (
    Average,
    Empty,
    FromLogits,
    IgnoredMask,
    MaskClasses,
    MaskMode,
    Masks,
    Overlap,
    PerImage,
    PixelScores,
    SmoothDr,
    SmoothNr,
)
from losscli.losses.segmentation import _overlap, _regions
from losscli.terms import Terms

arrange, check = _regions.arrange, _regions.check


def dice(
    logits: PixelScores,
    labels: Masks,
    *,
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
    """1 - the Dice coefficient of each class, in the batch or in each image.

        loss = 1 - (2 TP + smooth_nr) / (2 TP + FP + FN + smooth_dr)

    of the probabilities p and masks t of a class's pixels: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. A mean
    divides by the number of classes, those that no mask has among them. The conventions and their defaults
    are smp's; what others do stands with each option. smp and optax smooth half of this quotient, so that
    their `smooth` is half of these two; smp's `eps` has no use here.

    Source: segmentation_models_pytorch 0.6, DiceLoss; Milletari et al. 2016, "V-Net"; min(p, t): Wang et al. 2023,
    "Dice Semimetric Losses".
    """
    return _overlap.overlap(
        _overlap.Quotient("Dice", hit=2, alpha=1, beta=1),
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

"""jaccard, iou: 1 - intersection over union, of each class.

    loss = 1 - TP / (TP + FP + FN)

smp: JaccardLoss
MONAI: DiceLoss (jaccard=True; per image; p t; smooth 5e-6; empty masks by the formula)
optax: dice_loss (alpha=1, beta=1; per image; p t; smooth 1)

Examples:
    losscli jaccard --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli jaccard --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli jaccard --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --per-image
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


def jaccard(
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
    """1 - the Jaccard index (intersection over union) of each class, in the batch or in each image.

        loss = 1 - (TP + smooth_nr) / (TP + FP + FN + smooth_dr)

    of the probabilities p and masks t of a class's pixels: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. A mean
    divides by the number of classes, those that no mask has among them. The conventions and their defaults
    are smp's (its `smooth` is both of these, its `eps` has no use here); MONAI smooths twice this quotient, so that
    its numbers are double.

    Source: segmentation_models_pytorch 0.6, JaccardLoss; min(p, t): Wang et al. 2023, "Jaccard Metric Losses".
    """
    return _overlap.overlap(
        _overlap.Quotient("Jaccard", hit=1, alpha=1, beta=1),
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

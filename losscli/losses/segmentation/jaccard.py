"""jaccard, iou: 1 - intersection over union, of each class.

    loss = 1 - TP / (TP + FP + FN)

Examples:
    losscli jaccard --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli jaccard --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli jaccard --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --per-image
"""

from __future__ import annotations

from losscli.losses.segmentation import Masks, PixelScores, Regions, _overlap, _regions
from losscli.terms import Terms

as_declared, check = _regions.as_declared, _regions.check


def jaccard(logits: PixelScores, labels: Masks, *, regions: Regions) -> Terms:
    """1 - the Jaccard index (intersection over union) of each class, in the batch or in each image.

        loss = 1 - (TP + smooth_nr) / (TP + FP + FN + smooth_dr)

    with the probabilities p and the mask t of a class: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. The mean
    divides by the number of classes, including those in no mask. The defaults are smp's (its `smooth` is both smooth_nr
    and smooth_dr; its `eps` is not needed here). MONAI smooths twice this quotient, so its numbers are double.

    Source: segmentation_models_pytorch 0.6, JaccardLoss; min(p, t): Wang et al. 2023, "Jaccard Metric Losses".
    """
    return _overlap.overlap(_overlap.Quotient("Jaccard", hit=1, alpha=1, beta=1), logits, labels, regions)

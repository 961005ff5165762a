"""dice, soft-dice: 1 - Dice, of each class in the batch.

    loss = 1 - 2 TP / (2 TP + FP + FN)

Examples:
    losscli dice --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli dice --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli dice --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --smooth-nr 1 --smooth-dr 1
"""

from __future__ import annotations

from losscli.losses.segmentation import Masks, PixelScores, Regions, _overlap, _regions
from losscli.terms import Terms

as_declared, check = _regions.as_declared, _regions.check


def dice(logits: PixelScores, labels: Masks, *, regions: Regions) -> Terms:
    """1 - the Dice coefficient of each class, in the batch or in each image.

        loss = 1 - (2 TP + smooth_nr) / (2 TP + FP + FN + smooth_dr)

    with the probabilities p and the mask t of a class: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. The mean
    divides by the number of classes, including those in no mask. The defaults are smp's; each option says what other
    libraries do. smp and optax smooth half of this quotient, so their `smooth` is half of smooth_nr and smooth_dr;
    smp's `eps` is not needed here.

    Source: segmentation_models_pytorch 0.6, DiceLoss; Milletari et al. 2016, "V-Net"; min(p, t): Wang et al. 2023,
    "Dice Semimetric Losses".
    """
    return _overlap.overlap(_overlap.Quotient("Dice", hit=2, alpha=1, beta=1), logits, labels, regions)

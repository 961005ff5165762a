"""tversky: Dice with weights for false positives and negatives.

    loss = 1 - TP / (TP + alpha FP + beta FN)

Examples:
    losscli tversky --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli tversky --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli tversky --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --alpha 0.3 --beta 0.7
"""

from __future__ import annotations

from typing import Annotated

from losscli.declare import Number
from losscli.losses.segmentation import Masks, PixelScores, Regions, _overlap, _regions
from losscli.terms import Terms

as_declared, check = _regions.as_declared, _regions.check


def tversky(
    logits: PixelScores,
    labels: Masks,
    *,
    alpha: Annotated[float, Number("weight of false positives (smp, MONAI); Keras up to 3.15: beta", min=0)] = 0.5,
    beta: Annotated[float, Number("weight of false negatives (smp, MONAI); Keras up to 3.15: alpha", min=0)] = 0.5,
    regions: Regions,
) -> Terms:
    """1 - the Tversky index of each class: Dice with a weight for each kind of error.

        loss = 1 - (TP + smooth_nr) / (TP + alpha FP + beta FN + smooth_dr)

    with the probabilities p and the mask t of a class: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. The mean
    divides by the number of classes, including those in no mask. alpha weights the false positives, beta the false
    negatives, as in the paper, smp and MONAI; Keras up to 3.15.1 does the reverse of what it documents. alpha = beta =
    0.5 is Dice, alpha = beta = 1 Jaccard. The defaults are smp's (its `smooth` is both smooth_nr and smooth_dr; its
    `eps` is not needed here).

    Source: segmentation_models_pytorch 0.6, TverskyLoss; Salehi et al. 2017, "Tversky Loss Function".
    """
    return _overlap.overlap(_overlap.Quotient("Tversky", 1, alpha, beta), logits, labels, regions)

"""focal-tversky: A power of the Tversky loss of each class.

    loss = (1 - TP / (TP + alpha FP + beta FN))^gamma

Examples:
    losscli focal-tversky --logits '2,-1; 0.5,3; 1,-2' --labels 0,1,1
    losscli focal-tversky --mode binary --logits 2,-1,3 --labels 1,0,0 --grad
    losscli focal-tversky --no-from-logits --logits '0.9,0.1; 0.2,0.8' --labels 0,1 --classes 1 --gamma 2
"""

from __future__ import annotations

from typing import Annotated

from losscli.declare import Number
from losscli.losses.segmentation import Masks, PixelScores, Regions, _overlap, _regions
from losscli.terms import Terms

as_declared, check = _regions.as_declared, _regions.check


def focal_tversky(
    logits: PixelScores,
    labels: Masks,
    *,
    alpha: Annotated[float, Number("weight of false positives (smp, MONAI); Keras up to 3.15: beta", min=0)] = 0.3,
    beta: Annotated[float, Number("weight of false negatives (smp, MONAI); Keras up to 3.15: alpha", min=0)] = 0.7,
    gamma: Annotated[float, Number("the power; 1 / gamma in the paper", above=0)] = 0.75,
    regions: Regions,
) -> Terms:
    """A power of 1 - the Tversky index of each class, which gives badly fitting classes more or less weight.

        loss = (1 - (TP + smooth_nr) / (TP + alpha FP + beta FN + smooth_dr))^gamma

    with the probabilities p and the mask t of a class: TP = sum min(p, t), FP = sum p - TP, FN = sum t - TP. The mean
    divides by the number of classes, including those in no mask. alpha weights the false positives, beta the false
    negatives. The defaults are the paper's: its 0.7 weights false negatives, its power is 1 / (4/3) = 0.75. As in the
    paper, the power is taken of each class's loss; smp takes it of their mean, which is the same for one class.

    Source: Abraham and Khan 2018, "A Novel Focal Tversky Loss Function"; segmentation_models_pytorch 0.6, TverskyLoss.
    """
    return _overlap.overlap(_overlap.Quotient("Tversky", 1, alpha, beta, gamma), logits, labels, regions)

"""ciou: 1 - IoU, plus center distance and aspect ratio.

    loss = 1 - IoU + distance^2 / diagonal^2 + alpha v

Examples:
    losscli ciou --input 0,0,2,2 --target 1,1,3,4
    losscli ciou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,4; 2,2,3,5' --grad
    losscli ciou --input '0,0,2,2; 0,0,1,1' --target '0,0,2,2; 0,0,1,2' --reduction none
"""

from __future__ import annotations

import math

import numpy as np

from losscli.declare import Floats
from losscli.losses.detection import BoxEps, Boxes, TrueBoxes, _boxes
from losscli.terms import Step, Terms

TITLE = "Complete box IoU"


def complete_box_iou(input: Boxes, target: TrueBoxes, *, eps: BoxEps = 1e-7) -> Terms:
    """1 - IoU, plus the distance between the centers, plus how much the aspect ratios differ.

        IoU   = intersection / (union + eps)
        v     = 4/pi^2 (atan(target width / height) - atan(width / height))^2
        alpha = v / (1 - IoU + v + eps)
        loss  = 1 - IoU + distance^2 / (diagonal^2 + eps) + alpha v

    Boxes are x1, y1, x2, y2 with x1 <= x2 and y1 <= y2. The mean divides by the number of boxes; torchvision's default
    reduction is none, and its mean over no boxes is 0. The gradient is the derivative of this loss; torchvision, like
    the paper, treats alpha as a constant. torchvision uses its eps for alpha alone, and 1e-7 elsewhere. A box of no
    width and no height gets the target's ratio (torchvision: NaN).

    Source: torchvision.ops.complete_box_iou_loss; Zheng et al. 2020, "Distance-IoU Loss".
    """
    at = _boxes.paired(input, target, eps)
    moved = _boxes.distance_share(at)
    left, top, right, bottom = at.offsets
    (w, h), (tw, th) = at.size, at.target
    # atan a - atan b as one angle, from the differences of the sides: nothing cancels for boxes of similar shape
    angle = np.arctan2((left - right) * h - w * (top - bottom), th * h + tw * w)
    v = 4 / math.pi**2 * angle**2
    alpha = v / (at.iou_loss + v + eps)
    alpha = np.where(v == 0, 0.0, alpha)  # with eps = 0, two equal boxes would be 0 / 0

    def grad() -> Floats:
        turn = 8 / math.pi**2 * angle / (w**2 + h**2)
        dv = (turn * h, -turn * w, -turn * h, turn * w)
        every = zip(_boxes.iou_loss_slopes(at), _boxes.distance_slopes(at), dv, strict=True)
        return _boxes.columns([(1 - alpha**2) * iou + d + alpha * (2 - alpha) * s for iou, d, s in every], at)

    ratios = "4 / pi^2 * (atan(target width / target height) - atan(width / height))^2"
    steps = {
        **_boxes.overlap_steps(at, eps),
        **_boxes.distance_steps(at),
        "v": Step(v, how=ratios),
        "alpha": Step(alpha, how=f"v / (1 - IoU + v{f' + {eps:g}' * (eps > 0)})"),
    }
    formula = "1 - IoU + distance^2 / diagonal^2 + alpha v"
    return Terms(at.iou_loss + moved + alpha * v, steps, grad, formula=formula)

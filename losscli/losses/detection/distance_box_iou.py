"""diou: 1 - IoU, plus the distance between the centers.

    loss = 1 - IoU + distance^2 / diagonal^2

Examples:
    losscli diou --input 0,0,2,2 --target 1,1,3,3
    losscli diou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,3; 2,2,3,3' --grad
    losscli diou --input '0,0,2,2; 0,0,1,1' --target '0,0,2,2; 0,0,1,2' --reduction none
"""

from __future__ import annotations

from losscli.declare import Floats
from losscli.losses.detection import BoxEps, Boxes, TrueBoxes, _boxes
from losscli.terms import Terms

TITLE = "Distance box IoU"


def distance_box_iou(input: Boxes, target: TrueBoxes, *, eps: BoxEps = 1e-7) -> Terms:
    """1 - IoU, plus the squared distance between the centers in units of the enclosing box's diagonal.

        IoU  = intersection / (union + eps)
        loss = 1 - IoU + distance^2 / (diagonal^2 + eps)

    Boxes are x1, y1, x2, y2 with x1 <= x2 and y1 <= y2. The mean divides by the number of boxes; torchvision's default
    reduction is none, and its mean over no boxes is 0.

    Source: torchvision.ops.distance_box_iou_loss; Zheng et al. 2020, "Distance-IoU Loss".
    """
    at = _boxes.paired(input, target, eps)
    moved = _boxes.distance_share(at)

    def grad() -> Floats:
        both = zip(_boxes.iou_loss_slopes(at), _boxes.distance_slopes(at), strict=True)
        return _boxes.columns([iou + distance for iou, distance in both], at)

    steps = {**_boxes.overlap_steps(at, eps), **_boxes.distance_steps(at)}
    return Terms(at.iou_loss + moved, steps, grad, formula="1 - IoU + distance^2 / diagonal^2")

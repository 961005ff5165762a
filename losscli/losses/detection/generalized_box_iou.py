"""giou: 1 - IoU, plus the empty share of the enclosing box.

    loss = 1 - IoU + (enclosing - union) / enclosing

Examples:
    losscli giou --input 0,0,2,2 --target 1,1,3,3
    losscli giou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,3; 2,2,3,3' --grad
    losscli giou --input '0,0,2,2; 0,0,1,1' --target '0,0,2,2; 0,0,1,2' --reduction none
"""

from __future__ import annotations

from losscli.declare import Floats
from losscli.losses.detection import BoxEps, Boxes, TrueBoxes, _boxes
from losscli.terms import Step, Terms

TITLE = "Generalized box IoU"


def generalized_box_iou(input: Boxes, target: TrueBoxes, *, eps: BoxEps = 1e-7) -> Terms:
    """1 - IoU, plus the share of the smallest enclosing box that neither box covers: from 0 to 2.

        IoU  = intersection / (union + eps)
        loss = 1 - IoU + (enclosing - union) / (enclosing + eps)

    Boxes are x1, y1, x2, y2 with x1 <= x2 and y1 <= y2. The mean divides by the number of boxes; torchvision's default
    reduction is none, and its mean over no boxes is 0. Where the boxes do not overlap, each number of the gradient is
    exact relative to the largest one.

    Source: torchvision.ops.generalized_box_iou_loss; Rezatofighi et al. 2019, "Generalized Intersection over Union".
    """
    at = _boxes.paired(input, target, eps)
    enclosing = at.hull[0] * at.hull[1]
    share = at.empty / (enclosing + at.eps)

    def grad() -> Floats:
        w, h = at.hull
        below = enclosing + at.eps
        of_hull = [side * slope for side, slope in zip((h, w, h, w), _boxes.hull_slopes(at), strict=True)]
        slopes = zip(_boxes.iou_loss_slopes(at), of_hull, _boxes.uncovered_slopes(at), strict=True)
        return _boxes.columns([d + (empty - hull * share) / below for d, hull, empty in slopes], at)

    steps = {
        **_boxes.overlap_steps(at, eps),
        "enclosing": Step(lambda: enclosing / at.scale**2, how="area of the smallest box around both"),
        "empty share": Step(share, how=f"(enclosing - union) / {_boxes.with_eps('enclosing', eps)}"),
    }
    return Terms(at.iou_loss + share, steps, grad, formula="1 - IoU + (enclosing - union) / enclosing")

"""torchvision: torchvision.

focal: sigmoid_focal_loss
ciou: complete_box_iou_loss
diou: distance_box_iou_loss
giou: generalized_box_iou_loss
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way

GIVES_ROWS = True
IMPORTS = "import torch\nfrom torchvision import ops\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"
BOXES = {"giou": "generalized", "diou": "distance", "ciou": "complete"}


def conventions(at: At) -> Iterator[Way]:
    reduction = "" if at.reduction == "none" else f", reduction={at.reduction!r}"
    if at.name == "focal":
        options = f", alpha={at['alpha']!r}, gamma={at['gamma']!r}{reduction}"
        yield at.own(f"loss = ops.sigmoid_focal_loss(logits, labels{options})")
    elif at.name == "ciou" and at.differs("eps"):
        yield Way("", None, why="gives eps to the aspect ratio alone")
    elif at.name in BOXES:
        yield at.own(f"loss = ops.{BOXES[at.name]}_box_iou_loss(input, target{reduction}{at.options('eps')})")

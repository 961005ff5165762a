"""soft-margin: Logistic loss for the labels -1 and 1.

    loss = log(1 + exp(-y x))

Examples:
    losscli soft-margin --logits 0.15,-0.34,0.12,0.67,0.55 --labels -1,1,-1,1,-1
    losscli soft-margin --logits '2,-1; 0.5,-800' --labels '1,-1; 1,1'
    losscli soft-margin --logits 40 --label 1 --grad
"""

from __future__ import annotations

from typing import Annotated

from losscli import ops
from losscli.declare import Array, Floats
from losscli.losses.binary import Scores
from losscli.terms import Step, Terms


def soft_margin(
    logits: Scores,
    labels: Annotated[Floats, Array("N...", "strict sign", "-1 or 1", suspicion="neither -1 nor 1")],
) -> Terms:
    """The logistic loss of a score and a label of -1 or 1, element by element.

        loss = softplus(-y x) = log(1 + exp(-y x))

    It equals `bce-logits` with the labels 0 and 1 instead of -1 and 1. Labels that are all 0 or 1 are an error; other
    numbers are used as they are, with a warning. A mean divides by the number of elements. PyTorch computes exp(-y x)
    directly, so its loss is infinite where y x is below about -710; here it is -y x.

    Source: PyTorch, torch.nn.SoftMarginLoss.
    """
    against = -labels * logits

    def grad() -> Floats:
        return -labels * ops.sigmoid(against)

    return Terms(
        value=ops.softplus(against),
        steps={
            "logit": Step(logits),
            "label": Step(labels, given=True),
            "y x": Step(lambda: -against, how="label * logit"),
            "sigmoid(y x)": Step(lambda: ops.sigmoid(-against), how="1 / (1 + exp(-y x))"),
        },
        grad=grad,
    )

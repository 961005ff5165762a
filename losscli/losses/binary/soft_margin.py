"""soft-margin: The logistic loss of a score against -1 or 1.

    loss = log(1 + exp(-y x))

PyTorch: SoftMarginLoss
optax: sigmoid_binary_cross_entropy (labels 0 and 1)

Examples:
    losscli soft-margin --logits 0.15,-0.34,0.12,0.67,0.55 --labels -1,1,-1,1,-1
    losscli soft-margin --logits '2,-1; 0.5,-800' --labels '1,-1; 1,1'
    losscli soft-margin --logits 40 --label 1 --grad
"""

from __future__ import annotations

from losscli import ops
from losscli.declare import Floats, Scores, Signs
from losscli.terms import Terms


def soft_margin(logits: Scores, labels: Signs) -> Terms:
    """The logistic loss of a score against -1 or 1, element by element.

        loss = softplus(-y x) = log(1 + exp(-y x))

    It equals `bce-logits` with labels 0 and 1. A mean divides by the number of elements. PyTorch computes exp(-y x) as
    it stands and is infinite from y x = -710 on; here the loss is -y x there.

    Source: PyTorch, torch.nn.SoftMarginLoss.
    """
    against = -labels * logits

    def grad() -> Floats:
        return -labels * ops.sigmoid(against)

    return Terms(
        value=ops.softplus(against),
        steps={
            "logit": logits,
            "label": labels,
            "y x": lambda: -against,
            "sigmoid(y x)": lambda: ops.sigmoid(-against),
        },
        grad=grad,
    )

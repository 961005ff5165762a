"""log-sigmoid: Turns a logit into a log-probability.

    log_sigmoid(x) = -log(1 + exp(-x))

Examples:
    losscli log-sigmoid --logits 0.15,-0.34,0.12,0.67,0.55
    losscli log-sigmoid --logits '0.9,0.1; 0.8,0.2' -q
    losscli log-sigmoid --logits 40,-40,-800 --json
"""

from __future__ import annotations

from typing import Annotated

from losscli import ops
from losscli.declare import Array, Floats
from losscli.terms import Step, Terms


def log_sigmoid(logits: Annotated[Floats, Array("N...", "real", "scores")]) -> Terms:
    """The logarithm of the probability that a logit stands for.

        log_sigmoid(x) = -log(1 + exp(-x))

    Source: PyTorch, torch.nn.LogSigmoid.
    """
    return Terms(
        value=-ops.softplus(-logits),
        steps={
            "logit": Step(logits),
            "sigmoid": Step(lambda: ops.sigmoid(logits), how="1 / (1 + exp(-logit))"),
        },
    )

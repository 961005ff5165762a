"""sigmoid: Turns a logit into a probability.

    sigmoid(x) = 1 / (1 + exp(-x))

Examples:
    losscli sigmoid --logits 0.15,-0.34,0.12,0.67,0.55
    losscli sigmoid --logits '0.9,0.1; 0.8,0.2' -q
    losscli sigmoid --logits 40,-40,-800 --json
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats
from losscli.terms import Step, Terms


def sigmoid(logits: Annotated[Floats, Array("N...", "real", "scores")]) -> Terms:
    """The probability that a logit stands for.

        sigmoid(x) = 1 / (1 + exp(-x))

    Source: PyTorch, torch.nn.Sigmoid.
    """
    return Terms(
        value=ops.sigmoid(logits),
        steps={
            "logit": Step(logits),
            "exp(-|x|)": Step(lambda: np.exp(-np.abs(logits)), how="exp(-abs(logit))"),
        },
    )

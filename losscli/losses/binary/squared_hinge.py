"""squared-hinge: The square of how far a score falls short of 1.

    loss = max(0, 1 - y x)^2

Keras: SquaredHinge (then the mean over the last axis)

Examples:
    losscli squared-hinge --logits 0.15,-0.34,0.12,0.67,0.55 --labels -1,1,-1,1,-1
    losscli squared-hinge --logits '2,-1; 0.5,3' --labels '1,-1; 1,1' --grad
    losscli squared-hinge --logits 2,-0.5 --labels 1,-1
"""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats, Scores, Signs
from losscli.terms import Terms


def squared_hinge(logits: Scores, labels: Signs) -> Terms:
    """The square of how far a score falls short of a margin of 1 on the side of its label, element by element.

        loss = max(0, 1 - y x)^2

    A mean divides by the number of elements. Labels 0 and 1 are taken as -1 and 1 with a note; Keras does so in
    silence.

    Source: Keras, SquaredHinge.
    """
    short = 1 - labels * logits
    over = np.maximum(short, 0)

    def grad() -> Floats:
        return -2 * labels * over

    return Terms(
        value=np.square(over),
        steps={"logit": logits, "label": labels, "y x": lambda: labels * logits, "1 - y x": short},
        grad=grad,
    )

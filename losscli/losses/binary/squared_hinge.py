"""squared-hinge: The square of the hinge loss.

    loss = max(0, 1 - y x)^2

Examples:
    losscli squared-hinge --logits 0.15,-0.34,0.12,0.67,0.55 --labels -1,1,-1,1,-1
    losscli squared-hinge --logits '2,-1; 0.5,3' --labels '1,-1; 1,1' --grad
    losscli squared-hinge --logits 2,-0.5 --labels 1,-1
"""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats
from losscli.losses.binary import Scores, Signs
from losscli.terms import Step, Terms


def squared_hinge(logits: Scores, labels: Signs) -> Terms:
    """The square of how far a score falls short of a margin of 1 on the side of its label, element by element.

        loss = max(0, 1 - y x)^2

    A mean divides by the number of elements. Labels 0 and 1 are taken as -1 and 1, with a warning (Keras: without).

    Source: Keras, SquaredHinge.
    """
    short = 1 - labels * logits
    over = np.maximum(short, 0)

    def grad() -> Floats:
        return -2 * labels * over

    return Terms(
        value=np.square(over),
        steps={
            "logit": Step(logits),
            "label": Step(labels, given=True),
            "y x": Step(lambda: labels * logits, how="label * logit"),
            "1 - y x": Step(short, how="1 - label * logit"),
        },
        grad=grad,
    )

"""hinge: How far a score falls short of a margin of 1.

    loss = max(0, 1 - y x)

Examples:
    losscli hinge --logits 0.15,-0.34,0.12,0.67,0.55 --labels -1,1,-1,1,-1
    losscli hinge --logits '2,-1; 0.5,3' --labels '1,-1; 1,1' --grad
    losscli hinge --logits 2,-0.5 --labels 1,-1
"""

from __future__ import annotations

import numpy as np

from losscli.declare import Floats
from losscli.losses.binary import Scores, Signs
from losscli.terms import Step, Terms


def hinge(logits: Scores, labels: Signs) -> Terms:
    """How far a score falls short of a margin of 1 on the side of its label, element by element.

        loss = max(0, 1 - y x)

    A mean divides by the number of elements. Labels 0 and 1 are taken as -1 and 1, with a warning (Keras and
    scikit-learn: without); optax computes something else for them. scikit-learn takes a label that occurs alone for -1.
    The gradient is 0 at the kink y x = 1. `categorical-hinge` is the loss for one label among several classes.

    Source: Keras, Hinge; scikit-learn, sklearn.metrics.hinge_loss; Cortes and Vapnik 1995, "Support-Vector Networks".
    """
    short = 1 - labels * logits

    def grad() -> Floats:
        return np.where(short > 0, -labels, short * 0)

    return Terms(
        value=np.maximum(short, 0),
        steps={
            "logit": Step(logits),
            "label": Step(labels, given=True),
            "y x": Step(lambda: labels * logits, how="label * logit"),
            "1 - y x": Step(short, how="1 - label * logit"),
        },
        grad=grad,
    )

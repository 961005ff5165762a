"""categorical-hinge: Hinge loss against the best other class.

    loss = max(0, 1 - z[y] + max_{c != y} z[c])

Examples:
    losscli categorical-hinge --logits 0.1,0.2,0.4,0.8 --label 2
    losscli categorical-hinge --logits '2,0.5,-1; 0.5,1,0' --labels 0,2
    losscli categorical-hinge --logits '2,0.5,-1; 0.5,1,0' --labels 0,2 --grad
"""

from __future__ import annotations

import numpy as np

from losscli import ops
from losscli.declare import Floats
from losscli.losses.margin import _exact
from losscli.losses.multiclass import ClassIndices, ClassScores
from losscli.terms import Step, Terms


def categorical_hinge(logits: ClassScores, labels: ClassIndices) -> Terms:
    """How far the best other class comes within 1 of the label's score, or exceeds it.

        loss = max(0, 1 - z[y] + max_{c != y} z[c])

    This is Crammer and Singer's hinge; `multi-margin` sums over all other classes. The gradient is 0 at the kink; if
    several classes tie, it goes to the first. A mean divides by the number of rows. Keras takes one-hot labels and the
    maximum over (1 - y) z, which includes a 0 for the label itself: if all other scores are negative, its loss can be
    larger than this one. It is that of one more class with the score 0.

    Source: optax, multiclass_hinge_loss; scikit-learn, sklearn.metrics.hinge_loss; Crammer and Singer 2001, "On the
    Algorithmic Implementation of Multiclass Kernel-based Vector Machines".
    """
    rows = np.arange(len(labels))
    others = logits.copy()
    others[rows, labels] = -np.inf
    closest = others.argmax(axis=1)
    other, own = ops.pick(others, closest), ops.pick(logits, labels)
    gap = 1 - own
    over = (other + gap) + _exact.rounding(1.0, -own, gap)

    def at_closest() -> Floats:
        losses = np.zeros_like(logits)
        losses[rows, closest] = np.maximum(over, 0)
        return losses

    def grad() -> Floats:
        active = (over > 0) * 1.0
        g = np.zeros_like(logits)
        g[rows, closest] = active
        g[rows, labels] -= active
        return g

    return Terms(
        value=np.maximum(over, 0),
        steps={
            "logit": Step(logits),
            "1 - z[y] + z": Step(lambda: _exact.above(logits, 1.0, own), how="1 - logit[y] + logit"),
            "loss": Step(at_closest, summed=True, how="max(0, 1 - z[y] + z) for the closest class, 0 for the others"),
            "label": Step(labels, label=True),
            "logit[y]": Step(own, how="logit of the label"),
            "closest class": Step(closest, how="the class with the largest logit, except the label"),
            "its logit": Step(other, how="logit of the closest class"),
        },
        grad=grad,
    )

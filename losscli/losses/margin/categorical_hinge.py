"""categorical-hinge: How far the best other class comes within 1.

    loss = max(0, 1 - z[y] + max_{c != y} z[c])

Keras: CategoricalHinge
optax: multiclass_hinge_loss
sklearn: hinge_loss

Examples:
    losscli categorical-hinge --logits 0.1,0.2,0.4,0.8 --label 2
    losscli categorical-hinge --logits '2,0.5,-1; 0.5,1,0' --labels 0,2
    losscli categorical-hinge --logits '2,0.5,-1; 0.5,1,0' --labels 0,2 --grad
"""

from __future__ import annotations

import numpy as np

from losscli import ops
from losscli.declare import ClassIndices, ClassScores, Floats
from losscli.losses.margin import _exact
from losscli.terms import Summed, Terms


def categorical_hinge(logits: ClassScores, labels: ClassIndices) -> Terms:
    """How far the closest other class comes within 1 of the label's score.

        loss = max(0, 1 - z[y] + max_{c != y} z[c])

    This is Crammer and Singer's hinge; `multi-margin` sums over all other classes. The gradient is 0 at the corner, and
    goes to the first of several closest classes. A mean divides by the number of rows. Keras takes a one-hot label and
    a maximum over (1 - y) z, which holds a 0 for the label itself: where all other scores are negative its loss is
    larger than this one.

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
            "logit": logits,
            "1 - z[y] + z": lambda: _exact.above(logits, 1.0, own),
            "loss": Summed(at_closest),
            "label": labels,
            "logit[y]": own,
            "closest class": closest,
            "its logit": other,
        },
        grad=grad,
    )

"""js: How far two distributions are from their mean.

    loss = KL(p || m) / 2 + KL(t || m) / 2,   m = (p + t) / 2

Examples:
    losscli js --probs 0.4,0.3,0.3 --target 0.5,0.3,0.2
    losscli js --probs '0.9,0.1; 0.5,0.5' --target '0.8,0.2; 1,0' --reduction sum
    losscli js --probs "$(losscli softmax -q --logits 2,1,0)" --target 0.6,0.3,0.1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats
from losscli.terms import Step, Terms

TITLE = "Jensen-Shannon divergence"


def jensen_shannon_divergence(
    probs: Annotated[Floats, Array("N... C", "real", "class probabilities", min=0, suspicion="not a distribution")],
    target: Annotated[
        Floats, Array("N... C", "real", "target class probabilities", min=0, suspicion="not a distribution")
    ],
) -> Terms:
    """How far two distributions are from their mean, in nats: from 0, where they are equal, up to log 2.

        loss = 1/2 sum_c (p[c] log(p[c] / m[c]) + t[c] log(t[c] / m[c])),   m = (p + t) / 2,   0 log 0 = 0

    The mean divides by the number of rows. SciPy's jensenshannon is the square root of this, and scales both
    distributions to sum to 1 first; here they are used as they are.

    Source: Lin 1991, "Divergence Measures Based on the Shannon Entropy".
    """
    total = probs + target
    mixture = total / 2
    # p = m (1 + d) and t = m (1 - d)
    d = np.divide(probs - target, total, out=np.zeros_like(total), where=total != 0)
    # (1 + d) log(1 + d) + (1 - d) log(1 - d), written so that hardly anything cancels for small d
    losses = d * (np.log1p(d) - np.log1p(-d))
    losses += np.log1p(-d * d)
    losses *= mixture / 2
    far = np.nonzero(np.abs(d) > 0.5)
    losses[far] = (_share(probs[far], mixture[far]) + _share(target[far], mixture[far])) / 2

    def log_ratio(p: Floats, d: Floats) -> Floats:
        return np.where(np.abs(d) > 0.5, np.log(p / mixture), np.log1p(d))

    def grad() -> Floats:
        return np.where(total == 0, 0.0, log_ratio(probs, d) / 2)

    steps = {
        "prob": Step(probs, summed=True),
        "target prob": Step(target, summed=True),
        "mixture": Step(mixture, summed=True, how="(prob + target prob) / 2"),
        "p log(p/m)": Step(
            lambda: ops.shared(probs, log_ratio(probs, d)), summed=True, how="prob * log(prob / mixture)"
        ),
        "t log(t/m)": Step(
            lambda: ops.shared(target, log_ratio(target, -d)),
            summed=True,
            how="target prob * log(target prob / mixture)",
        ),
        "loss": Step(losses, summed=True, how="(p log(p/m) + t log(t/m)) / 2"),
    }
    formula = "1/2 sum_c (p[c] log(p[c] / m[c]) + t[c] log(t[c] / m[c])),  m = (p + t) / 2"
    return Terms(value=ops.row_sum(losses), steps=steps, grad=grad, formula=formula)


def _share(p: Floats, mixture: Floats) -> Floats:
    return ops.shared(p, np.log(p / mixture))

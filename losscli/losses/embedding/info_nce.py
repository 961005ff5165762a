"""info-nce: Cross entropy of finding each anchor's positive.

    loss = -log softmax(s[i])[i],   s[i, j] = cos(a[i], p[j]) / T

Examples:
    losscli info-nce --anchor '1,0; 0,1; 1,1' --positive '1,0.1; 0.2,1; 1,0.8'
    losscli info-nce --anchor '1,0; 0,1; 1,1' --positive '1,0.1; 0.2,1; 1,0.8' --temperature 0.5
    losscli info-nce --anchor '1,0; 0,1' --positive '1,0.1; 0.2,1' --reduction none --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import doubled, ops
from losscli.declare import Array, Floats
from losscli.losses.embedding import Temperature, _angles
from losscli.terms import Step, Terms

TITLE = "InfoNCE"


def info_nce(
    anchor: Annotated[Floats, Array("B D", "real", "a batch of vectors")],
    positive: Annotated[Floats, Array("B D", "real", "the vector that belongs to each anchor")],
    *,
    temperature: Temperature = 0.07,
) -> Terms:
    """Cross entropy of finding each anchor's own positive among all positives of the batch.

        loss = -log softmax(s[i])[i],   s[i, j] = cos(a[i], p[j]) / T

    Row i of positive belongs to row i of anchor; its other rows are the negatives of that anchor. So the rows are
    coupled, and there is one loss for each anchor. The mean divides by the number of anchors. CLIP's loss is the mean
    of this one in both directions. The default temperature is that of MoCo and of optax's ntxent. The gradient is with
    respect to the anchors, and is exact relative to its largest terms, the unit vectors divided by T.

    Source: van den Oord et al. 2018, "Representation Learning with Contrastive Predictive Coding"; cosine and
    temperature: He et al. 2020, "Momentum Contrast"; PyTorch's cross_entropy on the matrix s.
    """
    (u, norm), (v, _) = _angles.units(anchor), _angles.units(positive)
    cosine, lost_of_cosine = _angles.cosines(anchor, positive)
    # divided by T, the rounding of a cosine would be that much larger: what it lost is made up for at the end
    logits, lost = doubled.quotient((cosine, lost_of_cosine), (np.float64(temperature),))
    at, own = ops.softmax_peak(logits), np.arange(len(logits))

    def grad() -> Floats:
        pull = ops.softmax_minus_one_hot(logits, at, own) + ops.softmax_corrected(logits, at, lost)
        pull /= temperature
        return _angles.onto_sphere(pull @ v, u, norm)

    rough = ops.negative_log_softmax_at(logits, at, own)
    nll = ops.corrected(rough, ops.softmax_minus_one_hot(logits, at, own), lost)
    return Terms(
        value=nll,
        steps={
            "cosine": Step(cosine, how="cos(a[i], p[j])"),
            "cosine / T": Step(logits, how=f"cosine / {temperature:g}"),
            "softmax": Step(lambda: ops.softmax(logits, at), summed=True, how="exp(cosine / T) / sum(exp(cosine / T))"),
            "label": Step(own, label=True, how="i, the row itself"),
            "cosine[i]": Step(cosine.diagonal(), how="cosine of the label"),
            "softmax[i]": Step(lambda: np.exp(-nll), how="softmax of the label"),
        },
        grad=grad,
        formula=f"-log softmax(cos(a[i], p) / {temperature:g})[i]",
    )


def check(anchor: Floats, positive: Floats, **_: Any) -> Iterator[str]:
    yield from _angles.check_batch(anchor=anchor, positive=positive)

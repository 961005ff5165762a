"""arcface: Softmax of cosines with a margin for the label.

    loss = -log softmax(z)[y],   z[y] = s cos(angle[y] + m), z[c] = s cos(angle[c]) for the other classes

Examples:
    losscli arcface --cosines 0.8,0.3,-0.1 --label 0
    losscli arcface --cosines '0.8,0.3,-0.1; 0.2,0.6,0.1' --labels 0,1 --scale 30 --margin 0.3
    losscli arcface --cosines '0.8,0.3,-0.1; 0.2,0.6,0.1' --labels 0,1 --grad
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats, Ints, Number
from losscli.losses.multiclass import ClassIndices, IgnoreIndex, _labels
from losscli.losses.multiclass._softmax import softmax_steps
from losscli.terms import Step, Terms

TITLE = "ArcFace"


def arcface(
    cosines: Annotated[Floats, Array("N... C", "real", "cosines of the embedding with each class")],
    labels: ClassIndices,
    *,
    scale: Annotated[float, Number("what the cosines are multiplied by", above=0)] = 64.0,
    margin: Annotated[float, Number("added to the angle of the label, in radians", min=0, max=3.14)] = 0.5,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Cross entropy of scaled cosines, where the angle between the embedding and its own class is made larger.

        loss = -log softmax(z)[y],   z[c] = s cos(a[c]),   z[y] = s cos(a[y] + m)

    Where a[y] + m is more than pi, z[y] = s (cos(a[y]) - m sin(m)), so that it still falls with the angle: so do the
    authors' code and pytorch-metric-learning. The gradient is with respect to the cosines; it is infinite where the
    cosine of the label is 1 or -1.

    Source: Deng et al. 2019, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition";
    pytorch-metric-learning, ArcFaceLoss.
    """
    counts, y = _labels.counted(labels, ignore_index)
    rows = np.arange(len(y))
    own = ops.pick(cosines, y)
    sine = np.sqrt(np.maximum((1 - own) * (1 + own), 0))
    inside = own >= -math.cos(margin)  # angle + margin <= pi
    shifted = np.where(inside, own * math.cos(margin) - sine * math.sin(margin), own - margin * math.sin(margin))
    z = scale * cosines
    z[rows, y] = scale * shifted
    at = ops.softmax_peak(z)
    nll = ops.negative_log_softmax_at(z, at, y)

    def grad() -> Floats:
        g = scale * ops.softmax_minus_one_hot(z, at, y)
        g[rows, y] *= np.where(inside, math.cos(margin) + math.sin(margin) * own / sine, 1.0)
        return _labels.masked(g, counts)

    steps = {
        "cosine": Step(cosines),
        **softmax_steps(z, at),
        "label": Step(labels, label=True),
        "angle[y]": Step(lambda: np.arctan2(sine, own), how="arccos(cosine of the label)"),
        "cos(angle[y] + m)": Step(shifted, how=f"cos(angle[y] + {margin:g})"),
        "softmax[y]": Step(lambda: np.exp(-nll), how="softmax of the label"),
        "log softmax[y]": Step(lambda: -nll, how="log(softmax[y])"),
    }
    steps["logit"] = Step(z, how=f"{scale:g} * cosine; for the label, {scale:g} * cos(angle[y] + {margin:g})")
    formula = f"-log softmax(z)[y],  z = {scale:g} cos(angle), with {margin:g} added to angle[y]"
    return Terms(_labels.masked(nll, counts), steps, grad, counts=counts, formula=formula)


def check(cosines: Floats, labels: Ints, ignore_index: int, **_: Any) -> Iterator[str]:
    """Cosines that are none."""
    beyond = (np.abs(cosines) > 1 + 1e-6).any(axis=1) & (labels != ignore_index)
    if beyond.any():
        yield "`cosines` are not between -1 and 1: are they scaled already?"

"""hinge-embedding: Pulls like pairs together, pushes unlike ones apart.

    loss = x for y = 1; max(0, m - x) for y = -1

Examples:
    losscli hinge-embedding --input 0.3,0.4,2.5 --labels 1,-1,-1
    losscli hinge-embedding --input 0.3,0.4,2.5 --labels 1,-1,-1 --margin 3
    losscli hinge-embedding --input 0.3,0.4,2.5 --labels 1,-1,-1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Array, Floats, Number
from losscli.terms import Step, Terms


def hinge_embedding(
    input: Annotated[Floats, Array("N...", "real", "the distance of each pair")],
    labels: Annotated[
        Floats, Array("N...", "strict sign", "1 for a like pair, -1 for an unlike one", suspicion="neither -1 nor 1")
    ],
    *,
    margin: Annotated[float, Number("how far apart unlike pairs should be")] = 1.0,
) -> Terms:
    """The distance of a like pair, or how far an unlike pair is short of a margin, element by element.

        loss = x               for y = 1
               max(0, m - x)   for y = -1

    A mean divides by the number of pairs. At the kink x = m the gradient is -1, as in PyTorch. A label that is neither
    1 nor -1 adds both branches, as in PyTorch, with a warning; labels that are all 0 or 1 are an error.

    Source: PyTorch, torch.nn.HingeEmbeddingLoss.
    """
    like, unlike = labels == 1, labels == -1
    lack = margin - input
    short = np.maximum(lack, 0)
    value = np.where(like, input, short)
    neither = np.flatnonzero(~(like | unlike))
    value[neither] += input[neither]

    def grad() -> Floats:
        return np.where(unlike, 0.0, 1.0) + np.where(~like & (lack >= 0), -1.0, 0.0)

    return Terms(
        value=value,
        steps={
            "input": Step(input),
            "label": Step(labels, given=True),
            "m - x": Step(lack, how=f"{margin:g} - input"),
        },
        grad=grad,
        formula=f"x for y = 1; max(0, {margin:g} - x) for y = -1",
    )

"""cosine: How far two vectors are from pointing the same way.

    loss = 1 - cos(x1, x2),   cos(a, b) = a.b / (|a| |b|)

PyTorch: CosineSimilarity (1 minus it)
Keras: CosineSimilarity (minus the cosine: 1 less than this)
optax: cosine_distance
sklearn: cosine_distances

Examples:
    losscli cosine --input1 1,2,3 --input2 2,4,7
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; 1,1.00000001'
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; -1,-1' --grad
"""

from __future__ import annotations

from typing import Any

import numpy as np

from losscli.declare import Floats, Vectors
from losscli.losses.embedding import _angles
from losscli.terms import Summed, Terms


def cosine_distance(input1: Vectors, input2: Vectors) -> Terms:
    """One minus the cosine of the angle between two vectors: 0 where they point the same way, 2 for opposite ways.

        loss = 1 - x1.x2 / (|x1| |x2|)

    A mean divides by the number of pairs. The gradient is with respect to input1. A vector of zeros has no direction:
    its cosine is taken as 0 with a warning, as PyTorch, Keras and scikit-learn do in silence; optax gives NaN.
    Each number of the gradient is exact relative to the length of the whole.

    Source: optax, cosine_distance; scikit-learn, sklearn.metrics.pairwise.cosine_distances.
    """
    angles = _angles.between(input1, input2)

    def grad() -> Floats:
        slope = -_angles.aside(input1, input2, angles) / angles.norm1[:, None]
        return np.where(angles.norm1[:, None] == 0, 0.0, slope)

    return Terms(
        value=angles.gap,
        steps={
            "x1": input1,
            "x2": input2,
            "x1 x2": Summed(lambda: input1 * input2),
            "x1^2": Summed(lambda: input1 * input1),
            "x2^2": Summed(lambda: input2 * input2),
            "|x1|": angles.norm1,
            "|x2|": angles.norm2,
            "cosine": angles.cosine,
        },
        grad=grad,
    )


def check(input1: Floats, input2: Floats, **_: Any) -> None:
    _angles.warn_of_zeros(input1=input1, input2=input2)

"""cosine: How far two vectors are from pointing the same way.

    loss = 1 - cos(x1, x2),   cos(a, b) = a.b / (|a| |b|)

PyTorch: CosineSimilarity (1 minus it; dim=-1)
Keras: CosineSimilarity (minus the cosine: 1 less than this)
optax: cosine_distance (NaN for a vector of zeros)
sklearn: cosine_distances (the diagonal)

Examples:
    losscli cosine --input1 1,2,3 --input2 2,4,7
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; 1,1.00000001'
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; -1,-1' --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from losscli.declare import Floats
from losscli.losses.embedding import Vectors, _angles
from losscli.terms import Step, Terms


def cosine_distance(input1: Vectors, input2: Vectors) -> Terms:
    """One minus the cosine of the angle between two vectors: 0 if they point the same way, 2 if in opposite ways.

        loss = 1 - x1.x2 / (|x1| |x2|)

    The mean divides by the number of pairs. The gradient is with respect to input1. A vector of zeros has no direction:
    its cosine is taken as 0, with a warning. PyTorch, Keras and scikit-learn do so silently; optax gives NaN.
    PyTorch's and Keras's cosine shrinks towards 0 for vectors shorter than 1e-8 and 1e-7.

    Source: optax, cosine_distance; scikit-learn, sklearn.metrics.pairwise.cosine_distances.
    """
    angles = _angles.between(input1, input2)

    def grad() -> Floats:
        (u, norm), (v, _) = _angles.units(input1), _angles.units(input2)
        slope = (angles.cosine[:, None] * u - v) / norm[:, None]
        return np.where(norm[:, None] == 0, 0.0, slope)

    return Terms(
        value=angles.gap,
        steps={
            "x1": Step(input1),
            "x2": Step(input2),
            "x1 x2": Step(lambda: input1 * input2, summed=True, how="x1 * x2"),
            "x1^2": Step(lambda: input1 * input1, summed=True, how="x1 * x1"),
            "x2^2": Step(lambda: input2 * input2, summed=True, how="x2 * x2"),
            "|x1|": Step(angles.norm1, how="sqrt(sum(x1^2))"),
            "|x2|": Step(angles.norm2, how="sqrt(sum(x2^2))"),
            "cosine": Step(angles.cosine, how="sum(x1 x2) / (|x1| * |x2|)"),
        },
        grad=grad,
    )


def check(input1: Floats, input2: Floats, **_: Any) -> Iterator[str]:
    yield from _angles.zero_vectors(input1=input1, input2=input2)

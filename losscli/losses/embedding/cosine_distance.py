"""cosine: How far two vectors are from pointing the same way.

    loss = 1 - cos(x1, x2),   cos(a, b) = a.b / (|a| |b|)

Examples:
    losscli cosine --input1 1,2,3 --input2 2,4,7
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; 1,1.00000001'
    losscli cosine --input1 '1,0; 1,1' --input2 '0,1; -1,-1' --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli.declare import Floats, Number
from losscli.losses.embedding import Vectors, _angles
from losscli.terms import Step, Terms


def cosine_distance(
    input1: Vectors,
    input2: Vectors,
    *,
    eps: Annotated[float, Number("the smallest length that a vector is divided by", min=0)] = 1e-8,
) -> Terms:
    """One minus the cosine of the angle between two vectors: 0 if they point the same way, 2 if in opposite ways.

        loss = 1 - x1.x2 / (max(|x1|, eps) max(|x2|, eps))

    The mean divides by the number of pairs. The gradient is with respect to input1, and each of its numbers is exact
    relative to the length of the whole. eps is that of PyTorch's CosineSimilarity: a vector shorter than eps loses as
    much of its cosine as it is shorter (Keras: 1e-7). As in PyTorch, the gradient takes max(|x1|, eps) for a multiple
    of |x1| there; at a vector of zeros it is -x2 / (max(|x2|, eps) eps). A vector of zeros has no direction: its cosine
    is taken as 0, with a warning. PyTorch, Keras and scikit-learn do so silently; optax gives NaN. With eps = 0 every
    other vector has a cosine, and the gradient at a vector of zeros is 0.

    Source: optax, cosine_distance; scikit-learn, sklearn.metrics.pairwise.cosine_distances.
    """
    angles = _angles.between(input1, input2)
    kept1, kept2 = _kept(angles.norm1, eps), _kept(angles.norm2, eps)
    cosine, gap = angles.cosine, angles.gap
    if (kept1 < 1).any() or (kept2 < 1).any():
        gap = gap + cosine * (_lost(angles.norm1, eps) + kept1 * _lost(angles.norm2, eps))
        cosine = cosine * kept1 * kept2

    def grad() -> Floats:
        (u, norm), (v, _) = _angles.units(input1), _angles.units(input2)
        turn = _angles.aside(input1, input2, angles) + (angles.cosine * _lost(norm, eps))[:, None] * u
        turn = np.where(norm[:, None] == 0, v, turn)
        slope = -kept2[:, None] * turn / np.maximum(norm, eps)[:, None]
        return np.where((norm[:, None] == 0) & (eps == 0), 0.0, slope)

    how = "sum(x1 x2) / (|x1| * |x2|)"
    if (kept1 < 1).any() or (kept2 < 1).any():
        how = f"sum(x1 x2) / (max(|x1|, {eps:g}) * max(|x2|, {eps:g}))"
    return Terms(
        value=gap,
        steps={
            "x1": Step(input1),
            "x2": Step(input2),
            "x1 x2": Step(lambda: input1 * input2, summed=True, how="x1 * x2"),
            "x1^2": Step(lambda: input1 * input1, summed=True, how="x1 * x1"),
            "x2^2": Step(lambda: input2 * input2, summed=True, how="x2 * x2"),
            "|x1|": Step(angles.norm1, how="sqrt(sum(x1^2))"),
            "|x2|": Step(angles.norm2, how="sqrt(sum(x2^2))"),
            "cosine": Step(cosine, how=how),
        },
        grad=grad,
    )


def _kept(norm: Floats, eps: float) -> Floats:
    """|x| / max(|x|, eps)."""
    return np.minimum(norm / eps, 1) if eps else np.ones_like(norm)


def _lost(norm: Floats, eps: float) -> Floats:
    """1 - |x| / max(|x|, eps)."""
    return np.maximum(eps - norm, 0) / eps


def check(input1: Floats, input2: Floats, eps: float, **_: Any) -> Iterator[str]:
    """Vectors without a direction, or too short for the whole of it."""
    for name, x in (("input1", input1), ("input2", input2)):
        top = np.abs(x).max(axis=-1, initial=0)
        if ((top > 0) & (top < eps / x.shape[-1] ** 0.5)).any():
            yield f"`{name}` has a vector shorter than `eps={eps:g}`, which makes its cosine smaller. Is `eps=0` meant?"
    yield from _angles.zero_vectors(input1=input1, input2=input2)

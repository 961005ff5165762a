"""cosine-embedding: Cosine distance of similar pairs, cosine of others.

    loss = 1 - cos(x1, x2) for y = 1; max(0, cos(x1, x2) - m) for y = -1

Examples:
    losscli cosine-embedding --input1 1,2,3 --input2 2,4,7 --label 1
    losscli cosine-embedding --input1 '1,0; 1,1' --input2 '1,1; 1,2' --labels 1,-1 --margin 0.5
    losscli cosine-embedding --input1 '1,0; 1,1' --input2 '1,1; 1,2' --labels 1,-1 --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import doubled
from losscli.declare import Array, Floats, Number
from losscli.losses.embedding import Vectors, _angles
from losscli.terms import Step, Terms

EPS = float(np.float32(1e-12))  # PyTorch adds it to the squared norms, as a float32


def cosine_embedding(
    input1: Vectors,
    input2: Vectors,
    labels: Annotated[
        Floats,
        Array("~N...", "strict sign", "1 for a similar pair, -1 for a dissimilar one", suspicion="neither -1 nor 1"),
    ],
    *,
    margin: Annotated[float, Number("the cosine that dissimilar pairs may have")] = 0.0,
) -> Terms:
    """One minus the cosine for a similar pair; for a dissimilar one, by how much its cosine exceeds a margin.

        loss = 1 - cos             for y = 1         cos = x1.x2 / sqrt((|x1|^2 + 1e-12) (|x2|^2 + 1e-12))
               max(0, cos - m)     for y = -1

    The 1e-12 is PyTorch's; it makes the cosine of a vector of zeros 0. The mean divides by the number of pairs. The
    gradient is with respect to input1, and each of its numbers is exact relative to the length of the whole. Vectors of
    one number are repeated to the length of the others; PyTorch takes their norm before. A label that is neither 1 nor
    -1 costs nothing, as in PyTorch, with a warning; labels that are all 0 or 1 are an error.

    Source: PyTorch, torch.nn.CosineEmbeddingLoss.
    """
    angles = _angles.between(input1, input2)
    shrunk1, lost1 = _shrinkage(angles.norm1)
    shrunk2, lost2 = _shrinkage(angles.norm2)
    cosine = angles.cosine * shrunk1 * shrunk2
    # 1 - cos: what the angle leaves, and what 1e-12 takes away; both keep their digits
    gap = angles.gap + angles.cosine * (lost1 + shrunk1 * lost2)
    like, unlike = labels == 1, labels == -1
    over = cosine - margin
    # the rounding of the products in a dot product comes to about the root of their number
    cancels = abs(margin) / 8 if margin else 1 / np.sqrt(input1.shape[1]) / 8
    cancelled = np.flatnonzero(~like & (over > -1e-9) & (over < cancels))
    if cancelled.size:
        over[cancelled] = _over(input1[cancelled], input2[cancelled], margin)

    def grad() -> Floats:
        u, _ = _angles.units(input1)
        # v - cos k1 k1 u, with k1 = |x1| / sqrt(|x1|^2 + 1e-12)
        turn = _angles.aside(input1, input2, angles) + (angles.cosine * lost1 * (1 + shrunk1))[:, None] * u
        slope = shrunk2[:, None] * turn / np.hypot(angles.norm1, EPS**0.5)[:, None]
        return slope * np.where(like, -1.0, unlike & (over >= 0))[:, None]

    return Terms(
        value=np.where(like, gap, np.where(unlike, np.maximum(over, 0), 0.0)),
        steps={
            "x1": Step(input1),
            "x2": Step(input2),
            "x1 x2": Step(lambda: input1 * input2, summed=True, how="x1 * x2"),
            "label": Step(labels, given=True),
            "|x1|": Step(angles.norm1, how="sqrt(sum(x1 * x1))"),
            "|x2|": Step(angles.norm2, how="sqrt(sum(x2 * x2))"),
            "cosine": Step(cosine, how="sum(x1 x2) / sqrt((|x1|^2 + 1e-12) * (|x2|^2 + 1e-12))"),
        },
        grad=grad,
        formula=f"1 - cos(x1, x2) for y = 1; max(0, cos(x1, x2){f' - {margin:g}' * bool(margin)}) for y = -1",
    )


def _shrinkage(norm: Floats) -> tuple[Floats, Floats]:
    """k = |x| / sqrt(|x|^2 + 1e-12), and 1 - k without cancellation."""
    h = np.hypot(norm, EPS**0.5)
    return norm / h, EPS**0.5 / h * (EPS**0.5 / (h + norm))


def _over(x: Floats, y: Floats, margin: float) -> Floats:
    """cos - m, where its terms cancel: those of the dot product, or the cosine and the margin."""
    scales = [np.maximum(np.frexp(np.abs(a).max(axis=1))[1], -400) for a in (x, y)]
    (x, of_x), (y, of_y) = (
        (np.ldexp(a, -k[:, None]), np.ldexp(EPS, -2 * k)) for a, k in zip((x, y), scales, strict=True)
    )
    square1, square2 = (doubled.compressed((*_angles.dot(a, a), eps)) for a, eps in ((x, of_x), (y, of_y)))
    below = doubled.product(doubled.sqrt(square1), doubled.sqrt(square2))
    cosine = doubled.quotient(_angles.dot(x, y), below)
    return doubled.rounded((*cosine, np.full(len(x), -margin)))


def check(input1: Floats, input2: Floats, margin: float, **_: Any) -> Iterator[str]:
    """Vectors without a direction, and a margin that no cosine reaches."""
    if not -1 <= margin <= 1:
        yield f"`margin` is {margin:g}, but a cosine lies between -1 and 1."
    yield from _angles.zero_vectors(input1=input1, input2=input2)

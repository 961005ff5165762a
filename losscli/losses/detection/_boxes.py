"""What two boxes share, and what lies between them: the geometry of every loss on boxes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from losscli.declare import Bools, Floats
from losscli.terms import Step

Columns = tuple[Floats, Floats, Floats, Floats]


class Pair(NamedTuple):
    """A box and its target, row by row, in units in which neither overflows: lengths times `scale`.

    Every area is a sum of parts, none of them negative, so that a loss near 0 keeps its digits.

    offsets       x1, y1, x2, y2 of the box minus those of the target
    size          width and height of the box; `target`: of the target; `shared`: of the intersection; `hull`: of the
                  smallest box around both
    overlap       whether the boxes overlap
    intersection  the area of both; `apart`: of exactly one of them; `empty`: of the hull, outside both
    eps           what is added to each divisor, in these units
    """

    scale: Floats
    offsets: Columns
    size: tuple[Floats, Floats]
    target: tuple[Floats, Floats]
    shared: tuple[Floats, Floats]
    hull: tuple[Floats, Floats]
    overlap: Bools
    intersection: Floats
    apart: Floats
    empty: Floats
    eps: Floats

    @property
    def union(self) -> Floats:
        return self.intersection + self.apart

    @property
    def iou(self) -> Floats:
        return self.intersection / (self.union + self.eps)

    @property
    def iou_loss(self) -> Floats:
        """1 - IoU."""
        return (self.apart + self.eps) / (self.union + self.eps)


def paired(box: Floats, target: Floats, eps: float) -> Pair:
    """The geometry of each row of two (N, 4) arrays."""
    x1, y1, x2, y2 = box.T
    u1, v1, u2, v2 = target.T
    hull = np.maximum(x2, u2) - np.minimum(x1, u1), np.maximum(y2, v2) - np.minimum(y1, v1)
    # a power of 2, which rounds nothing: 1e300 squared is then not infinite, and 1e-300 squared not 0
    exponent = np.frexp(np.maximum(np.maximum(*hull), 2.0**-500))[1]
    scale = np.ldexp(1.0, -exponent)
    left, top, right, bottom = (x1 - u1) * scale, (y1 - v1) * scale, (x2 - u2) * scale, (y2 - v2) * scale
    w, h = (x2 - x1) * scale, (y2 - y1) * scale
    tw, th = (u2 - u1) * scale, (v2 - v1) * scale
    sw = (np.minimum(x2, u2) - np.maximum(x1, u1)) * scale
    sh = (np.minimum(y2, v2) - np.maximum(y1, v1)) * scale
    wc, hc = hull[0] * scale, hull[1] * scale
    overlap = (sw > 0) & (sh > 0)
    own = (_plus(-left) + _plus(right)) * h + sw * (_plus(-top) + _plus(bottom))
    theirs = (_plus(left) + _plus(-right)) * th + sw * (_plus(top) + _plus(-bottom))
    # a corner of the hull is empty where one box reaches further horizontally and the other one vertically
    corners = _plus(-left * top) + _plus(-right * bottom) + _plus(left * bottom) + _plus(right * top)
    # of boxes side by side: what each lacks of the hull's height, over its width, and the gap between them; or the same
    # of boxes one above the other
    beside = w * (_plus(top) + _plus(-bottom)) + tw * (_plus(-top) + _plus(bottom)) - sw * hc
    above = h * (_plus(left) + _plus(-right)) + th * (_plus(-left) + _plus(right)) - sh * wc
    return Pair(
        scale=scale,
        offsets=(left, top, right, bottom),
        size=(w, h),
        target=(tw, th),
        shared=(sw, sh),
        hull=(wc, hc),
        overlap=overlap,
        intersection=np.where(overlap, sw * sh, 0.0),
        apart=np.where(overlap, own + theirs, w * h + tw * th),
        empty=np.where(overlap, corners, np.where(sw <= 0, beside, above)),
        eps=eps * scale * scale,
    )


def _plus(a: Floats) -> Floats:
    return np.maximum(a, 0.0)


def _step(a: Floats) -> Floats:
    """The slope of max(a, 0); one half at the corner, as in PyTorch's maximum."""
    return np.heaviside(a, 0.5)


def area_slopes(at: Pair) -> Columns:
    """The derivatives of the area of the box with respect to its x1, y1, x2, y2."""
    w, h = at.size
    return -h, -w, h, w


def intersection_slopes(at: Pair) -> Columns:
    """The derivatives of the intersection's area."""
    left, top, right, bottom = at.offsets
    w, h = (np.where(at.overlap, side, 0.0) for side in at.shared)
    return -h * _step(left), -w * _step(top), h * _step(-right), w * _step(-bottom)


def hull_slopes(at: Pair) -> Columns:
    """The derivatives of the hull's width (x1, x2) and height (y1, y2)."""
    left, top, right, bottom = at.offsets
    return -_step(-left), -_step(-top), _step(right), _step(bottom)


def uncovered_slopes(at: Pair) -> list[Floats]:
    """The derivatives of the hull's area less the box's and more the intersection's, which nearly cancel."""
    left, top, right, bottom = at.offsets
    beside = _plus(left) + _plus(-right), _plus(top) + _plus(-bottom)  # what the hull's width and height have more
    sides = zip(at.size[::-1] * 2, beside[::-1] * 2, hull_slopes(at), intersection_slopes(at), strict=True)
    return [
        (np.sign(area) * (abs(slope) - 1)) * side + slope * more + shared
        for (side, more, slope, shared), area in zip(sides, area_slopes(at), strict=True)
    ]


def iou_loss_slopes(at: Pair) -> list[Floats]:
    """The derivatives of 1 - IoU."""
    below = at.union + at.eps
    return [
        (at.intersection * area - shared * (below + at.intersection)) / below**2
        for area, shared in zip(area_slopes(at), intersection_slopes(at), strict=True)
    ]


def distance(at: Pair) -> tuple[Floats, Floats]:
    """The squared distance between the centers, and the squared diagonal of the hull."""
    left, top, right, bottom = at.offsets
    return ((left + right) / 2) ** 2 + ((top + bottom) / 2) ** 2, at.hull[0] ** 2 + at.hull[1] ** 2


def distance_share(at: Pair) -> Floats:
    """The squared distance between the centers over the squared diagonal."""
    between, diagonal = distance(at)
    return between / (diagonal + at.eps)


def distance_slopes(at: Pair) -> list[Floats]:
    """The derivatives of `distance_share`."""
    left, top, right, bottom = at.offsets
    share = distance_share(at)
    below = at.hull[0] ** 2 + at.hull[1] ** 2 + at.eps
    across, up = (left + right) / 2, (top + bottom) / 2
    sides = (at.hull[0], at.hull[1], at.hull[0], at.hull[1])
    return [
        (offset - 2 * share * side * slope) / below
        for offset, side, slope in zip((across, up, across, up), sides, hull_slopes(at), strict=True)
    ]


def columns(slopes: list[Floats], at: Pair) -> Floats:
    """The gradient (N, 4) in the user's units."""
    return np.stack(slopes, axis=1) * at.scale[:, None]


def overlap_steps(at: Pair, eps: float) -> dict[str, Step]:
    """The columns up to the IoU, in the user's units."""
    return {
        "intersection": Step(lambda: at.intersection / at.scale**2, how="area common to input and target"),
        "union": Step(lambda: at.union / at.scale**2, how="area(input) + area(target) - intersection"),
        "IoU": Step(lambda: at.iou, how=f"intersection / {with_eps('union', eps)}"),
    }


def distance_steps(at: Pair) -> dict[str, Step]:
    """The columns of the distance between the centers, in the user's units."""
    between, diagonal = distance(at)
    return {
        "distance^2": Step(lambda: between / at.scale**2, how="squared distance between the centers"),
        "diagonal^2": Step(lambda: diagonal / at.scale**2, how="width^2 + height^2 of the smallest box around both"),
    }


def with_eps(divisor: str, eps: float) -> str:
    """A divisor with eps added, in code notation."""
    return f"({divisor} + {eps:g})" if eps else divisor

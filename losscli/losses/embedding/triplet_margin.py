"""triplet: The positive should be closer than the negative.

    loss = max(0, d(a, p) - d(a, n) + m),   d(x, y) = |x - y + eps|_p

Examples:
    losscli triplet --anchor 0,0 --positive 0.5,0 --negative 1,0.5
    losscli triplet --anchor '0,0; 1,1' --positive '0.5,0; 1,2' --negative '1,0.5; 1,3' --margin 0.5 --swap
    losscli triplet --anchor 0,0 --positive 0.5,0 --negative 1,0.5 --p 1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli import doubled, ops
from losscli.declare import Bools, Choice, Floats, Number
from losscli.losses.embedding import Vectors, _norms
from losscli.losses.margin import _exact
from losscli.terms import Step, Terms


def triplet_margin(
    anchor: Vectors,
    positive: Vectors,
    negative: Vectors,
    *,
    margin: Annotated[float, Number("how much closer the positive must be", above=0)] = 1.0,
    p: Annotated[float, Number("the exponent of the norm: 1, 2, inf or another", above=0)] = 2.0,
    eps: Annotated[float, Number("added to each difference")] = 1e-6,
    swap: Annotated[bool, Choice("take the distance from positive to negative where that is smaller")] = False,
) -> Terms:
    """By how much an anchor's distance from the positive, plus a margin, exceeds its distance from the negative.

        loss = max(0, d(a, p) - d(a, n) + m),   d(x, y) = (sum_d |x[d] - y[d] + eps|^p)^(1/p)

    With swap, the smaller of d(a, n) and d(p, n) replaces d(a, n). The mean divides by the number of triplets. eps is
    added to the difference as in PyTorch, so the distance of equal vectors is not 0; optax adds it to the sum under the
    root. The gradient is with respect to the anchor; at the corner it is that of the side above 0, as in PyTorch. For a
    p other than 1, 2 and inf each distance is rounded: where they nearly cancel, the loss is only as accurate as they
    are. The same holds, for any p, for each number of the gradient.

    Source: PyTorch, torch.nn.TripletMarginLoss; swap: Balntas et al. 2016, "Learning Local Feature Descriptors with
    Triplets and Shallow Convolutional Neural Networks".
    """
    to_positive, to_negative = anchor - positive + eps, anchor - negative + eps
    near, far = _norms.norm(to_positive, p), _norms.norm(to_negative, p)
    least = far
    if swap:
        between = _norms.norm(positive - negative + eps, p)
        least = np.minimum(far, between)
    difference = near - least
    over = (difference + margin) + _exact.rounding(near, -least, difference)

    cancelled = np.flatnonzero(np.abs(over) < (near + least) / 16)
    if cancelled.size and p in (1, 2, np.inf):
        a, b, c = (x[cancelled] for x in (anchor, positive, negative))
        over[cancelled] = _over(a, b, c, (far > least)[cancelled], margin, p, eps)

    def grad() -> Floats:
        g = _norms.gradient(to_positive, near, p)
        share = np.heaviside(between - far, 0.5) if swap else np.ones_like(far)  # one half at a tie, as in PyTorch
        g -= ops.shared(share[:, None], _norms.gradient(to_negative, far, p))
        return np.where((over >= 0)[:, None], g, 0.0)

    steps = {
        "anchor": Step(anchor),
        "positive": Step(positive),
        "negative": Step(negative),
        "a - p + eps": Step(to_positive, how=f"anchor - positive + {eps:g}"),
        "a - n + eps": Step(to_negative, how=f"anchor - negative + {eps:g}"),
        "d(a, p)": Step(near, how=_norms.in_code("a - p + eps", p)),
        "d(a, n)": Step(far, how=_norms.in_code("a - n + eps", p)),
    }
    if swap:
        steps["d(p, n)"] = Step(between, how=_norms.in_code(f"positive - negative + {eps:g}", p))
    smaller = "min(d(a, n), d(p, n))" if swap else "d(a, n)"
    return Terms(np.maximum(over, 0), steps, grad, formula=f"max(0, d(a, p) - {smaller} + {margin:g})")


def _over(
    anchor: Floats, positive: Floats, negative: Floats, swapped: Bools, margin: float, p: float, eps: float
) -> Floats:
    """The distances and the margin together, with more digits; `swapped`: where the positive stands for the anchor."""
    near = _norms.exact(anchor, positive, eps, p)
    far = _norms.exact(np.where(swapped[:, None], positive, anchor), negative, eps, p)
    return doubled.rounded((*near, *doubled.negative(far), np.full(len(anchor), margin)))

"""Losses that are a function of n = -log softmax(z)[y]: from its value and its slope in n, all the rest follows.

n holds the label's probability p = exp(-n) without loss of digits, even where p is close to 1 or to 0: 1 - p is
-expm1(-n), and p**q is exp(-q n).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats, Ints
from losscli.losses.multiclass import _labels
from losscli.losses.multiclass._softmax import softmax_steps
from losscli.terms import Step, Terms

Curve = Callable[[Floats], Floats]


class Column(NamedTuple):
    """A step of the curve's own, a function of n, and how it comes about in terms of other steps."""

    of: Curve
    how: str


def miss(n: Floats) -> Floats:
    """1 - p."""
    return -np.expm1(-n)


def beyond_miss(n: Floats) -> Floats:
    """n - (1 - p), from its series where n is small: n^2 / 2 - n^3 / 6 + ..."""
    series = np.zeros_like(n)
    for k in range(19, 1, -1):
        series = (1 - n * series) / k
    return np.where(n < 1, n * n * series, n - miss(n))


def terms(
    logits: Floats,
    labels: Floats | Ints,
    ignore_index: int,
    value: Curve,
    slope: Curve,
    columns: Mapping[str, Column],
    how: str,
    formula: str,
    alpha: Floats | None = None,
    exact: tuple[Callable[[doubled.Parts], doubled.Parts], Callable[[doubled.Parts], doubled.Parts]] | None = None,
) -> Terms:
    """alpha[y] value(n) for class indices, sum_c q[c] alpha[c] value(n[c]) for class probabilities q.

    `columns` are shown for each class and once more for the label: `{}` in a name and in its `how` is empty for the
    former and `[y]` for the latter. `how` says how the loss of a class comes about. `exact` holds value and slope of an
    n with more digits, for where their terms may cancel.
    """
    at = ops.softmax_peak(logits)
    a = np.ones(logits.shape[1]) if alpha is None else alpha
    table = _class_steps(logits, at, columns, alpha)
    if labels.ndim == 2:
        return _of_probabilities(logits, at, labels * a, labels, value, slope, table, how, formula)
    counts, y = _labels.counted(labels, ignore_index)
    n = ops.negative_log_softmax_at(logits, at, y)
    losses = value(n) if alpha is None else a[y] * value(n)
    if exact is not None:
        _mend(losses, n, exact[0], logits, y)

    def grad() -> Floats:
        g = ops.softmax_minus_one_hot(logits, at, y)
        by_n = slope(n)
        if exact is not None:
            _mend(by_n, np.ones_like(n), exact[1], logits, y)
        g *= (a[y] * by_n)[:, None]
        return _labels.masked(g, counts)

    def one_hot() -> Floats:
        return _labels.masked(_labels.one_hot(y, logits.shape[1]), counts)

    def each() -> Floats:
        return ops.shared(one_hot(), a * value(-ops.log_softmax(logits, at)))

    steps = table | {
        "target": Step(one_hot, given=True, share=one_hot, how="1 for the label, 0 for the others"),
        "loss": Step(each, summed=True, share=one_hot, how=how),
        "label": Step(labels, label=True),
        "softmax[y]": Step(lambda: np.exp(-n), how="softmax of the label"),
        "log softmax[y]": Step(lambda: -n, how="log(softmax[y])"),
    }
    for name, column in columns.items():
        steps[name.format("[y]")] = Step(partial(column.of, n), how=column.how.format("[y]"))
    if alpha is not None:
        steps["alpha[y]"] = Step(lambda: a[y], given=True, how="alpha of the label")
    return Terms(_labels.masked(losses, counts), steps, grad, counts=counts, formula=formula)


def _mend(
    found: Floats, size: Floats, exact: Callable[[doubled.Parts], doubled.Parts], logits: Floats, y: Ints
) -> None:
    """Compute anew what is less than an eighth of its terms, from the logits."""
    for rows in doubled.chunks(np.flatnonzero(np.abs(found) < size / 8), logits.shape[1]):
        z = logits[rows]
        e = ops.summed(doubled.exp_of_difference(z, ops.pick(np.ascontiguousarray(z), y[rows])[:, None]))
        found[rows] = doubled.rounded(exact(doubled.compressed(doubled.log(*e[:2]))))  # of -log p_y, at most 700


def _of_probabilities(
    logits: Floats,
    at: ops.Peak,
    share: Floats,
    target: Floats,
    value: Curve,
    slope: Curve,
    table: dict[str, Step],
    how: str,
    formula: str,
) -> Terms:
    n = -ops.log_softmax(logits, at)
    losses = ops.shared(share, value(n))

    def grad() -> Floats:
        return ops.softmax_minus(logits, at, ops.shared(share, slope(n)))

    steps = table | {
        "target": Step(target, given=True, share=target),
        "loss": Step(losses, summed=True, share=target, how=how),
    }
    return Terms(ops.row_sum(losses), steps, grad, formula=formula)


def _class_steps(z: Floats, at: ops.Peak, columns: Mapping[str, Column], alpha: Floats | None) -> dict[str, Step]:
    steps = softmax_steps(z, at)
    for name, column in columns.items():
        steps[name.format("")] = Step(_by_class(column.of, z, at), how=column.how.format(""))
    if alpha is not None:
        steps["alpha"] = Step(lambda: np.broadcast_to(alpha, z.shape), given=True)
    return steps


def _by_class(curve: Curve, z: Floats, at: ops.Peak) -> Callable[[], Floats]:
    return lambda: curve(-ops.log_softmax(z, at))

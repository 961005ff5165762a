"""Losses that are a curve over n = -log softmax(z)[y]: the value, its slope by n, and all that follows from them.

n says everything about the label's probability p = exp(-n), and exactly so where p is next to 1 or to 0: 1 - p is
-expm1(-n), and p**q is exp(-q n).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from losscli import doubled, ops
from losscli.declare import Floats, Ints
from losscli.terms import Step, Summed, Terms

Curve = Callable[[Floats], Floats]


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
    columns: Mapping[str, Curve],
    formula: str,
    alpha: Floats | None = None,
    exact: tuple[Callable[[doubled.Parts], doubled.Parts], Callable[[doubled.Parts], doubled.Parts]] | None = None,
) -> Terms:
    """alpha[y] value(n) for class indices, sum_c q[c] alpha[c] value(n[c]) for class probabilities q.

    `columns` are steps of the curve's own, functions of n, shown for each class and at the label; `{}` in their names
    stands for the class. `exact` are value and slope of an n with more digits, where their terms may cancel.
    """
    at = ops.softmax_peak(logits)
    a = np.ones(logits.shape[1]) if alpha is None else alpha
    table = _class_steps(logits, at, columns, alpha)
    if labels.ndim == 2:
        return _of_probabilities(logits, at, labels * a, labels, value, slope, table, formula)
    counts, y = ops.counted(labels, ignore_index)
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
        return ops.masked(g, counts)

    def one_hot() -> Floats:
        return ops.masked(np.eye(logits.shape[1])[y], counts)

    def each() -> Floats:
        return ops.shared(one_hot(), a * value(-ops.log_softmax(logits, at)))

    steps: dict[str, Step] = table | {"target": one_hot, "loss": Summed(each), "label": labels}
    steps["softmax[y]"] = lambda: np.exp(-n)
    steps["log softmax[y]"] = lambda: -n
    for name, column in columns.items():
        steps[name.format("[y]")] = lambda column=column: column(n)  # type: ignore[misc]  # a default binds it
    if alpha is not None:
        steps["alpha[y]"] = lambda: a[y]
    return Terms(ops.masked(losses, counts), steps, grad, counts=counts, formula=formula)


def _mend(
    found: Floats, size: Floats, exact: Callable[[doubled.Parts], doubled.Parts], logits: Floats, y: Ints
) -> None:
    """Compute anew what is less than an eighth of its terms, from the logits."""
    for rows in doubled.chunks(np.flatnonzero(np.abs(found) < size / 8), logits.shape[1]):
        n = ops.exact_negative_log_softmax_at(logits[rows], y[rows])
        found[rows] = doubled.rounded(exact(doubled.compressed(n)))


def _of_probabilities(
    logits: Floats,
    at: ops.Peak,
    share: Floats,
    target: Floats,
    value: Curve,
    slope: Curve,
    table: dict[str, Step],
    formula: str,
) -> Terms:
    n = -ops.log_softmax(logits, at)
    losses = ops.shared(share, value(n))

    def grad() -> Floats:
        return ops.softmax_minus(logits, at, ops.shared(share, slope(n)))

    return Terms(ops.row_sum(losses), table | {"target": target, "loss": Summed(losses)}, grad, formula=formula)


def _class_steps(z: Floats, at: ops.Peak, columns: Mapping[str, Curve], alpha: Floats | None) -> dict[str, Step]:
    name, exp = ops.exponentials(z, at)
    steps: dict[str, Step] = {
        "logit": z,
        name: Summed(exp),
        "softmax": Summed(lambda: ops.softmax(z, at)),
        "log softmax": lambda: ops.log_softmax(z, at),
    }
    for title, column in columns.items():
        steps[title.format("")] = lambda column=column: column(-ops.log_softmax(z, at))  # type: ignore[misc]  # a default binds it
    if alpha is not None:
        steps["alpha"] = lambda: np.broadcast_to(alpha, z.shape)
    return steps

"""A loss computed: every view of it that a user can ask for."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from losscli.compute.arguments import Arguments, Index
from losscli.compute.threads import in_order
from losscli.declare import AnyArray, Array, Floats
from losscli.documents import Document, Run
from losscli.errors import LosscliWarning
from losscli.ops import exact_parts
from losscli.terminal.progress import counted_blocks
from losscli.terms import ExactSum, Link, Step, Summed, Terms, Total, divide

if TYPE_CHECKING:
    from losscli.compute.loss import Loss


PIECE = 32_768  # numbers that are added up together


@dataclass(frozen=True)
class Summary:
    """One document's numbers: what a line of JSON says of it."""

    id: Any
    loss: Any
    sum: float
    divisor: float
    count: int
    ignored: int


@dataclass(frozen=True)
class Summaries:
    """The numbers of several documents, by column."""

    ids: list[Any] | None
    losses: list[Any]
    sums: list[float]
    divisors: list[float]
    counts: list[int]
    ignored: list[int]

    def __iter__(self) -> Iterator[Summary]:
        ids = self.ids or [None] * len(self.losses)
        return map(Summary, ids, self.losses, self.sums, self.divisors, self.counts, self.ignored)


@dataclass(frozen=True)
class Result:
    """A loss computed: its number under each reduction, and how it came about.

    loss        the number under the reduction that was asked for; an array under "none"
    mean, sum   the number under that reduction; `value` is "none": one number a row
    divisor     what the mean divides by; `sum / divisor` is the mean (`ctc` adds up other terms for a mean)
    count       how many rows count; `ignored`: how many do not
    steps       the named intermediate quantities, in the user's layout
    gradient()  with respect to the loss's first argument
    """

    of: Loss
    arguments: Arguments
    documents: Sequence[Document] | Run
    reduction: str = "mean"
    class_names: tuple[str, ...] = ()
    threads: int | None = None

    def __float__(self) -> float:
        return float(self.loss)

    @cached_property
    def total(self) -> Total:
        """The sum over all rows and what the mean divides by."""
        if self._only_block is not None:
            total = _total_of(self._only_block)
        else:
            size = sum(a.nbytes for a in self.arguments.arrays.values())
            boxes = counted_blocks(self.arguments.boxes(), math.prod(self.arguments.rows), size)
            total = sum(in_order(lambda box: _total_of(self._terms(box)), boxes, self.threads), Total())
        if self.reduction == "batchmean":
            total = replace(total, divisor=ExactSum.of([float(self._batch)]))
        return total

    @property
    def _batch(self) -> int:
        """How many samples there are: all lengths of the first axis together."""
        rows = self.arguments.rows
        return rows[0] * (rows[1] if len(rows) > 1 else 1)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the result under the reduction none."""
        if self.axes is not None:
            return tuple(map(len, self.axes.values()))
        if self.arguments.declaration.couples_rows:
            return self.terms().value.shape
        return self.arguments.rows[1:]

    @cached_property
    def axes(self) -> Mapping[str, Sequence[int]] | None:
        """What the losses belong to, where it is not the rows."""
        return self.terms([]).axes

    def place(self, number: int) -> tuple[int, ...]:
        """Which row, or which image and class, the loss with this number in order belongs to."""
        index = tuple(int(i) for i in np.unravel_index(number, self.shape)) if self.shape else ()
        return index if self.axes is None else tuple(a[i] for a, i in zip(self.axes.values(), index, strict=True))

    @cached_property
    def link(self) -> Link | None:
        """What is done to the mean, if anything."""
        return (self._only_block or self.terms([])).link

    @cached_property
    def _only_block(self) -> Terms | None:
        """The terms of all rows where they fit in one block: computed once for every view."""
        boxes = list(islice(self.arguments.boxes(), 2))
        return self._terms(boxes[0]) if len(boxes) == 1 else None

    @property
    def loss(self) -> Any:
        if self.reduction == "none":
            return self.value
        return self.sum if self.reduction == "sum" else self.mean

    @property
    def mean(self) -> float:
        if not self.count:
            rows = "the input has no rows" if not self.ignored else f"all {self.ignored} rows are ignored"
            warnings.warn(f"{rows}: the mean is 0 / 0 = NaN.", LosscliWarning, stacklevel=3)
        return linked(self.total.mean, self.link)

    @property
    def sum(self) -> float:
        return self.total.sum

    @property
    def divisor(self) -> float:
        return float(self.total.divisor)

    @property
    def count(self) -> int:
        return self.total.count

    @property
    def ignored(self) -> int:
        return self.total.ignored

    @property
    def value(self) -> Floats:
        """The loss of each row (for a function, its value), in the shape that PyTorch gives it."""
        return self._unfolded(self._over_blocks(lambda terms: terms.value))

    @property
    def steps(self) -> dict[str, AnyArray]:
        """Every step for every row, in order."""
        return {name: self._unfolded(a) for name, a in steps_of(self.terms()).items()}

    def gradient(self, reduction: str | None = None) -> Floats:
        """The gradient of the loss with respect to its first argument; under "none", that of the sum.

        Where all rows are ignored it is 0, as in PyTorch.
        """
        gradient = self._user_layout(self._over_blocks(lambda terms: self._scaled_gradient(terms, reduction)))
        first = next(iter(self.of.parameters))
        origins = self.arguments.origins(first)
        if origins is None:
            return gradient
        whole = np.zeros(self.arguments.given[first].shape)
        whole.reshape(-1)[origins.reshape(-1)] = gradient.reshape(-1)
        return whole

    def terms(self, rows: Sequence[int] | None = None) -> Terms:
        """The loss's own result for some rows, or for all."""
        if rows is None:
            return self._only_block or self._terms(self.arguments.everything())
        if self.arguments.declaration.couples_rows:
            return _taken(self.terms(), rows)
        return self._terms(self.arguments.some(rows))

    def gradient_of(self, terms: Terms) -> Floats:
        """The gradient of the reduced loss for the rows of these terms: shape (N) or (N, C)."""
        return self._scaled_gradient(terms, None)

    def summaries(self) -> Summaries:
        """The numbers of each document, by column."""
        ids = self.documents.ids if isinstance(self.documents, Run) else [d.id for d in self.documents]
        if len(self.documents) == 1:
            loss = self.loss.tolist() if self.reduction == "none" else self.loss
            return Summaries(ids, [loss], [self.sum], [self.divisor], [self.count], [self.ignored])
        terms = self.terms()
        stack = len(self.documents)
        sums = _sums(terms.value.reshape(stack, -1))
        rows = terms.value.size // stack
        counts = [rows] * stack if terms.counts is None else terms.counts.reshape(stack, -1).sum(axis=1).tolist()
        divisors = [float(n) for n in counts]
        if terms.divisor is not None:
            divisors = _sums(terms.divisor.reshape(stack, -1))
        if self.reduction == "batchmean":
            divisors = [float(self._batch // stack)] * stack
        losses = sums
        if self.reduction in ("mean", "batchmean"):
            losses = [linked(divide(s, d), terms.link) for s, d in zip(sums, divisors, strict=True)]
        elif self.reduction == "none":
            losses = self._user_layout(terms.value).tolist()
        return Summaries(ids, losses, sums, divisors, counts, [rows - count for count in counts])

    @cached_property
    def options(self) -> dict[str, Any]:
        """The options that differ from their defaults; arrays that hold one number for each row are left out."""
        options: dict[str, Any] = {}
        for name, parameter in self.of.parameters.items():
            given = self.documents[0].values.get(name)
            if parameter.required or given is None:
                continue
            if isinstance(parameter.marker, Array):
                array = np.asarray(given)
                if not parameter.marker.has_rows or parameter.marker.broadcasts:
                    options[name] = array.tolist()
            elif self.arguments.options[name] != parameter.default:
                options[name] = self.arguments.options[name]
        return options

    def doubts(self) -> Iterator[LosscliWarning]:
        """What is wrong with the result itself: a loss that is not finite, a mean that divides by nothing."""
        if not math.isfinite(self.total.sum):
            yield self._not_finite()
        if self.reduction != "mean":
            return
        terms = self._only_block
        if len(self.documents) == 1 or terms is None:
            if not self.divisor:
                yield self._divides_by_nothing(0)
            return
        below = terms.counts if terms.divisor is None else terms.divisor
        some = True if below is None else below.reshape(len(self.documents), -1).any(axis=1)
        if not np.all(some):
            yield self._divides_by_nothing(int(np.argmin(some)))

    def _not_finite(self) -> LosscliWarning:
        start = 0
        for box in self.arguments.boxes():
            value = self._terms(box).value
            bad = ~np.isfinite(value)
            if bad.any():
                first = int(np.argwhere(bad)[0][0])
                number, row = divmod(start + first, math.prod(self.shape))
                index = f" of row [{', '.join(map(str, self.place(row)))}]" if self.shape else ""
                found = value[first][bad[first]] if value.ndim > 1 else value[first]
                return LosscliWarning(f"the loss{index} is {np.ravel(found)[0]}.", self.documents[number].place)
            start += len(value)
        return LosscliWarning("each loss is finite, but their sum is beyond float64.", self.documents[0].place)

    def _divides_by_nothing(self, number: int) -> LosscliWarning:
        rows = math.prod(self.shape)
        if self.count and len(self.documents) == 1:
            what = "the weights of all rows are 0"
        else:
            what = f"all {rows} rows are ignored" if rows else "the input has no rows"
        return LosscliWarning(f"{what}: the mean is 0 / 0 = NaN.", self.documents[number].place)

    def _terms(self, index: Index) -> Terms:
        block = self.arguments.block(index)
        with ieee():
            terms = self.of.function(**block)
        return terms.mean if terms.mean is not None and self.reduction == "mean" else terms

    def _scaled_gradient(self, terms: Terms, reduction: str | None) -> Floats:
        assert terms.grad is not None
        with ieee():
            gradient = terms.grad()
            if (reduction or self.reduction) in ("sum", "none"):
                return gradient
            slope = terms.link.derivative(self.total.mean) if terms.link is not None else 1.0
            scaled: Floats = gradient * slope / self.divisor if terms.link else gradient / self.divisor
        if self.arguments.declaration.couples_rows:
            return scaled if self.count else np.zeros_like(scaled)
        if terms.counts is not None and not terms.counts.all():
            scaled[~terms.counts] = 0.0
        return scaled

    def _over_blocks(self, view: Callable[[Terms], Floats]) -> Floats:
        if self._only_block is not None:
            return view(self._only_block)
        blocks = in_order(lambda box: view(self._terms(box)), self.arguments.boxes(), self.threads)
        return np.concatenate(list(blocks) or [view(self._terms(self.arguments.everything()))])

    def _unfolded(self, a: AnyArray) -> AnyArray:
        """A value or a step as the user knows it."""
        if self.axes is None:
            return self._user_layout(a)
        return a.reshape((*self.shape, *a.shape[1:]))

    def _user_layout(self, a: AnyArray) -> AnyArray:
        """Rows unfolded, classes back where they were; the axis of the documents only where there are several."""
        axis, rows, stacked = self.arguments.class_axis, self.arguments.rows, len(self.documents) > 1
        if not self.arguments.declaration.couples_rows:
            a = a.reshape((*(rows if stacked else rows[1:]), *a.shape[1:]))
        return a if axis is None or a.ndim != len(rows) + stacked else np.moveaxis(a, -1, axis + stacked)


def linked(mean: float, link: Link | None) -> float:
    """The loss that belongs to a mean."""
    return mean if link is None else link.of(mean)


def _taken(terms: Terms, rows: Sequence[int]) -> Terms:
    """Some rows of terms that could only be computed together."""
    n = len(terms.value)

    def take(a: Any) -> Any:
        return a[list(rows)] if isinstance(a, np.ndarray) and a.shape[:1] == (n,) else a

    computed = steps_of(terms)
    steps: dict[str, Step] = {
        name: Summed(take(computed[name])) if isinstance(step, Summed) else take(computed[name])
        for name, step in terms.steps.items()
    }
    return replace(
        terms,
        value=take(terms.value),
        steps=steps,
        grad=terms.grad if terms.grad is None or terms.axes is not None else lambda: take(terms.grad()),  # type: ignore[misc]  # as just asked
        divisor=take(terms.divisor),
        counts=take(terms.counts),
    )


def _total_of(terms: Terms) -> Total:
    rows = terms.value.size
    count = rows if terms.counts is None else int(terms.counts.sum())
    divisor = ExactSum.of([float(count)]) if terms.divisor is None else _exact(terms.divisor)
    return Total(_exact(terms.value), divisor, count, rows - count)


def ieee() -> np.errstate:
    """Infinities and NaN mean what IEEE 754 says; NumPy need not report where they arise: the result shows them."""
    return np.errstate(all="ignore")


def _exact(values: Floats) -> ExactSum:
    """The sum of all values, in pieces in which few are so small beside the largest that they are left out."""
    values = values.reshape(-1)
    whole = values.size - values.size % PIECE
    total = ExactSum()
    for piece in (values[:whole].reshape(-1, PIECE), values[None, whole:]):
        if not piece.size:
            continue
        with ieee():
            high, low, left = exact_parts(piece)
        total += ExactSum.of([*high.tolist(), *low.tolist()])
        if left.size:
            rest = piece.reshape(-1)[left]
            total += _exact(rest) if left.size < piece.size else ExactSum.of(rest.tolist())
    return total


def _sums(values: Floats) -> list[float]:
    """The sum of each row."""
    with ieee():
        high, low, left = exact_parts(values)
        sums: list[float] = (high + low).tolist()
    for row in np.unique(left // max(1, values.shape[1])).tolist():
        sums[row] = float(ExactSum.of(values[row].tolist()))
    return sums


def steps_of(terms: Terms) -> dict[str, AnyArray]:
    """The steps of some terms, computed."""
    with ieee():
        return {name: step() if callable(step) else step for name, step in plain(terms.steps).items()}


def plain(steps: Mapping[str, Any]) -> dict[str, Any]:
    """Steps without the mark that says which have a meaningful sum."""
    return {name: step.of if isinstance(step, Summed) else step for name, step in steps.items()}

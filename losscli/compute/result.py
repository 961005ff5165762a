"""A loss computed: every view of it that a user can ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from losscli.compute.arguments import Arguments, Rows
from losscli.compute.settings import Settings
from losscli.compute.sums import exact, row_sums
from losscli.compute.threads import in_order
from losscli.declare import AnyArray, Array, Floats
from losscli.documents import Documents
from losscli.documents.dtypes import plain_dtype
from losscli.errors import LosscliWarning
from losscli.terminal.progress import watched_blocks
from losscli.terms import ExactSum, Link, Terms, Total, reduced

if TYPE_CHECKING:
    from losscli.compute.loss import Loss

_T = TypeVar("_T")


class _Computed(NamedTuple):
    """The terms of some rows, and what is suspicious about these rows."""

    terms: Terms
    warnings: list[LosscliWarning]


@dataclass(frozen=True, repr=False)
class Result:
    """A loss computed: its number under each reduction, and how it came about.

    loss        the number under the reduction that was asked for; an array under "none"
    mean, sum   the number under that reduction; `value` is "none": one number a row
    divisor     what the mean divides by; `sum / divisor` is the mean (`ctc` adds up other terms for a mean)
    count       how many rows count; `ignored`: how many do not
    steps       the named intermediate quantities, in the user's layout
    warnings    what is legal, but probably not what was meant
    gradient()  with respect to the loss's first argument
    under()     the result of the same call with other values, options or reduction
    """

    of: Loss
    arguments: Arguments
    documents: Documents
    settings: Settings

    def __float__(self) -> float:
        return float(self.loss)

    @property
    def reduction(self) -> str:
        return self.settings.reduction or "mean"

    @property
    def class_names(self) -> Sequence[str]:
        return self.settings.class_names or ()

    def under(self, **changes: Any) -> Result:
        """The result of the same documents with other values, options or settings (`reduction="sum"`, `shift=True`)."""
        settings = {name: changes.pop(name) for name in vars(self.settings) if name in changes}
        return self.of.result(self.documents.having(changes), replace(self.settings, **settings))

    @property
    def total(self) -> Total:
        """What the rows add up to, and the number that this is under the reduction."""
        return self._added_up[0]

    @cached_property
    def _added_up(self) -> tuple[Total, list[LosscliWarning]]:
        total, warnings = Total(), []
        for part, found in self._over_blocks(lambda block: (_total_of(block.terms), block.warnings)):
            total += part
            warnings += found
        own, _ = self.own_divisor
        divisor = total.divisor if own is None else ExactSum.of([own * len(self.documents)])
        return replace(total, divisor=divisor, reduction=self.reduction, link=self.link), warnings

    @cached_property
    def own_divisor(self) -> tuple[float | None, str]:
        """What a reduction of the loss's own divides the sum of one document by, and what is to be said about that."""
        if self.reduction not in self.of.own_divisors:
            return None, ""
        of = next(iter(self.arguments.given.values())).shape
        divisor, remark = self.of.own_divisors[self.reduction](of[1:] if len(self.documents) > 1 else of)
        return float(divisor), remark

    @cached_property
    def warnings(self) -> tuple[LosscliWarning, ...]:
        """What is suspicious about the documents, their rows, and the result."""
        if self.of.entry.is_function:
            blocks = map(self.arguments.block, self.arguments.blocks())
            found = [self._only_block.warnings] if self._only_block else (warnings for _, warnings in blocks)
            computed = list(chain.from_iterable(found))
        else:
            computed = [*self._added_up[1], *self.about_the_number()]
        of_shapes = [LosscliWarning(text, self.documents.place()) for text in self.arguments.warnings]
        first: dict[tuple[str, str], LosscliWarning] = {}
        for warning in (*self.documents.warnings, *of_shapes, *computed):
            first.setdefault((warning.about, warning.place), warning.spelt(self.documents.spelling))
        return tuple(first.values())

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
        return self._any_terms.axes

    def position(self, number: int) -> tuple[int, ...]:
        """Which row, or which image and class, the loss with this number in order belongs to."""
        index = tuple(int(i) for i in np.unravel_index(number, self.shape)) if self.shape else ()
        return index if self.axes is None else tuple(a[i] for a, i in zip(self.axes.values(), index, strict=True))

    @cached_property
    def link(self) -> Link | None:
        """What is done to the mean, if anything."""
        return self._any_terms.link

    @cached_property
    def _any_terms(self) -> Terms:
        """What is the same in the terms of all rows: those at hand, or of no rows."""
        return self.terms([]) if self._only_block is None else self._only_block.terms

    @cached_property
    def _only_block(self) -> _Computed | None:
        """The terms of all rows where they fit in one block: computed once for every view."""
        blocks = list(islice(self.arguments.blocks(), 2))
        return self._computed(blocks[0]) if len(blocks) == 1 else None

    @property
    def loss(self) -> Any:
        return self.value if self.reduction == "none" else self.total.loss

    @property
    def mean(self) -> float:
        return self.total.mean

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
        return self._unfolded(self._joined(lambda terms: terms.value))

    @property
    def pieces(self) -> Iterator[Floats]:
        """The value, row by row in blocks where the user has it so."""
        if len(self.arguments.rows) == 2 and self.arguments.class_axis == 1:
            yield from self._over_blocks(lambda block: block.terms.value)
        else:
            yield self.value

    @property
    def steps(self) -> dict[str, AnyArray]:
        """Every step for every row, in order."""
        return {name: self._unfolded(step.array) for name, step in self.terms().steps.items()}

    def gradient(self, reduction: str | None = None) -> Floats:
        """The gradient of the loss with respect to its first argument; under "none", that of the sum.

        Where all rows are ignored it is 0, as in PyTorch.
        """
        gradient = self._user_layout(self._joined(lambda terms: self.gradient_of(terms, reduction)))
        first = next(iter(self.of.declaration.parameters))
        gradient = _summed_to(self.arguments.declared_shape(first), gradient, len(self.documents) > 1)
        origins = self.arguments.origins(first)
        if origins is None:
            return gradient
        whole = np.zeros(self.arguments.given[first].shape)
        whole.reshape(-1)[origins.reshape(-1)] = gradient.reshape(-1)
        return whole

    def terms(self, numbers: Sequence[int] | None = None) -> Terms:
        """The loss's own result for some rows, by their number in order, or for all."""
        if numbers is None or (not self.of.declaration.couples_rows and len(numbers) == math.prod(self.arguments.rows)):
            return (self._only_block or self._computed(self.arguments.all_rows)).terms
        if self.of.declaration.couples_rows:
            return _taken(self.terms(), numbers)
        at = np.unravel_index(np.asarray(numbers, dtype=np.int64), self.arguments.rows)
        return self._computed(at).terms

    def summaries(self) -> dict[str, list[Any]]:
        """The numbers of each document, by column; the id is None where a document has none."""
        stack = len(self.documents)
        ids = {"id": self.documents.ids or [None] * stack}
        if stack == 1:
            loss = self.loss.tolist() if self.reduction == "none" else self.loss
            return ids | {name: [number] for name, number in self.total.summary(loss).items()}
        terms = self.terms()
        sums = row_sums(terms.value.reshape(stack, -1))
        rows = terms.value.size // stack
        counts = [rows] * stack if terms.counts is None else terms.counts.reshape(stack, -1).sum(axis=1).tolist()
        divisors = [float(n) for n in counts]
        if terms.divisor is not None:
            divisors = row_sums(terms.divisor.reshape(stack, -1))
        if self.own_divisor[0] is not None:
            divisors = [self.own_divisor[0]] * stack
        losses = [reduced(s, d, self.reduction, terms.link) for s, d in zip(sums, divisors, strict=True)]
        if self.reduction == "none":
            losses = self._user_layout(terms.value).tolist()
        return ids | {
            "loss": losses,
            "reduction": [self.reduction] * stack,
            "sum": sums,
            "divisor": divisors,
            "count": counts,
            "ignored": [rows - count for count in counts],
        }

    @cached_property
    def options(self) -> dict[str, Any]:
        """The options that differ from their defaults and are the same in all documents.

        Arrays that hold one number for each row are left out.
        """
        return {name: column[0] for name, column in self._options.items() if column.count(column[0]) == len(column)}

    def options_of_each(self) -> list[dict[str, Any]]:
        """The same for each document, with those that are its own."""
        if len(self.options) == len(self._options):
            return [self.options] * len(self.documents)
        return [dict(zip(self._options, values, strict=True)) for values in zip(*self._options.values(), strict=True)]

    @cached_property
    def _options(self) -> dict[str, list[Any]]:
        """The options that differ from their defaults, by column."""
        options: dict[str, list[Any]] = {}
        n = len(self.documents)
        for name, parameter in self.of.declaration.parameters.items():
            column = self.documents.columns.get(name, [None])
            if parameter.required or column[0] is None:
                continue
            if not isinstance(parameter.marker, Array):
                if self.arguments.options[name] != parameter.default:
                    options[name] = [self.arguments.options[name]] * n
            elif not parameter.marker.has_rows:
                options[name] = [_as_list(name, column[0])] * n
            elif parameter.marker.broadcasts:
                options[name] = [_as_list(name, value) for value in column]
        return options

    def about_the_number(self) -> Iterator[LosscliWarning]:
        """What is wrong with the number itself: a loss that is not finite, a mean that divides by nothing."""
        if self.own_divisor[1]:
            yield LosscliWarning(self.own_divisor[1], self.documents.place())
        if not math.isfinite(self.total.sum):
            yield self._not_finite()
        if self.reduction != "mean":
            return
        if len(self.documents) == 1 or self._only_block is None:
            if not self.divisor:
                yield self._divides_by_nothing(0)
            return
        terms = self._only_block.terms
        below = terms.counts if terms.divisor is None else terms.divisor
        some = True if below is None else below.reshape(len(self.documents), -1).any(axis=1)
        if not np.all(some):
            yield self._divides_by_nothing(int(np.argmin(some)))

    def _not_finite(self) -> LosscliWarning:
        start = 0
        for value in self._over_blocks(lambda block: block.terms.value):
            bad = ~np.isfinite(value)
            if bad.any():
                first = int(np.argwhere(bad)[0][0])
                document, row = divmod(start + first, math.prod(self.shape))
                index = f" of row [{', '.join(map(str, self.position(row)))}]" if self.shape else ""
                found = value[first][bad[first]] if value.ndim > 1 else value[first]
                return LosscliWarning(f"the loss{index} is {np.ravel(found)[0]}.", self.documents.place(document))
            start += len(value)
        return LosscliWarning("each loss is finite, but their sum is beyond float64.", self.documents.place())

    def _divides_by_nothing(self, document: int) -> LosscliWarning:
        rows = math.prod(self.shape)
        if self.count and len(self.documents) == 1:
            what = "the weights of all rows are 0"
        else:
            what = "the input has no rows" if not rows else "the only row is ignored"
            what = f"all {rows:,} rows are ignored" if rows > 1 else what
        return LosscliWarning(f"{what}: the mean is 0 / 0 = NaN.", self.documents.place(document))

    def _computed(self, rows: Rows) -> _Computed:
        values, warnings = self.arguments.block(rows)
        keywords = self.of.declaration.keywords(values)
        with np.errstate(all="ignore"):  # the result shows NaN and the infinities: NumPy need not report them
            terms = self.of.function(**keywords)
        return _Computed(terms.mean if terms.mean and self.reduction == "mean" else terms, warnings)

    def gradient_of(self, terms: Terms, reduction: str | None = None) -> Floats:
        """The gradient of the reduced loss for the rows of these terms: shape (N) or (N, C)."""
        assert terms.grad is not None
        with np.errstate(all="ignore"):
            gradient = terms.grad()
            if (reduction or self.reduction) in ("sum", "none"):
                return gradient
            if terms.link is not None:
                gradient = gradient * terms.link.derivative(self.total.quotient)
            scaled: Floats = gradient / self.divisor
        if self.arguments.declaration.couples_rows:
            return scaled if self.count else np.zeros_like(scaled)
        if terms.counts is not None and not terms.counts.all():
            scaled[~terms.counts] = 0.0
        return scaled

    def _over_blocks(self, view: Callable[[_Computed], _T]) -> Iterator[_T]:
        """The view of each block, in order."""
        if self._only_block is not None:
            return iter([view(self._only_block)])
        size = sum(a.nbytes for a in self.arguments.arrays.values())
        blocks = watched_blocks(self.arguments.blocks(), math.prod(self.arguments.rows), size)
        return in_order(lambda rows: view(self._computed(rows)), blocks, self.settings.threads)

    def _joined(self, view: Callable[[Terms], Floats]) -> Floats:
        found = list(self._over_blocks(lambda block: view(block.terms))) or [view(self.terms())]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _unfolded(self, a: AnyArray) -> AnyArray:
        """A value or a step as the user knows it."""
        if self.axes is None:
            return self._user_layout(a)
        return a.reshape((*self.shape, *a.shape[1:]))

    def _user_layout(self, a: AnyArray) -> AnyArray:
        """Rows unfolded, classes back where they were; the axis of the documents only where there are several."""
        axis, rows, several = self.arguments.class_axis, self.arguments.rows, len(self.documents) > 1
        if not self.arguments.declaration.couples_rows:
            a = a.reshape((*(rows if several else rows[1:]), *a.shape[1:]))
        if a.ndim != len(rows) + several:
            return a
        if axis is None:  # one number by itself: it has no axis of classes
            return a[..., 0] if self.arguments.by_class and a.shape[-1] == 1 else a
        return np.moveaxis(a, -1, axis + several)


def _summed_to(shape: tuple[int, ...], gradient: Floats, several: bool) -> Floats:
    """The gradient of an array of a shape from that of the array broadcast; `several`: the first axis is apart."""
    if gradient.size == math.prod(shape):
        return gradient.reshape(shape)
    padded = (*shape[:several], *[1] * (gradient.ndim - len(shape)), *shape[several:])
    grown = tuple(i for i, (n, m) in enumerate(zip(padded, gradient.shape, strict=True)) if n != m)
    summed: Floats = gradient.sum(axis=grown, keepdims=True)
    return summed.reshape(shape)


def _as_list(name: str, given: Any) -> Any:
    return plain_dtype(np.asarray(given), name).tolist()


def _taken(terms: Terms, numbers: Sequence[int]) -> Terms:
    """Some rows of terms that could only be computed together."""
    n = len(terms.value)

    def take(a: Any) -> Any:
        return a[list(numbers)] if isinstance(a, np.ndarray) and a.shape[:1] == (n,) else a

    return replace(
        terms,
        value=take(terms.value),
        steps={name: replace(s, of=take(s.array), share=take(s.shares)) for name, s in terms.steps.items()},
        grad=terms.grad if terms.grad is None or terms.axes is not None else lambda: take(terms.grad()),  # type: ignore[misc]  # as just asked
        divisor=take(terms.divisor),
        counts=take(terms.counts),
    )


def _total_of(terms: Terms) -> Total:
    rows = terms.value.size
    count = rows if terms.counts is None else int(terms.counts.sum())
    divisor = ExactSum.of([float(count)]) if terms.divisor is None else exact(terms.divisor)
    return Total(exact(terms.value), divisor, count, rows - count)

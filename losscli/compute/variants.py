"""A call of a loss as a mistake or another library's convention changes it, on its way to one number.

A call goes through four stations, and a variant changes one of them: the values that the loss gets, the function that
makes the losses of rows, what these are added up and divided by, and what is done to the quotient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from itertools import chain, count, islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from losscli import ops
from losscli.catalogue import find
from losscli.compute.loss import Loss
from losscli.compute.result import Result
from losscli.declare import AnyArray, Floats
from losscli.errors import LosscliError
from losscli.terminal.progress import watched_blocks
from losscli.terms import Link, Terms, divide

MOST_ROWS = 20_000  # rows whose losses are kept one by one
IMPOSSIBLE = (LosscliError, ValueError, IndexError, ArithmeticError)  # what a loss says to values that do not fit it


class Ratio(NamedTuple):
    """What a mean divides, and by what."""

    above: float
    below: float = 1.0

    @property
    def quotient(self) -> float:
        return divide(self.above, self.below)


class Rows(NamedTuple):
    """The losses of rows one by one, 0 where a row does not count, with what each adds to the divisor of a mean.

    `shape` has the documents first, then the axes of the rows in a document. `value` may have a last axis of classes.
    """

    value: Floats
    divisor: Floats
    shape: tuple[int, ...]

    @property
    def by_row(self) -> Floats:
        """The loss of each row, over all its classes."""
        return self.value if self.value.ndim == 1 else self.value.sum(axis=1)


@dataclass(frozen=True)
class Tally:
    """What the losses of rows add up to, as far as some way of reducing them asks for it; tallies add up.

    count, ignored   rows that count, and those that do not
    nonzero          rows whose loss is not 0
    weight           the sum of the weights of the rows that count, and how many of these weights are not 0
    positive         labels that are 1, or more than half
    own              what a reduction of the loss's own divides by
    documents        for each document its sum and its divisor: (D, 2)
    key              of the last document, if that may go on in another part: parts of one document have one key
    rows             the rows one by one, as long as they are few
    """

    value: float = 0.0
    divisor: float = 0.0
    count: int = 0
    ignored: int = 0
    nonzero: int = 0
    weight: float = 0.0
    weighted: int = 0
    positive: int = 0
    own: float = 0.0
    documents: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    key: int | None = None
    rows: tuple[Rows, ...] | None = ()

    def __add__(self, other: Tally) -> Tally:
        rows = None if self.rows is None or other.rows is None else self.rows + other.rows
        if rows is not None and sum(len(part.value) for part in rows) > MOST_ROWS:
            rows = None
        numbers = ("value", "divisor", "count", "ignored", "nonzero", "weight", "weighted", "positive", "own")
        added = {name: getattr(self, name) + getattr(other, name) for name in numbers}
        documents = np.concatenate([self.documents, other.documents])
        if self.key is not None and self.key == other.key and len(self.documents):
            documents = np.concatenate([self.documents[:-1], self.documents[-1:] + other.documents])
        return Tally(**added, documents=documents, key=other.key, rows=rows)

    def without_documents(self) -> Tally:
        return replace(self, documents=self.documents[:0], key=None)


Reduce: TypeAlias = Callable[["Call"], Ratio]


@dataclass(frozen=True)
class Call:
    """A loss on its arguments, and the way from the losses of its rows to one number.

    values      every parameter by name: arrays as the loss gets them, rows first and classes last
    shape       the documents, then the axes of the rows in each
    given       the options that the user set to something else than their defaults
    function    makes the terms from the parameters
    reduce      makes the quotient, as the loss's own reduction does if it is None
    unit        what is done to the number at the end
    known       the tally, where it is known; `link` is then that of the terms
    source      the result that this is a call of, where its documents are at hand as a whole
    own_divisor what a reduction of the loss's own divides by; of a document in parts, the first has it
    impossible  whether the loss has no answer to it
    key         of a document that is not there as a whole, so that its parts find one another
    """

    loss: Loss
    values: Mapping[str, Any]
    shape: tuple[int, ...]
    class_axis: int | None
    reduction: str
    given: frozenset[str] = frozenset()
    function: Callable[..., Terms] | None = None
    reduce: Reduce | None = None
    unit: Callable[[float], float] | None = None
    linked: bool = True
    known: Tally | None = None
    link: Link | None = None
    source: Result | None = None
    key: int | None = None
    own_divisor: float = 0.0
    impossible: bool = False

    # -- what it is made of --

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def name(self) -> str:
        return self.loss.entry.name

    @property
    def family(self) -> str:
        return self.loss.entry.family

    @cached_property
    def first(self) -> str:
        """The name of the array with the predictions."""
        return next(iter(self.loss.declaration.parameters))

    @property
    def x(self) -> Any:
        return self.values[self.first]

    @cached_property
    def target(self) -> str:
        """The name of the array with what the predictions are compared with; of several vectors, the second."""
        required = self.loss.declaration.required
        return "labels" if "labels" in required else required[min(1, len(required) - 1)]

    @property
    def t(self) -> Any:
        return self.values[self.target]

    @property
    def by_index(self) -> bool:
        """Whether each row has one class as its label."""
        labels = self.loss.declaration.labels
        return labels is not None and self.values[labels].dtype.kind == "i" and self.values[labels].ndim == 1

    @property
    def classes(self) -> int | None:
        """How many classes a row of predictions has, where it has classes."""
        by_class = self.loss.declaration.arrays[self.first].by_class
        return int(self.x.shape[-1]) if by_class and self.x.ndim > 1 else None

    @cached_property
    def scale(self) -> str:
        """What the predictions are: logits, log-probabilities, probabilities, or anything else ("")."""
        if self.values.get("from_logits") is False:
            return "probabilities"
        return {"logits": "logits", "log_probs": "log-probabilities", "probs": "probabilities"}.get(self.first, "")

    @property
    def has_logarithm(self) -> bool:
        return self.first == "log_probs" or any(word in self.loss.entry.formula for word in ("log", "KL"))

    @property
    def whole(self) -> bool:
        """Whether this is all of the input, not a part of it: only then rows can be compared with one another."""
        return self.source is not None

    @cached_property
    def log_softmax(self) -> Floats:
        """The log-probabilities that the predictions are as logits."""
        return ops.log_softmax(self.x, ops.softmax_peak(self.x))

    # -- what a variant changes --

    def having(self, **values: Any) -> Call:
        """The same with other values."""
        return replace(self, values={**self.values, **values}, known=None)

    def shaped(self, shape: tuple[int, ...]) -> Call:
        """The same with rows of another shape."""
        return replace(self, shape=shape, known=None)

    def computing(self, function: Callable[[], Floats | tuple[Floats, Floats]]) -> Call:
        """The same with losses of rows, or these and their divisors, that are not the loss's own."""

        def terms(**_: Any) -> Terms:
            made = function()
            value, divisor = made if isinstance(made, tuple) else (made, None)
            counts = self.counts if len(self.counts) == len(value) else None
            if counts is not None and not counts.all():
                value = np.where(counts if value.ndim == 1 else counts[:, None], value, 0.0)
            return Terms(value, {}, divisor=divisor, counts=counts, link=link)

        link = self.linked_by
        return replace(self, function=terms, known=None)

    def as_loss(self, name: str, **values: Any) -> Call:
        """Another loss of the catalogue, with values for those of its parameters that are called otherwise."""
        loss = _loss(name)
        entry = loss.entry
        parameters = loss.declaration.parameters
        own = {p: self.values.get(p, parameter.default) for p, parameter in parameters.items()}
        reduction = self.reduction if self.reduction in entry.reductions else "mean"
        return replace(
            self, loss=loss, values=own | values, function=None, known=None, reduction=reduction, given=frozenset()
        )

    def reduced(self, reduce: Reduce) -> Call:
        """The same losses of rows, added up and divided in another way."""
        return replace(self, reduce=reduce, known=self.tally, link=self.linked_by)

    def in_unit(self, unit: Callable[[float], float], linked: bool = True) -> Call:
        """The same number, changed at the end; not `linked`: without the function that the loss ends with."""
        return replace(self, unit=unit, linked=linked, known=self.tally, link=self.linked_by)

    def first_row(self) -> Call:
        """The same with the tally that it has and only the first row of its arrays, which shows what they are."""
        rows = {
            name: self.values[name][:1].copy()
            for name, marker in self.loss.declaration.arrays.items()
            if marker.has_rows and not marker.couples_rows and isinstance(self.values[name], np.ndarray)
        }
        return replace(
            self, values={**self.values, **rows}, function=None, known=self.tally, link=self.linked_by, source=None
        )

    @property
    def size(self) -> int:
        """How many numbers its arrays have."""
        return sum(a.size for a in self.values.values() if isinstance(a, np.ndarray))

    # -- what comes of it --

    @cached_property
    def own_terms(self) -> Terms:
        """The terms as they are, whatever the reduction."""
        with np.errstate(all="ignore"):
            return (self.function or self.loss.function)(**self.loss.declaration.keywords(self.values))

    @cached_property
    def terms(self) -> Terms:
        terms = self.own_terms
        return terms.mean if terms.mean and self.reduction == "mean" else terms

    @cached_property
    def counts(self) -> AnyArray:
        """Which rows count, by the loss itself."""
        with np.errstate(all="ignore"):
            own = self.function is None
            terms = self.own_terms if own else self.loss.function(**self.loss.declaration.keywords(self.values))
        return np.ones(len(terms.value), bool) if terms.counts is None else terms.counts

    @cached_property
    def weights(self) -> Floats | None:
        """The weight that multiplies the loss of each row, 0 where it does not count; None without weights."""
        found: list[AnyArray] = []
        for name, marker in self.loss.declaration.arrays.items():
            a = self.values.get(name)
            if a is None or marker.suspicion != "negative weight" or name == "alpha":
                continue
            if name == "pos_weight":
                found.append(1 + (a - 1) * self.t)
            elif marker.has_rows:
                found.append(a)
            elif self.by_index:
                labels = self.values[self.loss.declaration.labels or ""]
                found.append(a[np.where(self.counts, labels, 0)])
        if not found:
            return None
        product: Floats = np.prod(np.broadcast_arrays(*found), axis=0)
        if product.shape[:1] != self.counts.shape[:1]:
            return None
        return np.where(self.counts.reshape(-1, *[1] * (product.ndim - 1)), product, 0.0)

    @cached_property
    def tally(self) -> Tally:
        return self.known or self._tally()

    def _tally(self) -> Tally:
        terms = self.terms
        value = terms.value
        count = value.size if terms.counts is None else int(terms.counts.sum())
        ones = np.ones(len(value)) if terms.counts is None else terms.counts.reshape(len(value), -1)[:, 0] * 1.0
        divisor = ones * (value.size // max(1, len(value))) if terms.divisor is None else terms.divisor
        weights, labels = self.weights, self.t
        by_document = (self.shape[0], -1) if self.shape and len(value) % self.shape[0] == 0 else (1, -1)
        sums = [a.reshape(by_document).sum(axis=1) for a in (value, divisor)] if len(value) else [np.zeros(1)] * 2
        return Tally(
            float(value.sum()),
            float(divisor.sum()),
            count,
            value.size - count,
            int(np.count_nonzero(value)),
            0.0 if weights is None else float(weights.sum()),
            0 if weights is None else int(np.count_nonzero(weights)),
            int(np.count_nonzero(np.asarray(labels) > 0.5)),
            self.own_divisor,
            np.column_stack(sums),
            self.key,
            (Rows(value, divisor, self.shape),) if len(value) <= MOST_ROWS else None,
        )

    @cached_property
    def ratio(self) -> Ratio:
        return own_ratio(self) if self.reduce is None else self.reduce(self)

    @cached_property
    def number(self) -> float:
        return self._finished(self.ratio.quotient, self.linked)

    @cached_property
    def linked_by(self) -> Link | None:
        """The function that the loss ends with, as the perplexity does with exp."""
        return self.link if self.known is not None else self.own_terms.link

    @property
    def losses(self) -> list[float]:
        """The losses of the rows one by one, as --reduction none gives them."""
        return [self._finished(v, False) for part in self.tally.rows or () for v in part.value.ravel().tolist()]

    @property
    def of_documents(self) -> list[float]:
        """The loss of each document."""
        return [self._finished(divide(*each), self.linked) for each in self.tally.documents.tolist()]

    def _finished(self, number: float, linked: bool) -> float:
        if linked and self.linked_by is not None and self.reduction != "sum":
            number = self.linked_by.of(number)
        return number if self.unit is None else self.unit(number)


@cache
def _loss(name: str) -> Loss:
    entry = find("losses", name)
    assert entry is not None
    return Loss(entry)


def own_ratio(call: Call) -> Ratio:
    """The sum and divisor that the loss's own reduction takes."""
    tally = call.tally
    if call.reduction == "sum":
        return Ratio(tally.value)
    if call.reduction in call.loss.own_divisors:
        return Ratio(tally.value, tally.own)
    return Ratio(tally.value, tally.divisor)


_KEYS = count()  # of documents that come in parts


def parts(result: Result) -> Iterator[Callable[[], Call]]:
    """The call that a result is, block by block, each made when it is asked for."""
    arguments = result.arguments
    size = sum(a.nbytes for a in arguments.arrays.values())
    blocks = watched_blocks(arguments.blocks(), math.prod(arguments.rows), size)
    first = list(islice(blocks, 2))
    whole = len(first) == 1
    key = None if whole else next(_KEYS)
    divisor = (result.own_divisor[0] or 0.0) * len(result.documents)
    for number, rows in enumerate(chain(first, blocks)):
        yield partial(_call, result, rows, key, 0.0 if number else divisor)


def _call(result: Result, rows: tuple[slice, ...], key: int | None, own_divisor: float) -> Call:
    arguments = result.arguments
    parameters = result.of.declaration.parameters
    options = {name for name, value in arguments.options.items() if value != parameters[name].default}
    given = frozenset(options | {name for name in arguments.arrays if not parameters[name].required})
    defaults = {name: parameter.default for name, parameter in parameters.items() if not parameter.required}
    made = Call(
        result.of,
        defaults | arguments.block(rows)[0],
        arguments.rows if key is None else (1, math.prod(s.stop - s.start for s in rows)),
        arguments.class_axis,
        "mean" if result.reduction == "none" else result.reduction,
        given,
        source=result if key is None else None,
        key=key,
        own_divisor=own_divisor,
    )
    if "linear_weight" not in made.values:
        return made
    # the mistakes that people make with it are those with the logits that it makes
    w, bias = made["linear_weight"], made.get("linear_bias")
    logits = np.matmul(w, made.x[..., None])[..., 0]
    return made.as_loss("ce", logits=logits if bias is None else logits + bias.reshape(-1, logits.shape[-1]))

"""A loss over documents as they come: checked, stacked where they are alike, computed, and each answered."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.catalogue import Entry
from losscli.compute.arguments import BLOCK, Declaration
from losscli.compute.arrays import distinct_texts, told, whole_or_none
from losscli.compute.result import Result
from losscli.compute.shapes import bind
from losscli.declare import Array, Parameter
from losscli.documents import Document, Run
from losscli.errors import DataError, LosscliError, UsageError
from losscli.terms import Terms


class Loss:
    """A loss or function of the catalogue, callable on lists and arrays.

    `cross_entropy(logits, labels, weight=[1, 2])` returns a `Result`. Beside the parameters of the loss itself every
    loss takes `reduction` ("mean", "sum" or "none"), `class_axis` where it has classes, and `threads`.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        module = entry.module()
        self.function: Callable[..., Terms] = entry.function()
        self.parameters: dict[str, Parameter] = entry.declaration()
        self.declaration = Declaration(
            self.parameters, getattr(module, "arrange", None), getattr(module, "check", None)
        )
        self.reductions = entry.reductions()
        # what looks at each document on its own: its values are no sum, or its rows no rows to be put below others
        self.alone = entry.is_function or self.declaration.couples_rows or self.declaration.arrange is not None
        self.__doc__ = self.function.__doc__
        self.__name__ = self.function.__name__

    def __call__(
        self,
        *args: Any,
        reduction: str = "mean",
        class_axis: int | None = None,
        threads: int | None = None,
        **options: Any,
    ) -> Result:
        if len(args) > len(self.parameters):
            raise UsageError(f"{self.__name__} takes {len(self.parameters)} arguments, but {len(args)} were given.")
        values = dict(zip(self.parameters, args, strict=False))
        for name, value in options.items():
            if name in values or name not in self.parameters:
                problem = "given twice" if name in values else "unknown"
                raise UsageError(f"{self.__name__}: the argument {name} is {problem}.")
            values[name] = value
        settings = Settings(reduction=reduction, class_axis=class_axis, threads=threads)
        return self.result([Document(values)], settings)

    def result(self, documents: Sequence[Document] | Run, settings: Settings) -> Result:
        """The result for documents of one layout, checked and ready to be viewed."""
        first = documents[0].values
        reduction = first.get("reduction", settings.reduction)
        if reduction not in self.reductions and not self.entry.is_function:
            raise UsageError(f"reduction is {told(reduction)}, but takes one of {', '.join(self.reductions)}.")
        class_axis = whole_or_none("class_axis", first.get("class_axis", settings.class_axis))
        names = distinct_texts("class_names", first.get("class_names", settings.class_names))
        arguments = bind(self.declaration, documents, class_axis, names)
        if names and arguments.classes not in (None, len(names)):
            raise UsageError(f"class_names has {len(names)} names, but there are {arguments.classes} classes.")
        result = Result(self, arguments, documents, reduction, tuple(names), settings.threads)
        if not self.entry.is_function:
            _ = result.total  # everything is read and checked once, before anything is shown
        return result


@dataclass(frozen=True)
class Settings:
    """What holds for all documents of a run, unless a document says otherwise."""

    reduction: str = "mean"
    class_axis: int | None = None
    class_names: Sequence[str] = ()
    threads: int | None = None
    stacked: bool = True  # whether documents that are alike may be computed as one


def results(
    loss: Loss,
    chunks: Iterable[list[Document] | Run],
    settings: Settings,
    skip: Callable[[DataError], None] | None = None,
) -> Iterator[Result]:
    """The results of documents as they arrive; those of a chunk that are alike in a row are computed as one stack.

    The first document that is wrong ends it; or `skip` is told of each, and the others go on.
    """
    for chunk in chunks:
        stacks: Iterable[list[Document] | Run]
        if not settings.stacked or loss.alone:
            stacks = ([chunk[i]] for i in range(len(chunk)))
        else:
            stacks = _runs(loss, chunk) if isinstance(chunk, Run) else _stacks(loss, chunk)
        for stack in stacks:
            yield from _evaluated(loss, stack, settings, skip)


def _evaluated(
    loss: Loss, stack: list[Document] | Run, settings: Settings, skip: Callable[[DataError], None] | None
) -> Iterator[Result]:
    try:
        if (error := stack[0].error) is not None:
            raise error
        result = loss.result(stack, settings)
        for doubt in () if loss.entry.is_function else result.doubts():
            warnings.warn(doubt, stacklevel=2)
    except LosscliError as error:
        if len(stack) > 1:  # they differ in shape, or one of them is wrong: alone, so that it is named
            alone = [stack[i] for i in range(len(stack))]
            for part in _stacks(loss, alone) if isinstance(stack, Run) else [[document] for document in alone]:
                yield from _evaluated(loss, part, settings, skip)
            return
        if not stack[0].source or not isinstance(error, (UsageError, DataError)):
            raise
        wrong = DataError(error.message, error.place or stack[0].place)  # also an option, for a document gave it
        if skip is None:
            raise wrong from None
        skip(wrong)
    else:
        yield result


def _runs(loss: Loss, run: Run) -> Iterator[Run]:
    """A run, cut so that each part fits in one block."""
    rows = [n for n, p in loss.parameters.items() if isinstance(p.marker, Array) and p.marker.has_rows]
    widths = [_product(_nested_shape(run.columns[name][0]) or (1,)) for name in rows if name in run.columns]
    return run.cut(max(1, BLOCK // max(1, *widths, 1)))


def _stacks(loss: Loss, documents: list[Document]) -> Iterator[list[Document]]:
    """Runs of documents alike in keys, shapes and options, as many as fit in one block."""
    rows = {n for n, p in loss.parameters.items() if isinstance(p.marker, Array) and p.marker.has_rows}
    stack: list[Document] = []
    key: Any = None
    room = 0
    for document in documents:
        values = document.values
        mine = [(n, _nested_shape(v) if n in rows else _comparable(v)) for n, v in values.items()]
        if stack and room > 0 and mine == key:
            stack.append(document)
            room -= 1
            continue
        if stack:
            yield stack
        stack, key = [document], mine
        sizes = [s for n, s in mine if n in rows]
        widest = max((_product(s) for s in sizes if s is not None), default=BLOCK)
        room = 0 if None in sizes else BLOCK // max(1, widest) - 1
    if stack:
        yield stack


def _nested_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists by their first elements; None for what cannot be stacked."""
    found: list[int] = []
    while type(value) is list:
        found.append(len(value))
        if not value:
            return None
        value = value[0]
    return tuple(found) if type(value) in (int, float) else None


def _comparable(value: Any) -> Any:
    """An array given for all documents is the same for all: compare which one it is, not its numbers."""
    return id(value) if isinstance(value, np.ndarray) else value


def _product(numbers: Sequence[int]) -> int:
    product = 1
    for n in numbers:
        product *= n
    return product

"""A loss over documents as they come: checked, stacked where they are alike, computed, and each answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from losscli.catalogue import Entry
from losscli.compute.arguments import BLOCK, bound
from losscli.compute.arrays import distinct_texts
from losscli.compute.result import Result
from losscli.compute.settings import Settings
from losscli.declare import Choice, Number, Parameter
from losscli.documents import Documents, Item
from losscli.documents.mapped import refuse_changed
from losscli.documents.numerals import option_value
from losscli.errors import DataError, LosscliError, LosscliWarning, UsageError
from losscli.terms import Terms
from losscli.text import counted, there_are_classes

AXIS = Parameter("class_axis", Number("", whole=True))


class Loss:
    """A loss or function of the catalogue, ready to be computed on documents.

    Beside the function of its own name, a loss's module may have

    as_declared  brings the arrays into the shapes that the parameters declare, before anything else looks at them; it
                 only picks and reshapes, so that gradients and messages find the way back
    check        raises, or yields a warning, for what no parameter alone can show; called on each block
    REDUCTIONS   its own reductions; a function of each one's name says what that divides by, for the shape of the first
                 array, and what a user is to be told of that ("" for nothing)
    """

    def __init__(self, entry: Entry, result_type: type[Result] = Result) -> None:
        module = entry.module()
        self.entry = entry
        self.result_type = result_type
        self.declaration = entry.declaration
        self.function: Callable[..., Terms] = entry.function()
        self.as_declared = getattr(module, "as_declared", None)
        self.check = getattr(module, "check", None)
        self.own_divisors = {name: getattr(module, name) for name in entry.own_reductions}
        # not where values do not add up, or where the rows of one document are no rows to be put below another's
        self.stacks = not (entry.is_function or self.declaration.couples_rows or self.as_declared is not None)

    def result(self, documents: Documents, settings: Settings) -> Result:
        """The result for documents of one layout, checked and ready to be viewed."""
        try:
            result = self._checked(documents, settings)
        except LosscliError as error:
            raise error.spelt(documents.spelling) from None
        if settings.strict and result.warnings:
            first = result.warnings[0]
            raise DataError(f"{first.message} (a warning without --strict)", first.place)
        return result

    def _checked(self, documents: Documents, settings: Settings) -> Result:
        settings = self._settled(documents, settings)
        names = settings.class_names or ()
        arguments = bound(self, documents, settings.class_axis, names)
        if names and arguments.classes is not None and arguments.classes != len(names):
            raise UsageError(
                f"`class_names` has {counted(len(names), 'name')}, but {there_are_classes(arguments.classes)}."
            )
        result = self.result_type(self, arguments, documents, settings)
        if not self.entry.is_function:
            _ = result.total  # everything is read and checked once, before anything is shown
        return result

    def _settled(self, documents: Documents, settings: Settings) -> Settings:
        """The settings with what the documents themselves say, checked."""

        def found(name: str) -> Any:
            given = getattr(settings, name)
            return given if given is not None else documents.columns.get(name, (None,))[0]

        reduction, axis, names = found("reduction"), found("class_axis"), found("class_names")
        reduction = "mean" if reduction is None else reduction
        offered = Parameter("reduction", Choice(""), choices=self.entry.reductions)
        return replace(
            settings,
            reduction="none" if self.entry.is_function else option_value(offered, reduction),
            class_axis=None if axis is None else option_value(AXIS, axis),
            class_names=distinct_texts("class_names", () if names is None else names),
        )


def results(
    loss: Loss,
    items: Iterable[Item],
    settings: Settings,
    warn: Callable[[Iterable[LosscliWarning]], None],
    skip: Callable[[LosscliError], None] | None = None,
) -> Iterator[Result]:
    """The results of documents as they arrive; those that are alike in a row are computed as one stack.

    The first document that is wrong ends it; or `skip` is called with each such error, and the others go on. `warn` is
    called with the warnings of each result before it, and with those of a document that comes to none.
    """

    def evaluated(stack: Documents) -> Iterator[Result]:
        try:
            result = loss.result(stack, settings)
            refuse_changed()
        except LosscliError as error:
            if len(stack) > 1:  # they differ in shape, or one of them is wrong: apart, so that it is named
                parts = _alike(loss, stack)
                for part in parts if len(parts) > 1 else stack.cut(1):
                    yield from evaluated(part)
                return
            warn(stack.warnings)
            if not stack.source or not isinstance(error, (UsageError, DataError)):
                raise
            wrong = DataError(error.message, error.place or stack.place())  # also an option, for a document gave it
            if skip is None:
                raise wrong from None
            skip(wrong)
        else:
            warn(result.warnings)
            yield result

    for item in items:
        if isinstance(item, LosscliError):
            if skip is None or not isinstance(item, (UsageError, DataError)):
                raise item
            skip(item)
        else:
            for stack in _stacks(loss, item):
                yield from evaluated(stack)


def one_by_one(items: Iterable[Item]) -> Iterator[Item]:
    """Each document on its own, for views that show more of it than its numbers."""
    for item in items:
        yield from (item,) if isinstance(item, LosscliError) else item.cut(1)


def _stacks(loss: Loss, documents: Documents) -> Iterator[Documents]:
    """The documents in parts that probably are alike, each as large as a block."""
    if not loss.stacks:
        yield from documents.cut(1)
        return
    rows = _with_rows(loss)
    others = (column for name, column in documents.columns.items() if name not in rows)
    constant = all(column.count(column[0]) == len(column) and not _some_booleans(column) for column in others)
    for alike in [documents] if constant else _alike(loss, documents):
        shapes = [_nested_shape(alike.columns[name][0]) for name in rows if name in alike.columns]
        size = 1 if None in shapes else max(1, BLOCK // max([1, *(math.prod(shape or ()) for shape in shapes)]))
        yield from alike.cut(size)


def _alike(loss: Loss, documents: Documents) -> list[Documents]:
    """The documents cut where the shape of an array or an option changes.

    An array among the values is the same for all of them, and Python takes that for equal without looking inside.
    """
    rows = _with_rows(loss)
    keys = [
        map(_nested_shape, column) if name in rows else [(value, type(value) is bool) for value in column]
        for name, column in documents.columns.items()
    ]
    each = list(zip(*keys, strict=True))
    cuts = [i for i in range(1, len(each)) if each[i] != each[i - 1]]
    return [documents[i:j] for i, j in zip([0, *cuts], [*cuts, len(documents)], strict=True)]


def _with_rows(loss: Loss) -> set[str]:
    return {name for name, marker in loss.declaration.arrays.items() if marker.has_rows}


def _some_booleans(column: list[Any]) -> bool:
    """Whether some of the values, but not all, are true or false: for Python these are equal to 1 and 0."""
    types = set(map(type, column))
    return bool in types and len(types) > 1


def _nested_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists by their first elements; None for what cannot be stacked."""
    found: list[int] = []
    while type(value) is list:
        found.append(len(value))
        if not value:
            return None
        value = value[0]
    return tuple(found) if type(value) in (int, float) else None

"""The Python side: every loss as a function, and its result as a person at a prompt or in a notebook sees it."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.catalogue import Entry
from losscli.compute import result
from losscli.compute.loss import Loss
from losscli.compute.settings import Settings
from losscli.declare import Array, Number, Parameter
from losscli.documents import single
from losscli.documents.numerals import refuse_booleans
from losscli.errors import UsageError
from losscli.reports import Page
from losscli.text import counted


@dataclass(frozen=True, repr=False)
class Result(result.Result):
    __doc__ = result.Result.__doc__

    def __repr__(self) -> str:
        name = self.of.entry.path.stem
        if self.of.entry.is_function:
            return f"<{name} of shape {self.value.shape}>"
        quotient = f"{self.sum!r} / {self.divisor!r}"
        number = f"{self.reduction} {self.loss!r} = {f'{self.link.name}({quotient})' if self.link else quotient}"
        if self.reduction in ("sum", "none"):
            number = f"{self.reduction} {self.sum!r}" if self.reduction == "sum" else f"shape {self.value.shape}"
        return f"<{name}: {number}, {counted(self.count, 'row')}, {self.ignored} ignored>"

    def why(self, number: Any) -> Answer:
        """Which mistake or convention gives this number instead of the loss; several numbers are those of the rows.

        Give a text to say how many digits are known: `why("0.666")`.
        """
        from losscli.commands import _why
        from losscli.mistakes._search import Tried, observed

        text = number if isinstance(number, str) else ", ".join(map(repr, np.asarray(number, float).ravel().tolist()))
        found = Tried([self], self.settings.threads).explain(observed(text))
        return Answer(_why.page(found, 4), _why.record(found))

    def compare(self) -> Answer:
        """The number by the rules of each library that has the loss."""
        from losscli.commands import _compare
        from losscli.libraries._comparison import compared

        found = compared([self])
        return Answer(_compare.page(found, 4, wrapped=True), _compare.record(found))

    def code(self, library: str) -> str:
        """A program that gives the number with a library, such as "pytorch"."""
        from losscli.libraries._comparison import code

        return code(self, library)

    def _repr_html_(self) -> str:
        from losscli.commands._working import page
        from losscli.reports import Show
        from losscli.reports._html import fragment

        return fragment(page(self, Show()))


@dataclass(frozen=True, repr=False)
class Answer:
    """An answer about a result: it reads as text, and as HTML in a notebook; `data` is the same as plain values."""

    page: Page
    data: dict[str, Any]

    def __repr__(self) -> str:
        from io import StringIO

        from losscli.reports.table import draw

        out = StringIO()
        draw(self.page, out)
        return out.getvalue().rstrip("\n")

    def _repr_html_(self) -> str:
        from losscli.reports._html import fragment

        return fragment(self.page)


def public(entry: Entry) -> Callable[..., Result]:
    """The function of the package that computes a loss."""
    loss = Loss(entry, Result)
    name = entry.path.stem

    def function(*args: Any, **options: Any) -> Result:
        return call(loss, args, options)

    function.__name__ = function.__qualname__ = name
    function.__module__ = "losscli"
    function.__doc__ = loss.function.__doc__
    function.__signature__ = _signature(loss)  # type: ignore[attr-defined]  # what help() and editors show
    return function


def call(loss: Loss, args: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """The result of a loss for the arguments of a Python call; its warnings become those of Python."""
    parameters = loss.declaration.parameters
    name = loss.function.__name__
    if len(args) > len(parameters):
        raise UsageError(f"{name} takes {counted(len(parameters), 'argument')}, but {len(args)} were given.")
    values = dict(zip(parameters, args, strict=False))
    settings = {key: options[key] for key in ("reduction", "class_axis", "threads") if key in options}
    for key in [key for key in options if key not in settings]:
        if key in values or key not in parameters:
            raise UsageError(f"{name}: the argument {key} is {'given twice' if key in values else 'unknown'}.")
        values[key] = options[key]
    for key, marker in loss.declaration.arrays.items():
        if not marker.takes_booleans:
            refuse_booleans(values.get(key), key)
    found = loss.result(single(values), Settings(**settings))
    for warning in found.warnings:
        warnings.warn(warning, stacklevel=3)
    return found


def _signature(loss: Loss) -> inspect.Signature:
    """The parameters as Python shows them: those of the loss, then those that every loss has."""
    parameters = list(map(_parameter, loss.declaration.parameters.values()))
    more: dict[str, tuple[Any, str]] = {} if loss.entry.is_function else {"reduction": ("mean", "str")}
    if any(marker.movable_class_axis for marker in loss.declaration.arrays.values()):
        more["class_axis"] = (None, "int | None")
    more["threads"] = (None, "int | None")
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters += [inspect.Parameter(name, kind, default=d, annotation=of) for name, (d, of) in more.items()]
    return inspect.Signature(parameters, return_annotation="Result")


def _parameter(parameter: Parameter) -> inspect.Parameter:
    marker = parameter.marker
    if isinstance(marker, Array):
        of = "ArrayLike" if parameter.required else "ArrayLike | None"
    elif isinstance(marker, Number):
        of = "int" if marker.whole else "float"
    else:
        of = f"Literal{list(parameter.choices)}" if parameter.choices else "bool"
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if parameter.required else inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(parameter.name, kind, default=parameter.default, annotation=of)

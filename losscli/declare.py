"""What a parameter declares: the axes and meaning of an array, the range of a number, the words of a choice.

A loss's signature is its declaration. `logits: Logits` is an option on the command line, a key of a document, a keyword
of the Python function and a column of the table, all under the one name. A parameter whose annotation is a class is a
group of options: each annotated field of the class is an option of its own, and the function receives them together as
one object. Nothing here needs NumPy, so help and completion start at once.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    import numpy as np

    AnyArray: TypeAlias = np.ndarray[Any, Any]
    Floats: TypeAlias = AnyArray  # float64
    Ints: TypeAlias = AnyArray  # int64
    Bools: TypeAlias = AnyArray
else:
    Floats = Ints = Bools = AnyArray = object

Kind = Literal[
    "real",
    "label",  # a class index; an array that has the class axis holds class probabilities
    "label list",  # class indices; -1 ends a list before its row is full
    "mask",  # a class index; membership from 0 to 1 with the class axis, or where there is one class
    "sign",  # -1 or 1; 0 is taken as -1, with a warning
    "strict sign",  # -1 or 1; no document may have only 0 and 1
    "group",  # any whole number
    "box",  # x1, y1, x2, y2 with x1 <= x2 and y1 <= y2
]


class Bounded:
    """What has a range: from `min` to `max`, or `above` a bound that is not in it."""

    min: float | None
    max: float | None
    above: float | None

    def outside(self, x: Any) -> Any:
        """Whether a number, or where an array, is outside; NaN is outside a range with two ends only."""
        beyond: Any = x != x if self.min is not None and self.max is not None else False
        for is_beyond, bound in ((operator.lt, self.min), (operator.gt, self.max), (operator.le, self.above)):
            if bound is not None:
                beyond |= is_beyond(x, bound)
        return beyond

    @property
    def range(self) -> str:
        """`between 0 and 1`, `0 or more`, `above 0`: what a number must be."""
        if self.above is not None:
            return f"above {self.above:g}"
        if self.min is not None and self.max is not None:
            return f"between {self.min:g} and {self.max:g}"
        return f"{self.min:g} or more" if self.min is not None else f"{self.max:g} or less"


@dataclass(frozen=True)
class Array(Bounded):
    """An array: its axes, what its numbers mean, one line of help, and the range of its numbers.

    `axes` names one axis a word: `N` the rows (none or one; `N...` any number), `C` the classes, a number an axis of
    that length, any other letter one axis whose length must agree wherever the letter stands. `|` separates
    alternatives. An array whose axes begin with `N` is cut into blocks of rows; the others go to each block whole. `B`
    or `B...` instead of `N` says that the loss couples its rows: nothing is cut, and the arrays keep their axes, with
    the classes last. A leading `~` broadcasts, by NumPy's rules: to the first array of the loss, or, if that has a `~`
    too, all arrays with a `~` to one another. What is the same for all rows is converted once, and reaches the loss
    as a view with one row for each.

    NaN lies outside a range with two ends and is an error there; beyond a single bound it passes, and shows in the
    result. `suspicion` names a check of compute.suspicions, which warns. A `raw` array reaches the loss in its own
    dtype, not as float64: for a loss that reads one number a row of it. Where the labels fit several axes, `last` says
    that the classes lie on the last, not on PyTorch's axis 1.
    """

    axes: str
    kind: Kind
    help: str
    min: float | None = None
    max: float | None = None
    above: float | None = None
    suspicion: str = ""
    raw: bool = False
    last: bool = False

    @cached_property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(axes.strip(" ~").split()) for axes in self.axes.split("|"))

    @property
    def broadcasts(self) -> bool:
        return self.axes.startswith("~")

    @cached_property
    def has_rows(self) -> bool:
        return self.alternatives[0][0].rstrip(".") in ("N", "B")

    @property
    def couples_rows(self) -> bool:
        return self.alternatives[0][0].startswith("B")

    @property
    def by_class(self) -> bool:
        """Whether it may hold a number for each class."""
        return any(axes[-1] == "C" for axes in self.alternatives)

    @property
    def names_classes(self) -> bool:
        """Whether its numbers are classes, so that their names may stand for them."""
        return self.kind in ("label", "label list", "mask")

    @property
    def movable_class_axis(self) -> bool:
        return all(axes[0].endswith("...") and axes[1:] == ("C",) for axes in self.alternatives)

    @property
    def takes_booleans(self) -> bool:
        """Whether true and false can only mean 1 and 0 in it."""
        zero_to_one = self.suspicion == "outside 0 to 1" or (self.min, self.max) == (0, 1)
        return zero_to_one or self.kind in ("label", "mask", "sign", "strict sign")

    @property
    def shapes(self) -> str:
        """The shapes that it takes, in words for the help."""
        words = {
            "N...": "any shape",
            "N": "(N)",
            "N C": "(C) or (N, C)",
            "~C": "one number, or (C)",
            "N... C": "(C), (N, C), (N, C, d1, ...)",
            "N... D": "(D), (N, D), (N, d1, ..., D)",
            "N... | N... C": "(), (N), (N, d1, ...), or that of the class scores",
            "~N...": "any shape; broadcasts",
            "~N... C": "(C), (N, C), ...; broadcasts",
            "~N... D": "(D), (N, D), ...; broadcasts",
            "~N... C D": "(C, D), or (C, d1, ..., D)",
            "~N... C 1": "(C), or (C, d1, ...)",
        }
        each = " or ".join(f"({', '.join(axes)})" for axes in self.alternatives)
        return words.get(self.axes.replace("B", "N"), each)


@dataclass(frozen=True)
class Number(Bounded):
    """A number with its range; `whole` for an integer. `above` excludes the bound that `min` would include.

    `ignored_label` marks the parameter that names the label of rows which count for nothing.
    """

    help: str
    min: float | None = None
    max: float | None = None
    above: float | None = None
    whole: bool = False
    ignored_label: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few words, or a switch: the annotation is a `Literal` or `bool`."""

    help: str
    short: str = ""


@dataclass(frozen=True)
class Text:
    """Any text; `what` says in a word what it is, for the help; `many`: several, with commas between them."""

    help: str
    what: str
    short: str = ""
    many: bool = False


Marker: TypeAlias = Array | Number | Choice | Text


@dataclass(frozen=True)
class Parameter:
    """One parameter of a loss, as its signature declares it; `group` is the keyword that it arrives in, if any."""

    name: str
    marker: Marker
    default: Any = inspect.Parameter.empty
    choices: tuple[str, ...] = ()
    group: str = ""

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name, and for an array its singular or plural: a user need not remember which."""
        if not isinstance(self.marker, Array):
            return (self.name,)
        if self.name.endswith("s"):
            return (self.name, self.name[: -2 if self.name.endswith("sses") else -1])
        return (self.name, self.name + "s")


@dataclass(frozen=True)
class Declaration:
    """The parameters of a loss, those of its groups among them, and the class of each group."""

    parameters: Mapping[str, Parameter]
    groups: Mapping[str, type] = field(default_factory=dict)

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """The markers of the parameters that are arrays."""
        return {name: p.marker for name, p in self.parameters.items() if isinstance(p.marker, Array)}

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, p in self.parameters.items() if p.required)

    @cached_property
    def couples_rows(self) -> bool:
        """Whether the loss of a row depends on other rows, so that nothing can be cut."""
        return any(m.couples_rows for m in self.arrays.values()) or not any(m.has_rows for m in self.arrays.values())

    @cached_property
    def labels(self) -> str | None:
        """The array that holds class indices, if there is one."""
        return next((name for name, m in self.arrays.items() if m.kind in ("label", "mask")), None)

    @cached_property
    def truth(self) -> str | None:
        """The parameter that predictions are held against, by whichever name it goes."""
        return next((name for name in ("labels", "target", "targets") if name in self.required), None)

    @property
    def takes_predictions(self) -> bool:
        """Whether the first parameter is the prediction: alone, or held against a truth; not one of a pair."""
        first = self.required[0]
        return len(self.required) == 1 or (self.truth not in (None, first) and not first.endswith("1"))

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every name under which a parameter is taken; PyTorch's `input` and `target` are names of what losscli has."""
        spellings: dict[str, str] = {}
        if self.takes_predictions:
            spellings |= dict.fromkeys(("input", "inputs"), self.required[0])
        if self.truth:
            spellings |= dict.fromkeys(("target", "targets"), self.truth)
        return spellings | {word: name for name, p in self.parameters.items() for word in p.spellings}

    @cached_property
    def ignored_label(self) -> Parameter | None:
        """The parameter that names the label of rows which count for nothing, if there is one."""
        parameters = self.parameters.values()
        return next((p for p in parameters if isinstance(p.marker, Number) and p.marker.ignored_label), None)

    def keywords(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of the loss's function: its parameters with defaults filled in, those of a group as one."""
        keywords: dict[str, Any] = {name: {} for name in self.groups}
        for name, parameter in self.parameters.items():
            if name in values or not parameter.required:
                into: dict[str, Any] = keywords[parameter.group] if parameter.group else keywords
                into[name] = values.get(name, parameter.default)
        return keywords | {name: group(**keywords[name]) for name, group in self.groups.items()}


def flag(name: str) -> str:
    """The option of a parameter on the command line."""
    return f"--{name.replace('_', '-')}"


def key_of(option: str) -> str:
    """The key of an option: `--pos-weight` is pos_weight."""
    return option.lstrip("-").replace("-", "_")


def declared(function: Callable[..., Any]) -> Declaration:
    """The declaration that is the signature of a loss."""
    parameters: dict[str, Parameter] = {}
    groups: dict[str, type] = {}
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        if isinstance(parameter.annotation, type):
            groups[name] = parameter.annotation
            parameters |= {p.name: p for p in fields(parameter.annotation, name)}
        else:
            parameters[name] = _parameter(name, parameter.annotation, parameter.default)
    return Declaration(parameters, groups)


def fields(group: type, keyword: str = "") -> Iterator[Parameter]:
    """The options of a group: those fields of its class that are annotated with a marker."""
    for name, annotation in get_type_hints(group, include_extras=True).items():
        if any(hasattr(a, "__metadata__") for a in (annotation, *get_args(annotation))):
            yield _parameter(name, annotation, getattr(group, name, inspect.Parameter.empty), keyword)


def _parameter(name: str, annotation: Any, default: Any, group: str = "") -> Parameter:
    alternatives = [annotation, *get_args(annotation)]
    base, marker = next((a.__origin__, a.__metadata__[0]) for a in alternatives if hasattr(a, "__metadata__"))
    return Parameter(name, marker, default, get_args(base) if get_origin(base) is Literal else (), group)

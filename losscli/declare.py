"""What a parameter of a loss declares: the axes and meaning of an array, the range of a number.

A loss's signature is its declaration. `logits: Logits` is an option on the command line, a key of a document, a keyword
of the Python function and a column of the table, all under the one name. Nothing here needs NumPy, so help and
completion start at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

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
    "probability",  # from 0 to 1
    "label",  # a class index; an array that has the class axis holds class probabilities
    "label list",  # class indices; -1 ends a list before its row is full
    "distribution",  # class probabilities
    "mask",  # a class index; membership from 0 to 1 with the class axis, or where there is one class
    "weight",  # 0 or more
    "nonnegative",  # 0 or more; NaN may pass
    "above -1",
    "sign",  # -1 or 1; 0 is taken as -1, with a warning
    "strict sign",  # -1 or 1
    "group",  # any whole number
    "box",  # x1, y1, x2, y2 with x1 <= x2 and y1 <= y2
]

Doubt = Literal[
    "", "softmax twice", "no log-probabilities", "beyond 0 to 1", "no distribution"
]  # see compute.suspicions


@dataclass(frozen=True)
class Array:
    """An array: its axes, what its numbers mean, and one line of help.

    `axes` names one axis a word: `N` the rows (none or one; `N...` any number), `C` the classes, a number an axis of
    that length, any other letter one axis whose length must agree wherever the letter stands. `|` separates
    alternatives; a leading `~` broadcasts to what follows. An array whose axes begin with `N` is cut into blocks of
    rows; the others go to each block whole. `B` or `B...` in the place of `N` says that the loss couples its rows:
    nothing is cut, and the arrays keep their axes, with the classes last.
    """

    axes: str
    kind: Kind
    help: str
    doubt: Doubt = ""
    picked: bool = False  # the loss reads one number a row: it gets the block as it is, not turned into float64

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
    def couples(self) -> bool:
        return self.alternatives[0][0].startswith("B")

    @property
    def movable_class_axis(self) -> bool:
        return any(axes[0].endswith("...") and axes[1:] == ("C",) for axes in self.alternatives)

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
        }
        each = " or ".join(f"({', '.join(axes)})" for axes in self.alternatives)
        return words.get(self.axes.replace("B", "N"), "broadcasts" if self.broadcasts else each)


@dataclass(frozen=True)
class Number:
    """A number with its range; `whole` for an integer. `above` excludes the bound that `min` would include."""

    help: str
    min: float | None = None
    max: float | None = None
    above: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few words, or a switch: the annotation is a `Literal` or `bool`."""

    help: str


Marker: TypeAlias = Array | Number | Choice


@dataclass(frozen=True)
class Parameter:
    """One parameter of a loss, as its signature declares it."""

    name: str
    marker: Marker
    default: Any = inspect.Parameter.empty
    choices: tuple[str, ...] = ()

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


def declared(function: Callable[..., Any]) -> dict[str, Parameter]:
    """The parameters of a loss, by name, read from its signature."""
    parameters = {}
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        alternatives = [parameter.annotation, *get_args(parameter.annotation)]
        base, marker = next((a.__origin__, a.__metadata__[0]) for a in alternatives if hasattr(a, "__metadata__"))
        parameters[name] = Parameter(name, marker, parameter.default, get_args(base))
    return parameters


Logits: TypeAlias = Annotated[Floats, Array("N... C", "real", "scores before the softmax", "softmax twice")]
LogProbs: TypeAlias = Annotated[Floats, Array("N... C", "real", "log-probabilities", "no log-probabilities")]
Labels: TypeAlias = Annotated[
    Floats, Array("N... | N... C", "label", "class indices from 0; or one-hot or class probabilities")
]
ClassIndices: TypeAlias = Annotated[Ints, Array("N...", "label", "class indices, counted from 0")]
ClassWeight: TypeAlias = Annotated[Floats, Array("C", "weight", "one weight a class")]
IgnoreIndex: TypeAlias = Annotated[int, Number("rows with this label count for nothing", whole=True)]
Predictions: TypeAlias = Annotated[Floats, Array("N...", "real", "predictions")]
Targets: TypeAlias = Annotated[Floats, Array("N...", "real", "true values")]
ElementWeight: TypeAlias = Annotated[Floats, Array("N...", "weight", "a factor for each element")]
Boxes: TypeAlias = Annotated[Floats, Array("N 4", "box", "boxes x1, y1, x2, y2")]
TrueBoxes: TypeAlias = Annotated[Floats, Array("N 4", "box", "true boxes x1, y1, x2, y2")]
BoxEps: TypeAlias = Annotated[float, Number("added to what areas and the diagonal divide by", min=0)]
Scores: TypeAlias = Annotated[Floats, Array("N...", "real", "scores: positive for the label 1")]
Signs: TypeAlias = Annotated[Floats, Array("N...", "sign", "-1 or 1; 0 is taken as -1")]
ClassScores: TypeAlias = Annotated[Floats, Array("N... C", "real", "scores, one a class")]

# what the libraries of segmentation hide, each in its own way
PixelScores: TypeAlias = Annotated[Floats, Array("B... C", "real", "scores of each pixel, or probabilities")]
Masks: TypeAlias = Annotated[
    Floats, Array("B... | B... C", "mask", "class indices; or membership from 0 to 1, by class or of the one class")
]
MaskMode: TypeAlias = Annotated[
    Literal["multiclass", "multilabel", "binary"],
    Choice("softmax over classes, sigmoid by class, or one sigmoid and no class axis; the names are smp's"),
]
FromLogits: TypeAlias = Annotated[bool, Choice("whether softmax or sigmoid comes first; MONAI, Keras: no")]
PerImage: TypeAlias = Annotated[bool, Choice("for each image (MONAI, optax), or over the batch (smp, Keras)")]
Average: TypeAlias = Annotated[
    Literal["macro", "micro"], Choice("a loss for each class (smp, MONAI, optax), or for all as one (Keras)")
]
MaskClasses: TypeAlias = Annotated[Ints, Array("K", "label", "only these classes; without 0, the background is out")]
Overlap: TypeAlias = Annotated[
    Literal["min", "product"], Choice("TP of soft masks: min(p, t) (smp), or p t (MONAI, Keras, optax)")
]
Empty: TypeAlias = Annotated[
    Literal["zero", "formula", "skip"],
    Choice("a class that is in no mask: loss 0 (smp), what the formula gives (MONAI, Keras, optax), or left out"),
]
SmoothNr: TypeAlias = Annotated[float, Number("added above; MONAI 1e-5, optax 1", min=0)]
SmoothDr: TypeAlias = Annotated[float, Number("added below; MONAI 1e-5, optax 1, Keras 1e-7", min=0)]
IgnoredMask: TypeAlias = Annotated[int, Number("pixels with this label count for nothing", whole=True)]
Vectors: TypeAlias = Annotated[Floats, Array("N... D", "real", "vectors, their numbers on the last axis")]
Temperature: TypeAlias = Annotated[float, Number("what the cosines are divided by", above=0)]

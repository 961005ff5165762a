"""What the libraries share: a call as its user sees it, and a way to compute it, as a changed call and as code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from losscli.compute.result import Result
from losscli.compute.variants import Call, Ratio, Reduce, parts
from losscli.declare import Floats


@dataclass(frozen=True)
class Way:
    """How a library computes a call.

    how      what tells it from other ways of the same library: "sample_weight"
    call     the call by the library's own rule; None where the library cannot compute it
    code     lines that compute it with the library and end with `loss`; empty where it cannot
    why      what it divides by, or does otherwise, in a few words
    default  whether it is what comes of leaving out an option of the library that the call needs
    by_hand  what the library cannot do, where the code does it beside its call
    """

    how: str
    call: Call | None
    code: str = ""
    why: str = ""
    default: bool = False
    by_hand: str = ""


@dataclass(frozen=True)
class At:
    """A call where it stands: its reduction as asked for, and its arrays in the layout of the user.

    result   what the call is of
    shapes   the shape of each array that was given, in one document
    by_class the arrays whose classes lie on `axis`
    """

    call: Call
    result: Result
    shapes: Mapping[str, tuple[int, ...]]
    by_class: frozenset[str]

    @property
    def axis(self) -> int | None:
        return self.call.class_axis

    @property
    def reduction(self) -> str:
        return self.result.reduction

    @property
    def name(self) -> str:
        return self.result.of.entry.name

    @cached_property
    def required(self) -> tuple[str, ...]:
        return self.result.of.declaration.required

    def __getitem__(self, name: str) -> Any:
        return self.call.values[name]

    def has(self, name: str) -> bool:
        return name in self.shapes

    def differs(self, name: str) -> bool:
        """Whether an option was set to something else than its default."""
        default = self.result.of.declaration.parameters[name].default
        return name in self.shapes or self.result.arguments.options.get(name, default) != default

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The shape of the predictions."""
        return self.shapes[self.required[0]]

    @cached_property
    def classes(self) -> int:
        axis = -1 if self.axis is None else self.axis
        return self.first[axis] if self.first else 1

    @property
    def with_classes(self) -> list[str]:
        """The arrays that have rows and classes, as the user gave them."""
        return [name for name, shape in self.shapes.items() if name in self.by_class and len(shape) == len(self.first)]

    @property
    def by_index(self) -> bool:
        return self.call.by_index

    @property
    def ignored(self) -> bool:
        """Whether some row does not count."""
        return self.call.tally.ignored > 0

    @property
    def hard(self) -> bool:
        """Whether all labels are 0 and 1."""
        return bool(np.isin(self.call.t, (0, 1)).all())

    def options(self, *names: str, **renamed: str) -> str:
        """The options among these that were set, as keywords: `, delta=0.5`; arrays go by their names."""
        words = []
        for theirs, ours in {**dict(zip(names, names, strict=True)), **renamed}.items():
            if self.differs(ours):
                words.append(f", {theirs}={self.literal(ours)}")
        return "".join(words)

    def literal(self, name: str) -> str:
        """An option as code; an array by its name."""
        return name if name in self.shapes else repr(self[name])

    def reduced(self, rows: str = "rows", divisor: str = "") -> str:
        """The line that makes the loss of the losses of rows."""
        if self.reduction in ("sum", "none"):
            return f"loss = {rows}{'.sum()' if self.reduction == 'sum' else ''}"
        if self.reduction == "batchmean":
            return f"loss = {rows}.sum() / {self.first[0] if self.first else 1}"
        return f"loss = {rows}.sum() / {divisor}" if divisor else f"loss = {rows}.mean()"

    def last(self, module: str, *names: str) -> str:
        """Lines that move the classes to the last axis, where NumPy's customs have them."""
        found = names or self.with_classes
        if self.axis is None or self.axis >= len(self.first) - 1:
            return ""
        return "".join(f"{name} = {module}.moveaxis({name}, {self.axis}, -1)\n" for name in found)

    def own(self, code: str, how: str = "", why: str = "", **more: Any) -> Way:
        """The library computes just this."""
        return Way(how, self.call, code, why, **more)

    def over(self, code: str, divisor: float, how: str, why: str, **more: Any) -> Way:
        """The same losses of rows, divided by something else."""
        return Way(how, self.call.reduced(over(divisor)), code, why, **more)


def over(divisor: float) -> Reduce:
    """The sum of a document over a divisor, for all documents together."""

    def ratio(call: Call) -> Ratio:
        tally = call.tally
        return Ratio(tally.value, divisor * max(1, len(tally.documents)) if divisor else tally.count)

    return ratio


def by_count(call: Call) -> Ratio:
    """The sum over the rows that count."""
    return Ratio(call.tally.value, call.tally.count)


def by_all(call: Call) -> Ratio:
    """The sum over all rows, the ignored ones too."""
    return Ratio(call.tally.value, call.tally.count + call.tally.ignored)


def tokens(at: At, module: str) -> str:
    """Lines that bring logits and labels to (B, T, V) and (B, T), each token's label beside it."""
    code = at.last(module)
    if len(at.first) == 2:
        code += "logits, labels = logits[None], labels[None]\n"
    return code + "logits, labels = logits[:, :-1], labels[:, 1:]\n" * at["shift"]


def axis_1(at: At) -> str:
    """Lines that move the classes to axis 1."""
    if at.axis in (None, 1) or len(at.first) < 2:
        return ""
    return "".join(f"{name} = {name}.movedim({at.axis}, 1)\n" for name in at.with_classes)


def one_hot(at: At) -> Floats:
    """The target of each row; no class for a row that does not count."""
    labels: Floats = at["labels"]
    if not at.by_index:
        return labels
    made: Floats = (labels[:, None] == np.arange(at.call.x.shape[-1])) * 1.0
    return made * at.call.counts[:, None]


def as_nt_xent(at: At) -> Call:
    """The loss of which pml, optax and MONAI speak: both ways, with all other rows as negatives."""
    x = np.concatenate([at["anchor"], at["positive"]])
    return at.call.as_loss("nt-xent", embeddings=x, labels=np.tile(np.arange(len(x) // 2), 2))


def softmax(z: Floats) -> Floats:
    e: Floats = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def places(result: Result) -> Iterator[At]:
    """The calls that a result is, with what their user sees."""
    arguments = result.arguments
    several = len(result.documents) > 1
    shapes = {
        name: a.shape[1:] if several and arguments.declaration.arrays[name].has_rows else a.shape
        for name, a in arguments.given.items()
    }
    for part in parts(result):
        yield At(part(), result, shapes, frozenset(arguments.by_class))

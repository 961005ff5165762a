"""The mistakes that --why tries, one stage of the computation a file.

A stage is where a computation departs from the right one: its module has `variants(call)`, which yields a `Variant` for
each mistake that applies to a call, by what the loss declares and by what was given. Two mistakes at once are a variant
of a variant's call, of a later stage. The first line of a file is `\"\"\"stage: What goes wrong there.`, and ORDER says
which stage comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from losscli.compute.variants import Call
from losscli.declare import Floats


@dataclass(frozen=True)
class Variant:
    """A mistake, or another library's convention, and the call that it makes of a call.

    name     one short name, for programs
    call     the call as the mistake changes it
    what     the mistake in words, to stand after "it is": "the softmax taken twice"
    why      what the right computation does instead, a sentence
    mend     what to do, a sentence
    seen     in how many threads people met it: of two that fit, the common one comes first
    alone    whether it changes so little that it explains nothing beside another
    changes  what is changed, by parameter: in code notation
    """

    name: str
    call: Call
    what: str
    why: str = ""
    mend: str = ""
    seen: int = 0
    changes: Mapping[str, str] = field(default_factory=dict)
    stage: int = 0
    alone: bool = False


def mistake(
    name: str, call: Call, what: str, why: str = "", mend: str = "", seen: int = 0, /, **changes: str
) -> Variant:
    """A variant; the keywords say what is changed of each parameter."""
    return Variant(name, call, what, why, mend, seen, changes)


def times(call: Call, factor: Any) -> Call:
    """The losses of rows multiplied."""

    def rows() -> Floats | tuple[Floats, Floats]:
        terms = call.terms
        value = terms.value * factor
        return value if terms.divisor is None else (value, terms.divisor)

    return call.computing(rows)


def of_rows(call: Call, value: Floats) -> Call:
    """Other losses of rows; those that do not count stay out."""
    return call.computing(lambda: value)

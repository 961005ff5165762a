"""Output formats, one a file: an answer to text.

A module of this folder has `write(answer, out)`. Its first line names the formats; the name of a module that is not a
format begins with an underscore. An answer is asked for what the format needs: pages of tables for people, records
and columns for programs, bare numbers for a shell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

from losscli.declare import Choice, Number, Text


@dataclass(frozen=True)
class Show:
    """What of an answer is shown, and where."""

    grad: Annotated[bool, Choice("Show the gradient with respect to the first input.")] = False
    steps: Annotated[bool, Choice("Show every step.")] = False
    format: Annotated[str, Choice("how to write the result (default: table)")] | None = None
    json: Annotated[bool, Choice("The same as --format json.")] = False
    quiet: Annotated[bool, Choice("The bare number: the same as --format value.", short="-q")] = False
    output: Annotated[str, Text("write to this file, whole or not at all", "FILE", short="-o")] | None = None
    digits: Annotated[int, Number("to how many digits a table rounds (default: 4)", 0, 17, whole=True)] = 4
    max_rows: Annotated[
        int, Number("rows a table shows, head and tail; 0 for all (default: 20)", min=0, whole=True)
    ] = 20
    progress: Annotated[bool, Choice("Show a bar when it takes long.")] = True


@dataclass(frozen=True)
class Table:
    """A table of text. The columns in `left` are words.

    `special` says which rows are not like the others: "marked", the one to look at, or "sum", a line of sums.
    """

    header: list[str]
    rows: list[list[str]]
    left: set[int] = field(default_factory=set)
    special: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What a person reads: a title, tables and paragraphs, and how the number comes about."""

    title: str
    formula: str
    size: str
    body: Sequence[Table | str]
    working: str = ""
    remark: str = ""


class Verbatim(str):
    """A page that is text as it stands, such as a program."""


class Answer(Protocol):
    """What a command found, in the forms that formats ask for; each is computed as it is read, and only once."""

    format: str

    def pages(self) -> Iterator[Page | Verbatim]:
        """For people: tables and the working."""

    def record(self) -> dict[str, Any]:
        """For programs: all of it as one object of plain values."""

    def records(self) -> Iterator[Records]:
        """The same for each document, as they are computed."""

    def columns(self) -> Iterator[tuple[list[str], Iterable[list[Any]]]]:
        """Lines of cells under a header, as they are computed."""

    def numbers(self) -> Iterator[Any]:
        """The bare numbers: floats, or for a function arrays."""


@dataclass(frozen=True)
class Records:
    """Records that share what comes before and after some columns: a million of them are not a million objects.

    A key is left out of the records in which its value is None.
    """

    before: dict[str, Any]
    columns: dict[str, list[Any]]
    after: dict[str, Any]

    def each(self) -> Iterator[dict[str, Any]]:
        for values in zip(*self.columns.values(), strict=True):
            found = {key: value for key, value in zip(self.columns, values, strict=True) if value is not None}
            yield self.before | found | self.after

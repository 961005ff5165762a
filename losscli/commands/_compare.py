"""--compare: the number under the rules of each library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import Any

from losscli.catalogue import find
from losscli.compute.result import Result
from losscli.errors import UsageError
from losscli.libraries._comparison import Comparison, Line, compared
from losscli.reports import Page, Records, Show, Table

WIDTH = 78  # of the table without its indent
WHY = 26  # of its last column


@dataclass
class CompareAnswer:
    """The number under the rules of each library, for people and for programs."""

    results: Iterator[Result]
    show: Show
    format: str

    @cached_property
    def found(self) -> Comparison:
        return compared(self.results)

    def pages(self) -> Iterator[Page]:
        yield page(self.found, self.show.digits, wrapped=self.format == "table")

    def record(self) -> dict[str, Any]:
        return record(self.found)

    def records(self) -> Iterator[Records]:
        yield Records({}, {key: [value] for key, value in self.record().items()}, {})

    def columns(self) -> Iterator[tuple[list[str], Iterable[list[Any]]]]:
        def cells(line: Line, kind: str) -> Iterator[list[Any]]:
            for library in line.libraries:
                yield [library, line.value, *(line.ratio or ("", "")), line.why, kind]

        found = self.found
        rows = [row for line in found.lines for row in cells(line, "")]
        rows += [row for line in found.defaults for row in cells(line, "default")]
        rows += [[library, "", "", "", why, "cannot"] for library, why in found.cannot]
        yield ["library", "value", "sum", "divisor", "why", "kind"], rows

    def numbers(self) -> Iterator[Any]:
        raise UsageError("--compare gives several numbers: --quiet and --format value have one. Use --json.")


def record(found: Comparison) -> dict[str, Any]:
    """The comparison as plain values."""
    return {
        "command": found.command,
        "loss": found.loss,
        "compare": list(map(_record, found.lines)),
        "defaults": list(map(_record, found.defaults)),
        "cannot": [{"library": library, "why": why} for library, why in found.cannot],
    }


def _record(line: Line) -> dict[str, Any]:
    ratio = {} if line.ratio is None else {"sum": line.ratio.above, "divisor": line.ratio.below}
    return {"value": line.value, "libraries": list(line.libraries), **ratio, "why": line.why}


def page(found: Comparison, digits: int, wrapped: bool) -> Page:
    """The comparison for people."""
    entry = find("losses", found.command)
    assert entry is not None
    values = [line.value for line in (*found.lines, *found.defaults)]
    while digits < 10 and len({f"{v:.{digits}f}" for v in values}) < len(values):
        digits += 1
    body: list[Table | str] = [_table(found.lines, digits, wrapped, found.loss)]
    if found.defaults:
        body += ["Defaults that would change it", _table(found.defaults, digits, wrapped, None)]
    if found.cannot:
        lines = [(library, wrap(why, WIDTH - 20) if wrapped else [why]) for library, why in found.cannot]
        body.append(
            Table(
                ["library", "no number, because it"],
                [[library * (not i), part] for library, parts in lines for i, part in enumerate(parts)],
                left={0, 1},
            )
        )
    return Page(f"{entry.title} = {found.loss:.{digits}f}", "", "", body)


def _table(lines: Iterable[Line], digits: int, wrapped: bool, own: float | None) -> Table:
    rows: list[list[str]] = []
    marked: dict[int, str] = {}
    cells = [
        (f"{line.value:.{digits}f}", ", ".join(line.libraries), _quotient(line, digits), line.why, line.value)
        for line in lines
    ]
    why = min(WHY, max([3, *(len(cell[3]) for cell in cells)]))
    used = max(len(cell[0]) for cell in cells) + max([13, *(len(cell[2]) for cell in cells)]) + why + 9
    for value, libraries, quotient, reason, number in cells:
        first = wrap(libraries, max(16, WIDTH - used), break_long_words=False) if wrapped else [libraries]
        last = wrap(reason, why, break_long_words=False) if wrapped else [reason]
        for i in range(max(len(first), len(last))):
            if number == own:
                marked[len(rows)] = "marked"
            numbers = (value, quotient) if not i else ("", "")
            rows.append([numbers[0], _at(first, i), numbers[1], _at(last, i)])
    return Table(["value", "library", "sum / divisor", "why"], rows, left={1, 3}, special=marked)


def _at(lines: list[str], i: int) -> str:
    return lines[i] if i < len(lines) else ""


def _quotient(line: Line, digits: int) -> str:
    if line.ratio is None:
        return ""
    above, below = line.ratio
    return f"{above:.{digits}f} / {below:.{digits + 2}g}"

"""markdown: The tables of the steps as Markdown, for a README, an issue or a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, TextIO

from losscli.compute.result import Result
from losscli.reports import View
from losscli.reports import _grids as grids
from losscli.reports._records import gathered


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    first = list(islice(results, 2))
    if len(first) == 1 and len(first[0].documents) == 1:
        _write_explanation(grids.explained(first[0], view), out)
        return
    lines: list[Any] = []

    def keep(result: Result) -> None:
        if result.of.entry.is_function:
            _write_explanation(grids.explained(result, view), out)
        else:
            lines.extend([(len(lines) + i, s, result.reduction) for i, s in enumerate(result.summaries())])

    total = gathered(chain(first, results), keep)
    if lines:
        shown = [lines[i] for i in grids.shown_rows(len(lines), view.max_rows)]
        out.write(_table(grids.stream_grid(shown, view)) + "\n")
        reduction, remark = grids.stream_total(total, view)
        out.write(f"`{reduction}` ({remark})\n" if reduction else f"{remark}\n")


def _write_explanation(told: grids.Explanation, out: TextIO) -> None:
    out.write(f"**{told.title}** `{told.formula}` ({told.size})\n\n")
    for grid in told.grids:
        out.write(_table(grid) + "\n")
    if told.reduction:
        out.write(f"`{told.reduction}` ({told.remark})\n")
    elif told.remark:
        out.write(f"{told.remark}\n")


def _table(grid: grids.Grid) -> str:
    lines = [grid.header, [":--" if i in grid.left else "--:" for i in range(len(grid.header))]]
    for i, row in enumerate(grid.rows):
        lines.append([f"**{cell}**" if i in grid.marked and cell else cell for cell in row])
        if i in grid.footers:
            lines.append(grid.footers[i])
    return "".join("| " + " | ".join(_escaped(cell) for cell in line) + " |\n" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")

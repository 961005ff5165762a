"""table: What a teacher would write on the board: the tables of the steps and the reduction worked out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from losscli.compute.result import Result
from losscli.reports import View
from losscli.reports import _grids as grids
from losscli.reports._records import gathered

INDENT = 2


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    first = list(islice(results, 2))
    if len(first) == 1 and len(first[0].documents) == 1:
        _print_explanation(grids.explained(first[0], view), out)
        return
    _print_stream(chain(first, results), out, view)


def _print_explanation(told: grids.Explanation, out: TextIO) -> None:
    title = Text.assemble((told.title, "bold"), "   ", (told.formula, "cyan"))
    _print(title, told.size, told.grids, told.reduction, told.remark, out)


def _print(title: Text, size: str, tables: list[grids.Grid], reduction: str, remark: str, out: TextIO) -> None:
    drawn = [_drawn(grid, out) for grid in tables]
    console, width = _console(out, max([0, *(width for _, width in drawn)]))
    with console.capture() as captured:
        _spread(console, title, size, width)
        for table, _ in drawn:
            console.print()
            console.print(table)
        console.print()
        start, _, loss = reduction.rpartition(" = ")
        _spread(console, Text.assemble(f"{start} = ", (loss, "bold green")) if reduction else Text(), remark, width)
    out.write("".join(f"{line.rstrip()}\n" for line in captured.get().rstrip().split("\n")))


def _print_stream(results: Iterator[Result], out: TextIO, view: View) -> None:
    most = view.max_rows or None
    head: list[Any] = []
    tail: deque[Any] = deque(maxlen=None if most is None else most // 2)
    count = 0
    title = ""

    def keep(result: Result) -> None:
        nonlocal count, title
        title = title or result.of.entry.title
        if result.of.entry.is_function:
            _print_explanation(grids.explained(result, view), out)
            return
        for summary in result.summaries():
            line = (count, summary, result.reduction)
            (head if most is None or count < (most + 1) // 2 else tail).append(line)
            count += 1

    total = gathered(results, keep)
    if not head:
        return
    grid = grids.stream_grid([*head, *tail], view)
    reduction, remark = grids.stream_total(total, view)
    _print(Text(title, "bold"), grids.counted(count, "batch", "batches"), [grid], reduction, remark, out)


def _spread(console: Console, left: Text, right: str, width: int) -> None:
    """Two texts on a line, the second at the right edge; on two lines where they do not fit on one."""
    left = Text(" " * INDENT) + left
    gap = width - left.cell_len - len(right)
    if left.cell_len == INDENT:
        console.print(left + Text(right, "dim"))
    elif gap >= 3:
        console.print(left + Text(" " * gap) + Text(right, "dim"))
    else:
        console.print(left)
        console.print(Text(right.rjust(width) if len(right) < width else " " * INDENT + right, "dim"))


def _console(out: TextIO, needed: int) -> tuple[Console, int]:
    """A console wide enough that nothing is wrapped or cut, and the width that the text spreads over."""
    console = Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=True)
    width = max(needed, min(console.width, 80))
    console.width = max(console.width, 10_000)
    return console, width


def _drawn(grid: grids.Grid, out: TextIO) -> tuple[Table, int]:
    """The grid as a Rich table, and its width; where room is short, headers break and columns close up."""
    available = Console(file=out).width
    header = grid.header
    widths = _widths(grid, header)
    if _width(widths, 3) > available:
        header = [_broken(name) for name in header]
        widths = _widths(grid, header)
    gap = next((g for g in (3, 2) if _width(widths, g) <= available), 1)
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False)
    for i, name in enumerate(header):
        indent = " " * INDENT if i == 0 else ""
        lines = name.split("\n")
        table.add_column(
            Text("\n".join(indent + (line if i in grid.left else line.rjust(widths[i])) for line in lines)),
            justify="left" if i in grid.left else "right",
            vertical="bottom",
            no_wrap=True,
            header_style="dim",
            min_width=widths[i] + len(indent),
        )
    for i, row in enumerate(grid.rows):
        table.add_row(*[Text(cell) for cell in row], style="bold" if i in grid.marked else "")
        if i in grid.footers:
            table.add_row(*[Text(cell) for cell in grid.footers[i]], style="dim")
            if i < len(grid.rows) - 1:
                table.add_row()
    return table, _width(widths, gap)


def _widths(grid: grids.Grid, header: list[str]) -> list[int]:
    lines = [*grid.rows, *grid.footers.values(), *zip(*[(name.split("\n") * 2)[:2] for name in header], strict=True)]
    return [max(Text(line[i]).cell_len for line in lines) for i in range(len(header))]


def _width(widths: list[int], gap: int) -> int:
    return INDENT + sum(widths) + gap * (len(widths) - 1)


def _broken(name: str) -> str:
    """The name on two lines, as even as can be, but not within parentheses."""
    places = [i for i, c in enumerate(name) if c == " " and name[:i].count("(") == name[:i].count(")")]
    if not places:
        return name
    middle = min(places, key=lambda i: max(i, len(name) - i - 1))
    return f"{name[:middle]}\n{name[middle + 1 :]}"

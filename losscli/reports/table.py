"""table: What a teacher would write on the board: the tables of the steps and the reduction worked out."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TextIO

from rich import table as rich_table
from rich.console import Console
from rich.text import Text

from losscli.reports import Answer, Page, Table, Verbatim

INDENT = 2
WIDEST = 100  # of a line of words
ROWS = 500  # that Rich draws at a time: its memory and its time grow faster than the rows
STYLES = {"": "", "marked": "bold", "sum": "dim"}


def write(answer: Answer, out: TextIO) -> None:
    for page in answer.pages():
        if isinstance(page, Verbatim):
            out.write(page)
        else:
            draw(page, out)


def draw(page: Page, out: TextIO) -> None:
    """Write a page."""
    drawn = [((), 0) if isinstance(part, str) else _drawn(part, out) for part in page.body]
    room = Console(file=out).width
    console, width = _console(out, max([0, *(width for _, width in drawn)]))
    title = Text.assemble((page.title, "bold"), ("   " * bool(page.formula), ""), (page.formula, "cyan"))
    with console.capture() as head:
        _spread(console, title, page.size, width)
    out.write(_lines(head.get()))
    for part, (portions, _) in zip(page.body, drawn, strict=True):
        out.write("\n")
        for portion in [_paragraph(part, room)] if isinstance(part, str) else portions:
            with console.capture() as captured:
                console.print(portion)
            out.write(_lines(captured.get()))
    with console.capture() as foot:
        console.print()
        start, _, loss = page.working.rpartition(" = ")
        working = Text.assemble(f"{start} = ", (loss, "bold green")) if page.working else Text()
        _spread(console, working, page.remark, width)
    out.write(_lines(foot.get().rstrip()))


def _lines(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.removesuffix("\n").split("\n")) if text else ""


def _paragraph(text: str, room: int) -> Text:
    lines = wrap(text, min(room, WIDEST) - INDENT, break_long_words=False, break_on_hyphens=False)
    return Text("\n".join(" " * INDENT + line for line in lines))


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


def _drawn(table: Table, out: TextIO) -> tuple[Iterator[rich_table.Table], int]:
    """The table as Rich tables, and its width; where room is short, headers break and columns close up."""
    available = Console(file=out).width
    header = table.header
    widths = _widths(table, header)
    if _width(widths, 3) > available:
        header = [_broken(name) for name in header]
        widths = _widths(table, header)
    gap = next((g for g in (3, 2) if _width(widths, g) <= available), 1)
    starts = range(0, len(table.rows) or 1, ROWS)
    return (_portion(table, start, header, widths, gap) for start in starts), _width(widths, gap)


def _portion(table: Table, start: int, header: list[str], widths: list[int], gap: int) -> rich_table.Table:
    """Some rows from one on, below the header where they are the first."""
    shown = not start and any(header)
    drawn = rich_table.Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False, show_header=shown)
    for i, name in enumerate(header):
        indent = " " * INDENT if i == 0 else ""
        lines = name.split("\n")
        drawn.add_column(
            Text("\n".join(indent + (line if i in table.left else line.rjust(widths[i])) for line in lines)),
            justify="left" if i in table.left else "right",
            vertical="bottom",
            no_wrap=True,
            header_style="dim",
            min_width=widths[i] + len(indent),
        )
    for i, row in enumerate(table.rows[start : start + ROWS], start):
        special = table.special.get(i, "")
        first, *others = row
        drawn.add_row(Text(" " * INDENT * (0 in table.left) + first), *map(Text, others), style=STYLES[special])
        if special == "sum" and i < len(table.rows) - 1:
            drawn.add_row()
    return drawn


def _widths(table: Table, header: list[str]) -> list[int]:
    lines = [*table.rows, *zip(*[(name.split("\n") * 2)[:2] for name in header], strict=True)]
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

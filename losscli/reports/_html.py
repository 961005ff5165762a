"""A page as a fragment of HTML, which takes the fonts and colours of the notebook or document that it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from losscli.reports import Page, Table


def fragment(page: Page) -> str:
    """The title, the tables and the working."""
    formula = f" <code>{escape(page.formula)}</code>" if page.formula else ""
    title = f"<p><b>{escape(page.title)}</b>{formula} ({escape(page.size)})</p>"
    working = f"<code>{escape(page.working)}</code> " if page.working else ""
    body = (f"<p>{escape(part)}</p>" if isinstance(part, str) else _table(part) for part in page.body)
    return "\n".join([title, *body, f"<p>{working}{escape(page.remark)}</p>"])


def _table(table: Table) -> str:
    lines = [_row(table, table.header, "th")]
    lines += [_row(table, row, "td", bold=table.special.get(i) == "marked") for i, row in enumerate(table.rows)]
    return "\n".join(["<table>", *lines, "</table>"])


def _row(table: Table, cells: Iterable[str], tag: str, bold: bool = False) -> str:
    aligned = (
        f'<{tag} style="text-align: {"left" if i in table.left else "right"}">' for i, _ in enumerate(table.header)
    )
    words = (f"<b>{escape(cell)}</b>" if bold and cell else escape(cell) for cell in cells)
    return "<tr>" + "".join(f"{start}{word}</{tag}>" for start, word in zip(aligned, words, strict=True)) + "</tr>"

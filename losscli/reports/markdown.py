"""markdown: The tables of the steps as Markdown, for a README, an issue or a notebook."""

from __future__ import annotations

import re
from typing import TextIO

from losscli.reports import Answer, Table, Verbatim


def write(answer: Answer, out: TextIO) -> None:
    for page in answer.pages():
        if isinstance(page, Verbatim):
            out.write(f"```python\n{page}```\n")
            continue
        formula = f" `{page.formula}`" if page.formula else ""
        size = f" ({page.size})" if page.size else ""
        out.write(f"**{_escaped(page.title)}**{formula}{size}\n\n")
        for part in page.body:
            out.write(f"{_escaped(part)}\n\n" if isinstance(part, str) else f"{_table(part)}\n")
        if page.working:
            out.write(f"`{page.working}` ({page.remark})\n")
        elif page.remark:
            out.write(f"{page.remark}\n")


def _table(table: Table) -> str:
    lines = [list(map(_escaped, table.header)), [":--" if i in table.left else "--:" for i in range(len(table.header))]]
    for i, row in enumerate(table.rows):
        marked = table.special.get(i) == "marked"
        lines.append([f"**{_escaped(cell)}**" if marked and cell else _escaped(cell) for cell in row])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _escaped(cell: str) -> str:
    """Somebody's text as it is: no tag, link, image or emphasis, also of GitHub's kind, which links bare addresses."""
    cell = re.sub(r"[\\|*`]", r"\\\g<0>", cell.replace("<", "&lt;"))
    return cell.replace("](", "]\\(").replace("://", ":\\//").replace("www.", "www\\.")

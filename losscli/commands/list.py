"""list: Show every loss with its formula and its name in PyTorch, Keras and optax."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator
from typing import Annotated, Literal

from losscli.catalogue import commands
from losscli.declare import Choice

LIBRARIES = ("PyTorch", "Keras", "optax")
CARD = ("command", "family", "summary", "formula")


def list_(
    *,
    format: Annotated[Literal["table", "json", "markdown"], Choice("How to write the list.")] = "table",
    json: Annotated[bool, Choice("The same as --format json.")] = False,
) -> None:
    """Print the catalogue."""
    entries = list(commands())
    rows = [
        {"command": e.name, "family": e.family, "summary": e.summary, "formula": e.formula, **e.facts()}
        for e in entries
    ]
    if json or format == "json":
        print(json_.dumps(rows, indent=2, ensure_ascii=False))
    elif format == "markdown":
        print("\n".join(_markdown(rows)))
    else:
        titles = dict.fromkeys(entry.family_title for entry in entries)
        for title in titles:
            print(f"{title}\n")
            for entry, row in zip(entries, rows, strict=True):
                if entry.family_title == title:
                    names = "   ".join(f"{library}: {row[library]}" for library in row if library not in CARD)
                    print(f"  {entry.name}\n      {entry.summary}\n      {entry.formula}\n      {names}\n")


def _markdown(rows: list[dict[str, str]]) -> Iterator[str]:
    yield f"| command | formula | {' | '.join(LIBRARIES)} | others |"
    yield "|---" * (3 + len(LIBRARIES)) + "|"
    for row in rows:
        names = [row.get(library, "") for library in LIBRARIES]
        others = [f"{key}: {name}" for key, name in row.items() if key not in (*LIBRARIES, *CARD)]
        cells = [f"`{row['command']}`", f"`{row['formula']}`", *names, ", ".join(others)]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

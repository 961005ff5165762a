"""list: Show every loss with its formula and its name in PyTorch, Keras and optax."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Literal

from losscli.catalogue import Entry, commands
from losscli.declare import Choice

LIBRARIES = ("PyTorch", "Keras", "optax")


def list_(
    *,
    format: Annotated[Literal["table", "json", "markdown"], Choice("How to write the list.")] = "table",
    json: Annotated[bool, Choice("The same as --format json.")] = False,
) -> None:
    """Print the catalogue."""
    if json or format == "json":
        rows = [
            {"command": e.name, "family": e.family, "summary": e.summary, "formula": e.formula, **e.facts()}
            for e in commands()
        ]
        print(json_.dumps(rows, indent=2, ensure_ascii=False))
    elif format == "markdown":
        print("\n".join(_markdown(commands())))
    else:
        for title, family in groupby(commands(), attrgetter("family_title")):
            print(f"{title}\n")
            for entry in family:
                names = "   ".join(f"{library}: {name}" for library, name in entry.facts().items())
                print(f"  {entry.name}\n      {entry.summary}\n      {entry.formula}\n      {names}\n")


def _markdown(entries: Iterator[Entry]) -> Iterator[str]:
    yield f"| command | formula | {' | '.join(LIBRARIES)} | others |"
    yield "|---" * (3 + len(LIBRARIES)) + "|"
    for entry in entries:
        names = entry.facts()
        known = [names.pop(library, "") for library in LIBRARIES]
        others = ", ".join(f"{library}: {name}" for library, name in names.items())
        cells = [f"`{entry.name}`", f"`{entry.formula}`", *known, others]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

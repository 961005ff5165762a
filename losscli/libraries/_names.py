"""Which loss a name of another library means, read as text: no NumPy, and no library's module is imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from losscli.catalogue import Entry, libraries
from losscli.errors import UsageError
from losscli.text import quoted

PREFIXES = {  # what stands before the name of a loss in code
    "f": "pytorch", "nn": "pytorch", "functional": "pytorch", "tf": "keras", "tensorflow": "keras",
    "keras_hub": "keras-hub", "metrics": "sklearn", "segmentation_models_pytorch": "smp", "ops": "torchvision",
    "pytorch_metric_learning": "pml",
}  # fmt: skip


MOST = 2  # meanings that a message tells of


class Named(NamedTuple):
    """A loss under the name that a library has for it; `but` says what it does otherwise, "" if nothing."""

    library: str
    command: str
    but: str


def command(name: str) -> str | None:
    """The command that a library's name means; None for no such name, an error where the library's is another loss."""
    found = _meant(name)
    commands = list(dict.fromkeys(named.command for named in found))
    if len(commands) < 2 and not any(named.but for named in found):
        return commands[0] if commands else None
    each = []
    for library, alike in groupby(found, lambda named: named.library):
        ways = [f"{n.command}{f' ({n.but})' * bool(n.but)}" for n in alike]
        each.append(f"{' or '.join(ways[:MOST])} of {library}")
    more = f", and {len(each) - MOST} more" if len(each) > MOST else ""
    typed = " or ".join(f"losscli {name}" for name in commands[:MOST])
    raise UsageError(f"{quoted(name)} may mean {', or '.join(each[:MOST])}{more}. Type {typed}.")


def _meant(name: str) -> list[Named]:
    """What each library means by a name: those that spell it like this, or else those that spell it nearly so."""
    *path, last = name.split(".")
    prefixes = {name: entry.name for entry in libraries() for name in entry.names} | PREFIXES
    library = next((prefixes[word] for word in map(str.lower, path) if word in prefixes), None)
    if path and library is None:
        return []
    asked = [entry for entry in libraries() if library in (None, entry.name)]
    for spelt in (str, _plain):
        found = [named for entry in asked for named in _same_or_all(list(_named(entry, last, spelt)))]
        if found:
            return found
    return []


def _same_or_all(named: list[Named]) -> list[Named]:
    return [n for n in named if not n.but][:1] or named


def _named(entry: Entry, name: str, spelt: Callable[[str], str]) -> Iterator[Named]:
    library = entry.summary.rstrip(".")
    same, also = entry.constant("SAME", ()), entry.constant("ALSO", {})
    rows = "--reduction none" if entry.constant("GIVES_ROWS", False) else ""
    for command, line in entry.lines.items():
        names, _, remark = line.partition(" (")
        known = [known.rpartition(".")[2] for known in (*names.split(", "), *also.get(command, ()))]
        if spelt(name) in map(spelt, known):
            but = "" if command in same else "; ".join(filter(None, (remark.removesuffix(")"), rows)))
            yield Named(library, command, but)


def _plain(name: str) -> str:
    """A name without what people leave out: case, underscores, and the word loss at its end."""
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("loss")

"""What there is, read from the folders: a loss, a function, an input or an output format is one file.

The first line of a file is `\"\"\"name, other name: summary.` and its stem is the full name; the rest of that docstring
has the formula (indented) and examples, or for a library the names of its losses. All of it is read as text, so that
`--help`, `list` and completion import no loss and no NumPy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from losscli.declare import Declaration, declared

ROOT = Path(__file__).parent
REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True)
class Entry:
    """One file of a folder. `names[0]` is the short name: the command, the ending, the format."""

    path: Path
    names: tuple[str, ...]
    summary: str

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def title(self) -> str:
        """The full name in words: the constant TITLE, or else the file's name."""
        return self.constant("TITLE", self.path.stem.replace("_", " ").capitalize())

    @property
    def family(self) -> str:
        return self.path.parent.name

    @property
    def family_title(self) -> str:
        """The first words of the family's own file, such as `Binary losses`."""
        return _first_line(self.path.with_name("__init__.py")).partition(":")[0]

    @property
    def is_function(self) -> bool:
        return self.family == "functions"

    @cached_property
    def card(self) -> str:
        """The module's docstring below the first line."""
        return self.path.read_text("utf-8").split('"""', 2)[1].partition("\n")[2].strip("\n")

    @property
    def formula(self) -> str:
        return "; ".join(" ".join(line.split()) for line in self.card.split("\n\n")[0].splitlines())

    @cached_property
    def lines(self) -> dict[str, str]:
        """The lines `key: value` of the docstring: of a library, what each loss is called there."""
        lines = (line.partition(": ") for line in self.card.splitlines() if not line.startswith(" "))
        return {key: value for key, colon, value in lines if colon}

    def facts(self) -> dict[str, str]:
        """What other libraries call it."""
        each = ((library.summary.rstrip("."), library.lines.get(self.name)) for library in libraries())
        return {library: line for library, line in each if line}

    @property
    def examples(self) -> list[str]:
        """The commands of the docstring, without their prompt."""
        return [line.strip() for line in self.card.splitlines() if line.startswith("    losscli ")]

    @property
    def reductions(self) -> tuple[str, ...]:
        """The reductions that a user may choose: everybody's, and the loss's own."""
        return () if self.is_function else (*REDUCTIONS, *self.own_reductions)

    @property
    def own_reductions(self) -> dict[str, str]:
        """The loss's constant REDUCTIONS: each of its own reductions, and what that divides by, in words."""
        return self.constant("REDUCTIONS", {})

    @cached_property
    def declaration(self) -> Declaration:
        """The signature of the loss, read as text: only what the signature itself names is executed."""
        body: list[ast.stmt] = []
        wanted: set[str] = {self.path.stem}
        for node in reversed(self._tree.body):
            if isinstance(node, ast.FunctionDef) and node.name in wanted:
                node = ast.FunctionDef(node.name, node.args, [ast.Pass()], [], None)
            elif isinstance(node, ast.ImportFrom):
                names = [a for a in node.names if a.name in wanted or node.module == "__future__"]
                if not names:
                    continue
                node = ast.ImportFrom(node.module, names, node.level)
            elif not _defined(node) & wanted:
                continue
            wanted |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            body.insert(0, ast.fix_missing_locations(node))
        namespace: dict[str, Any] = {}
        exec(compile(ast.Module(body, []), str(self.path), "exec"), namespace)
        return declared(namespace[self.path.stem])

    def module(self) -> Any:
        return import_module(".".join(("losscli", *self.path.relative_to(ROOT).with_suffix("").parts)))

    def function(self) -> Callable[..., Any]:
        """The loss itself; imports its module, and so NumPy."""
        return getattr(self.module(), self.path.stem)

    @cached_property
    def _tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"), str(self.path))

    def constant(self, name: str, default: Any) -> Any:
        """A constant of the module, read as text."""
        found = next((node for node in self._tree.body if name in _defined(node)), None)
        return ast.literal_eval(found.value) if isinstance(found, ast.Assign) else default


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement of a module defines, imports aside."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().removeprefix('"""').removesuffix('"""')


def entries(folder: str) -> Iterator[Entry]:
    """The files of a folder, by name, and of its subfolders, in the order in which a course treats them."""
    from losscli.losses import FAMILIES

    def order(path: Path) -> tuple[int, Path]:
        family = path.parent.name
        return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), path

    for path in sorted((ROOT / folder).rglob("[!_]*.py"), key=order):
        names, _, summary = _first_line(path).partition(": ")
        full = path.stem.replace("_", "-")
        short = tuple(name.strip() for name in names.split(","))
        yield Entry(path, short if full in short else (*short, full), summary)


def commands() -> Iterator[Entry]:
    """All losses, then the functions."""
    yield from entries("losses")
    yield from entries("functions")


def module(folder: str, name: str) -> Any:
    """The module of a folder that bears this name; there is one."""
    return next(entry.module() for entry in entries(folder) if name in entry.names)


@cache
def libraries() -> tuple[Entry, ...]:
    """The libraries in the order in which they are named."""
    from losscli.libraries import ORDER

    def place(entry: Entry) -> int:
        return ORDER.index(entry.name) if entry.name in ORDER else len(ORDER)

    return tuple(sorted(entries("libraries"), key=place))


def find(folder: str, name: str) -> Entry | None:
    """The file of a folder that bears this name."""
    return next((entry for entry in entries(folder) if name in entry.names), None)

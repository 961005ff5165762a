"""What there is, read from the folders: a loss, a function, an input or an output format is one file.

The first line of a file is `\"\"\"name, other name: summary.` and its stem is the full name; the rest of that docstring
is the card: the formula (indented) and lines `Key: value`. All of it is read as text, so that `--help`, `list` and
completion import no loss and no NumPy.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from losscli.declare import Parameter, declared

ROOT = Path(__file__).parent
ACRONYMS = ("iou", "nce", "l1")
FAMILIES = (
    "multiclass", "binary", "regression", "distribution", "margin", "embedding", "sequence", "segmentation", "detection"
)  # fmt: skip


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
        """The full name in words."""
        words = self.path.stem.split("_")
        return " ".join(w.upper() if w in ACRONYMS else w if i else w.capitalize() for i, w in enumerate(words))

    @property
    def family(self) -> str:
        return self.path.parent.name

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

    def facts(self) -> dict[str, str]:
        """The lines `Key: value` of the card: the names in other libraries."""
        lines = (line.partition(": ") for line in self.card.splitlines() if not line.startswith(" "))
        return {key: value for key, colon, value in lines if colon and key.isalpha()}

    @property
    def examples(self) -> list[str]:
        """The commands of the card, without their prompt."""
        return [line.strip() for line in self.card.splitlines() if line.startswith("    losscli ")]

    def reductions(self) -> tuple[str, ...]:
        """The reductions that a user may choose: everybody's, and those of the loss's constant REDUCTIONS."""
        if self.is_function:
            return ()
        return ("mean", "sum", "none", *self._constant("REDUCTIONS", ()))

    @cached_property
    def _tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"), str(self.path))

    def _constant(self, name: str, default: Any) -> Any:
        for node in self._tree.body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                return ast.literal_eval(node.value)
        return default

    def module(self) -> Any:
        return import_module(".".join(("losscli", *self.path.relative_to(ROOT).with_suffix("").parts)))

    def function(self) -> Callable[..., Any]:
        """The loss itself; imports its module, and so NumPy."""
        function: Callable[..., Any] = getattr(self.module(), self.path.stem)
        return function

    def declaration(self) -> dict[str, Parameter]:
        """The parameters, from the signature alone: the file is read as text and its bodies are left out."""
        return self._declaration

    @cached_property
    def _declaration(self) -> dict[str, Parameter]:
        body: list[ast.stmt] = []
        for node in self._tree.body:
            if isinstance(node, ast.ImportFrom) and node.module in ("__future__", "typing", "losscli.declare"):
                body.append(node)
            elif isinstance(node, ast.FunctionDef) and node.name == self.path.stem:
                bare = ast.FunctionDef(node.name, node.args, [ast.Pass()], [], None)
                body.append(ast.fix_missing_locations(ast.copy_location(bare, node)))
        namespace: dict[str, Any] = {}
        exec(compile(ast.Module(body, []), str(self.path), "exec"), namespace)
        return declared(namespace[self.path.stem])


def entries(folder: str) -> Iterator[Entry]:
    """The files of a folder and its subfolders, in order of their names."""
    for path in _paths(ROOT / folder):
        with path.open(encoding="utf-8") as file:
            names, _, summary = file.readline().strip().removeprefix('"""').partition(": ")
        full = path.stem.replace("_", "-")
        short = tuple(name.strip() for name in names.split(","))
        yield Entry(path, short if full in short else (*short, full), summary.removesuffix('"""'))


def _paths(folder: Path) -> Iterator[Path]:
    """The modules of a folder, then those of its subfolders, in the order in which a course treats them."""
    names = sorted(os.listdir(folder))
    yield from (folder / name for name in names if name.endswith(".py") and name[0] != "_")
    families = [name for name in names if "." not in name and name[0] != "_"]
    for family in sorted(families, key=lambda name: FAMILIES.index(name) if name in FAMILIES else len(FAMILIES)):
        yield from _paths(folder / family)


def commands() -> Iterator[Entry]:
    """All losses, then the functions."""
    yield from entries("losses")
    yield from entries("functions")


def find(folder: str, name: str) -> Entry | None:
    """The file of a folder that bears this name."""
    return next((entry for entry in entries(folder) if name in entry.names), None)

"""--code: a program that gives the number with a library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from losscli.commands._reading import Reading
from losscli.compute.result import Result
from losscli.declare import Declaration
from losscli.documents.keys import Keys
from losscli.errors import UsageError
from losscli.libraries._comparison import code
from losscli.reports import Records, Verbatim


@dataclass
class CodeAnswer:
    """The program, as text in any format; `loaded` is the code that reads arrays of files."""

    results: Iterator[Result]
    library: str
    loaded: Mapping[str, str]
    format: str

    @cached_property
    def found(self) -> tuple[Result, str]:
        first = next(self.results)
        if next(self.results, None) is not None:
            raise UsageError("--code writes the program of one document, but there are several.")
        return first, code(first, self.library, self.loaded)

    def pages(self) -> Iterator[Verbatim]:
        yield Verbatim(self.found[1])

    def record(self) -> dict[str, Any]:
        result, text = self.found
        loss = result.loss.tolist() if result.reduction == "none" else result.loss
        return {"command": result.of.entry.name, "loss": loss, "library": self.library, "code": text}

    def records(self) -> Iterator[Records]:
        yield Records({}, {key: [value] for key, value in self.record().items()}, {})

    def columns(self) -> Iterator[tuple[list[str], Iterable[list[Any]]]]:
        yield ["code"], [[self.found[1]]]

    def numbers(self) -> Iterator[Any]:
        raise UsageError("--code writes a program: --quiet and --format value have no number for it.")


def loading(declaration: Declaration, values: Mapping[str, Any], reading: Reading) -> dict[str, str]:
    """The code that reads the arrays of files, where a line of it can: .npy, .npz and .json."""
    found = {}
    for name, text in values.items():
        path = Path(text[1:]) if isinstance(text, str) and text.startswith("@") else None
        if path is not None and path.suffix == ".npy":
            found[name] = f"np.load({str(path)!r})"
        elif path is not None and path.suffix == ".json":
            found[name] = f"np.array(json.loads(Path({str(path)!r}).read_text()))"
    if len(reading.files) == 1 and Path(reading.files[0]).suffix in (".npz", ".json"):
        found = _of_document(declaration, Path(reading.files[0]), values, reading) | found
    return {name: text for name, text in found.items() if name in declaration.arrays}


def _of_document(declaration: Declaration, path: Path, values: Mapping[str, Any], reading: Reading) -> dict[str, str]:
    if path.suffix == ".npz":
        import numpy as np

        with np.load(path) as arrays:
            keys = tuple(arrays.files)
        read = f"np.load({str(path)!r})"
    else:
        whole = json.loads(path.read_text("utf-8"))
        if not isinstance(whole, dict):
            return {}
        keys, read = tuple(whole), f"json.loads(Path({str(path)!r}).read_text())"
    names = Keys(declaration, reading.keys, values).names(tuple(key for key in keys if key != "id"))
    made = "{}" if path.suffix == ".npz" else "np.array({})"
    return {name: made.format(f"{read}[{key!r}]") for key, name in names.items() if name not in values}

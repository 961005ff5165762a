"""The names under which values arrive: parameters, their plurals, PyTorch's names, keys that the user names."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from losscli.compute.arrays import as_array, option
from losscli.declare import Array, Parameter
from losscli.documents import Document, Run
from losscli.errors import DataError, LosscliWarning
from losscli.terminal.messages import quoted

SETTINGS = ("reduction", "class_axis", "class_names")


@dataclass(frozen=True)
class Names:
    """Turns the keys of documents into the names of a loss's parameters.

    `keys` are the user's own: parameter name to key. `given` are the values of the command line; they win.
    """

    parameters: Mapping[str, Parameter]
    keys: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    _known: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def resolved(self, chunks: Iterator[list[Document] | Run]) -> Iterator[list[Document] | Run]:
        """The documents under the parameters' names, completed by what the command line gives."""
        for chunk in chunks:
            run = self._run(chunk) if isinstance(chunk, Run) else None
            yield run or [self.document(chunk[i]) for i in range(len(chunk))]

    def _run(self, run: Run) -> Run | None:
        """A run under the parameters' names; None if its documents do not agree on all but their rows."""
        try:
            names = self._named(tuple(run.columns), False, run[0].place)
        except DataError:
            return None
        columns = {name: run.columns[key] for key, name in names.items()}
        columns |= {name: [value] * len(run) for name, value in self.given.items()}
        for name, column in columns.items():
            marker = self.parameters[name].marker if name in self.parameters else None
            has_rows = isinstance(marker, Array) and marker.has_rows
            if has_rows and not isinstance(column[0], (list, int, float)):
                return None
            if not has_rows and name not in self.given and column.count(column[0]) < len(column):
                return None
        return Run(columns, run.source, run.line, run.ids) if columns else None

    def document(self, document: Document) -> Document:
        if document.error is not None:
            return document
        try:
            return self._renamed(document)
        except DataError as error:
            return document.wrong(error)

    def _renamed(self, document: Document) -> Document:
        keys = tuple(document.values)
        names = self._known.get(keys)
        if names is None:
            names = self._known[keys] = self._named(keys, document.by_column, document.place)
        if document.by_column:
            return self._from_columns(document, names)
        values = document.values
        if any(name != key for key, name in names.items()) or len(names) != len(values):
            values = {name: values[key] for key, name in names.items()}
        if self.given:
            values = {**values, **self.given}
        return Document(values, document.source, document.line, document.id)

    def _named(self, keys: tuple[str, ...], by_column: bool, place: str) -> dict[str, str]:
        """Which key is which parameter; a key that is none is left out with a note, or is an error if misspelt."""
        spellings = self._spellings()
        names: dict[str, str] = {}
        self._find_named_keys(keys, by_column)
        for key in keys:
            name = spellings.get(key.replace("-", "_"))
            if name is None:
                if not by_column:
                    self._unknown(key, list(spellings), place)
                continue
            twin = next((k for k, n in names.items() if n == name), None)
            if twin is not None:
                raise DataError(
                    f"both {quoted(twin)} and {quoted(key)} are given, but they are the same parameter, {name}."
                )
            names[key] = name
        return names

    def _find_named_keys(self, keys: tuple[str, ...], by_column: bool) -> None:
        for name, key in self.keys.items():
            if key not in keys and name not in self.given and not by_column:
                among = f"Its keys are {', '.join(map(quoted, keys[:9]))}." if keys else "It is empty."
                raise DataError(f"the key {quoted(key)} of --{option(name)}-key is not in the document. {among}")

    def _spellings(self) -> dict[str, str]:
        spellings = {name: name for name in SETTINGS}
        required = [p for p in self.parameters.values() if p.required]
        if "input" not in self.parameters and required:
            spellings["input"] = required[0].name
        if "target" not in self.parameters and "labels" in self.parameters:
            spellings["target"] = "labels"
        for name, parameter in self.parameters.items():
            spellings.update(dict.fromkeys(parameter.spellings, name))
        for name, key in self.keys.items():
            spellings = {k: n for k, n in spellings.items() if n != name}
            spellings[key.replace("-", "_")] = name
        return spellings

    def _unknown(self, key: str, spellings: list[str], place: str) -> None:
        import difflib

        close = difflib.get_close_matches(key.lower(), spellings, 1, 0.8)
        if close:
            raise DataError(f"the key {quoted(key)} is unknown. Did you mean {close[0]!r}?")
        required = [p for p in self.parameters.values() if p.required]
        hint = f" --{option(required[0].name)}-key names another key." if required else ""
        text = f"the key {quoted(key)} is no parameter and is left out.{hint}"
        warnings.warn(LosscliWarning(text, place), stacklevel=2)

    def _from_columns(self, document: Document, names: Mapping[str, str]) -> Document:
        """Columns that are no parameter are the classes, their headers the names of the classes."""
        values = {name: document.values[key] for key, name in names.items()}
        scores = next(p.name for p in self.parameters.values() if isinstance(p.marker, Array))
        classes = [k for k in document.values if k not in names and k != "id"]
        for key in [*classes]:
            column = document.values[key]
            if column and isinstance(column[0], str):
                self._unknown(key, list(self._spellings()), document.place)
                classes.remove(key)
        if classes and scores not in values and scores not in self.given:
            columns = [as_array(f"column {quoted(key)}", document.values[key]) for key in classes]
            values[scores] = [list(row) for row in zip(*(c.tolist() for c in columns), strict=True)]
            values["class_names"] = classes
        return replace(document, values={**values, **self.given}, by_column=False)

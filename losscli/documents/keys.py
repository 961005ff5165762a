"""The keys of documents: parameters, their plurals, PyTorch's names for them, and keys that the user names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from losscli.declare import Declaration, flag
from losscli.documents import Documents, Item
from losscli.errors import DataError, LosscliError, LosscliWarning
from losscli.text import quoted

SETTINGS = ("reduction", "class_axis", "class_names")


@dataclass(frozen=True)
class Keys:
    """Turns the keys of documents into the names of a loss's parameters.

    `named` are the user's own: parameter name to key. `given` are the values of the command line; they win.
    """

    declaration: Declaration
    named: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    _known: dict[tuple[tuple[str, ...], bool], tuple[dict[str, str], list[str]]] = field(default_factory=dict)

    def resolved(self, items: Iterable[Item]) -> Iterator[Item]:
        """The documents under the parameters' names, completed by what the command line gives."""
        for item in items:
            if isinstance(item, LosscliError):
                yield item
                continue
            try:
                yield self._renamed(item)
            except DataError as error:
                yield from (error.at(item.place(i)) for i in range(len(item)))

    def _renamed(self, documents: Documents) -> Documents:
        keys = (tuple(documents.columns), documents.is_table)
        if keys not in self._known:
            self._known[keys] = self._names(*keys)
        names, unknown = self._known[keys]
        columns = {name: documents.columns[key] for key, name in names.items()}
        if documents.is_table:  # the columns of numbers that are not parameters are the classes, by their headers
            classes = [key for key in unknown if key != "id" and not _holds_text(documents.columns[key][0])]
            unknown = [key for key in unknown if key not in classes]
            for key in unknown:
                _refuse_misspelt(key, self._spellings())
            scores = next(iter(self.declaration.arrays))
            if classes and scores not in columns and scores not in self.given:
                rows = zip(*(documents.columns[key][0] for key in classes), strict=True)
                columns |= {scores: [list(map(list, rows))], "class_names": [classes]}
        warnings = tuple(LosscliWarning(self._left_out(key), documents.place()) for key in unknown)
        return replace(documents, columns=columns, is_table=False, warnings=warnings).having(self.given)

    def _names(self, keys: tuple[str, ...], is_table: bool) -> tuple[dict[str, str], list[str]]:
        """Which key is which parameter, and the keys that are not parameters; a misspelt parameter is an error."""
        spellings = self._spellings()
        names: dict[str, str] = {}
        unknown: list[str] = []
        for name, key in self.named.items():
            if key not in keys and name not in self.given and not is_table:
                among = f"Its keys are {', '.join(map(quoted, keys[:9]))}." if keys else "It is empty."
                raise DataError(f"the key {quoted(key)} of {flag(name)}-key is not in the document. {among}")
        for key in keys:
            found = spellings.get(key.replace("-", "_"))
            if found is None:
                if not is_table:
                    _refuse_misspelt(key, spellings)
                unknown.append(key)
                continue
            twin = next((k for k, n in names.items() if n == found), None)
            if twin is not None:
                raise DataError(
                    f"both {quoted(twin)} and {quoted(key)} are given, but they are the same parameter, {found}."
                )
            names[key] = found
        return names, unknown

    def _spellings(self) -> dict[str, str]:
        parameters, required = self.declaration.parameters, self.declaration.required
        spellings = {name: name for name in SETTINGS}
        if "input" not in parameters and required:
            spellings["input"] = required[0]
        if "target" not in parameters and "labels" in parameters:
            spellings["target"] = "labels"
        for name, parameter in parameters.items():
            spellings.update(dict.fromkeys(parameter.spellings, name))
        for name, key in self.named.items():
            spellings = {k: n for k, n in spellings.items() if n != name}
            spellings[key.replace("-", "_")] = name
        return spellings

    def _left_out(self, key: str) -> str:
        required = self.declaration.required
        hint = f" {flag(required[0])}-key names another key." if required else ""
        return f"the key {quoted(key)} is not a parameter and is left out.{hint}"


def _holds_text(column: list[Any]) -> bool:
    return bool(column) and isinstance(column[0], str)


def _refuse_misspelt(key: str, spellings: Mapping[str, str]) -> None:
    import difflib

    close = difflib.get_close_matches(key.lower(), spellings, 1, 0.8)
    if close:
        raise DataError(f"the key {quoted(key)} is unknown. Did you mean {close[0]!r}?")

"""The keys of documents: parameters, their plurals, PyTorch's names for them, and keys that the user names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import quote
from typing import Any

from losscli.declare import Declaration, flag
from losscli.documents import Documents, Item
from losscli.errors import DataError, LosscliError, LosscliWarning
from losscli.meaning import form, is_common, meant
from losscli.text import MOST, counted, listed, quoted, shape, shortened

NAMELESS = ("", "Unnamed: 0")  # how pandas writes row numbers, and how it writes what it reads of that
COUNTER = re.compile(r"|unnamed: \d+|(.*[_ ])?(id|idx|index)|row|epoch|step|fold|sample|batch", re.IGNORECASE)
SETTINGS = ("reduction", "class_axis", "class_names")


@dataclass(frozen=True)
class Keys:
    """Turns the keys of documents into the names of a loss's parameters.

    `named` are the user's own: parameter name to key. `given` are the values of the command line; they win.
    `options` says how parameters are spelt there.
    """

    declaration: Declaration
    named: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, ...], tuple[dict[str, str], list[str]]] = field(default_factory=dict)

    def resolved(self, items: Iterable[Item]) -> Iterator[Item]:
        """The documents under the parameters' names, completed by what the command line gives."""
        for item in items:
            if isinstance(item, LosscliError):
                yield item
                continue
            try:
                yield self._from_table(item) if item.rows else self._renamed(item)
            except DataError as error:
                yield from (error.at(item.place(i)) for i in range(len(item)))

    def _renamed(self, documents: Documents) -> Documents:
        keys = tuple(documents.columns)
        if keys not in self._known:
            names, unknown = self._names(keys)
            for key in unknown:
                self._refuse_misspelt(key, names.values())
            self._refuse_missing(names.values(), {key: documents.columns[key][0] for key in keys}, unknown)
            self._known[keys] = names, unknown
        names, unknown = self._known[keys]
        columns = {name: documents.columns[key] for key, name in names.items()}
        warnings = tuple(LosscliWarning(text, documents.place()) for text in self._left_out(unknown))
        return self._completed(replace(documents, columns=columns, warnings=warnings), names)

    def _completed(self, documents: Documents, names: Mapping[str, str]) -> Documents:
        """The documents with what the command line gives, which wins; `names` says which key is which parameter."""
        keys = {name: key for key, name in names.items() if name not in self.given}
        return replace(documents, spelling={**self.options, **keys}).having(self.given)

    def _refuse_missing(
        self, there: Iterable[str], values: Mapping[str, Any], unknown: Sequence[str], what: str = "key"
    ) -> None:
        """Raise for parameters that no key is, and say with which options a key can be one."""
        missing = [name for name in self.declaration.required if name not in {*there, *self.given}]
        if not missing:
            return
        each = [f"{shortened(key)} {shape(_shape(value))}" for key, value in values.items()]
        each = each if len(each) <= MOST else [*each[:MOST], "..."]
        among = f"The {what}s are {', '.join(each)}." if each[1:] else f"The only {what} is {each[0]}." if each else ""
        are = f"{' and '.join(missing)} {'are' if missing[1:] else 'is'} missing."
        raise DataError(" ".join(filter(None, (are, among, self._instead(missing, unknown, what)))))

    def _instead(self, missing: Sequence[str], unknown: Sequence[str], what: str) -> str:
        """What to do about missing parameters: by their meaning, some keys are probably theirs."""
        keys = {name: next((key for key in unknown if meant(self.declaration, key) == name), None) for name in missing}
        found, first = [key for key in keys.values() if key is not None], self.declaration.required[0]
        other = next((key for key in unknown if keys.get(first, "") is None and form(key)), None)
        if other is not None:
            help = self.declaration.parameters[first].marker.help
            return f"{shortened(other)} cannot serve as {first} ({help}): losscli list shows the losses that take it."
        if found:
            options = " ".join(f"{flag(n)}-key {'KEY' if key is None else quote(key)}" for n, key in keys.items())
            return f"Did you mean {' and '.join(map(shortened, found))}? Add {options}"
        options = " and ".join(map(flag, missing))
        named = " and ".join(f"{flag(name)}-key" for name in missing)
        return f"Give {options}, or name the {what}{'s' * (len(missing) > 1)} with {named}."

    def names(self, keys: tuple[str, ...]) -> dict[str, str]:
        """Which key is which parameter."""
        return self._names(keys)[0]

    def _names(self, keys: tuple[str, ...], is_table: bool = False) -> tuple[dict[str, str], list[str]]:
        """Which key is which parameter, and the keys that are not parameters; a misspelt parameter is an error."""
        spellings = self._spellings()
        names: dict[str, str] = {}
        unknown: list[str] = []
        for name, key in self.named.items():
            if key not in keys and name not in self.given and not (is_table and self._chosen(keys)):
                what, whole = ("column", "table") if is_table else ("key", "document")
                among = f"Its {what}s are {listed(keys)}." if keys else "It is empty."
                raise DataError(f"the {what} {quoted(key)} of {flag(name)}-key is not in the {whole}. {among}")
        for key in keys:
            found = spellings.get(key.replace("-", "_"))
            if found is None:
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
        spellings = {name: name for name in SETTINGS} | self.declaration.spellings
        for name, key in self.named.items():
            spellings = {k: n for k, n in spellings.items() if n != name}
            spellings[key.replace("-", "_")] = name
        return spellings

    def _refuse_misspelt(self, key: str, found: Iterable[str]) -> None:
        """Raise for a key that is nearly that of a parameter which is not there."""
        import difflib

        spellings = self._spellings()
        close = [] if is_common(key) else difflib.get_close_matches(key.lower(), spellings, 1, 0.8)
        if close and spellings[close[0]] not in found:
            raise DataError(f"the key {quoted(key)} is unknown. Did you mean {close[0]!r}?")

    def _left_out(self, unknown: Sequence[str]) -> Iterator[str]:
        """What is to be said of keys that no parameter has: a sentence for each, or one for many."""
        required = self.declaration.required
        hint = f" {flag(required[0])}-key names another key." if required else ""
        if len(unknown) > MOST:
            yield f"{counted(len(unknown), 'key')} are not parameters and are left out: {listed(unknown)}.{hint}"
            return
        for key in unknown:
            yield f"the key {quoted(key)} is not a parameter and is left out.{hint}"

    @cached_property
    def _scores(self) -> str:
        """The parameter that the classes of a table are."""
        return next(iter(self.declaration.arrays))

    def _chosen(self, columns: Sequence[str]) -> list[str]:
        """The columns that are the classes because the user says so: `--logits-key cat,dog`."""
        key = self.named.get(self._scores, "")
        chosen = [word.strip() for word in key.split(",")]
        return chosen if "," in key and key not in columns and set(chosen) <= set(columns) else []

    def _from_table(self, table: Documents) -> Documents:
        """Columns that name no parameter are the classes; their headers are the class names."""
        columns = {key: column for key, (column,) in table.columns.items()}
        names, others = self._names(tuple(columns), is_table=True)
        chosen = self._chosen(list(columns))
        has_scores = chosen or (others and (len(others) > 1 or self.declaration.arrays[self._scores].by_class))
        self._refuse_missing([*names.values(), *[self._scores] * bool(has_scores)], columns, others, "column")
        names = {key: name for key, name in names.items() if key not in chosen}
        for key, name in names.items():
            parameter = self.declaration.parameters.get(name)
            if parameter is not None and not getattr(parameter.marker, "has_rows", False) and name not in self.given:
                raise DataError(
                    f"the column {quoted(key)} has a number for each row, but {name} does not belong to rows. "
                    f"Give it with {flag(name)}, or rename the column.",
                    f"{table.source}:1",
                )
        left_out: dict[str, str] = {}
        for i, key in enumerate(columns):
            if key in names or chosen:
                continue
            if not i and key in NAMELESS:
                left_out[key] = "the first column, which has no name"
            elif self._scores in (*names.values(), *self.given) or key.lower() == "id":
                left_out[key] = f"the column {quoted(key)}"
            elif all(isinstance(cell, str) for cell in columns[key]):
                self._refuse_misspelt(key, names.values())
                left_out[key] = f"the column {quoted(key)}, which holds no numbers"
        classes = chosen or [key for key in others if key not in left_out]
        for key in (*names, *classes):
            _refuse_gaps(key, columns[key], table, "" if key in names else f"{flag(self._scores)}-key")
        values = {name: columns[key] for key, name in names.items()}
        if classes:
            values[self._scores] = [list(row) for row in zip(*(columns[key] for key in classes), strict=True)]
            values["class_names"] = classes
        warnings = () if chosen else tuple(self._doubts(list(left_out.values()), classes))
        documents = replace(
            table,
            columns={name: [value] for name, value in values.items()},
            rows=(),
            warnings=tuple(LosscliWarning(text, table.source) for text in warnings),
        )
        return self._completed(documents, names)

    def _doubts(self, left_out: list[str], classes: list[str]) -> Iterator[str]:
        """What may not be meant about the columns that are the classes of a table, and those that are not."""
        option = f"{flag(self._scores)}-key"
        if left_out:
            those = f"{'; '.join(left_out[:MOST])}{'; ...' * (len(left_out) > MOST)}"
            taken = f" The classes are {listed(classes)}; {option} names others." if classes else ""
            yield f"left out: {those}.{taken}"
        odd = [key for key in classes if COUNTER.fullmatch(key)]
        if odd and len(classes) > 1:
            others = ",".join(key for key in classes if key not in odd) or ",".join(classes)
            others = f"{option} {shortened(others)}"
            yield f"taken for a class: {listed(odd)}. If that is not meant, name the classes: {others}"


def _refuse_gaps(key: str, column: list[Any], table: Documents, option: str) -> None:
    """Raise for a cell without a number in a column that has numbers."""
    if len({isinstance(cell, str) for cell in column}) < 2:
        return
    i, cell = next((i, cell) for i, cell in enumerate(column) if isinstance(cell, str))
    found = quoted(cell) if cell else "an empty cell"
    hint = f" To leave the column out, name the classes with {option}." if option else ""
    raise DataError(f"the column {quoted(key)} holds {found}, but a number was expected.{hint}", table.rows[i])


def _shape(value: Any) -> tuple[int, ...]:
    """The shape of an array, or of nested lists by their first elements."""
    found: tuple[int, ...] = getattr(value, "shape", ())
    while isinstance(value, list):
        found = (*found, len(value))
        value = value[0] if value else None
    return found

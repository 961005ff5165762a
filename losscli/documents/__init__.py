"""Documents: the values of batches on their way from a source to a loss.

A source yields `Documents`, or an error in the place of a document that is wrong: whoever computes decides whether it
ends the run, or is reported and skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import NoneType
from typing import Any, TypeAlias

from losscli.documents.numerals import described
from losscli.errors import DataError, LosscliError, LosscliWarning


@dataclass(frozen=True, slots=True)
class Documents:
    """Consecutive documents with the same keys, by column: a million of them are not a million objects.

    columns   each key with one value for each document; never empty, except for a document without keys
    source    where they come from; `numbers` says which line, or element of an array, each of them is
    mark      how a number is written behind the source: `:17` for a line, `[17]` for an element
    ids       the id of each, where they have one
    rows      the place of each row, if a single document's values are the columns of a table
    warnings  what is suspicious about their keys
    spelling  how the user writes each parameter: a key of theirs, or an option; by its name where nothing is said
    """

    columns: Mapping[str, list[Any]]
    source: str = ""
    numbers: Sequence[int] = ()
    mark: str = ":{}"
    ids: list[Any] | None = None
    rows: Sequence[str] = ()
    warnings: tuple[LosscliWarning, ...] = ()
    spelling: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 1

    def __getitem__(self, part: slice) -> Documents:
        return replace(
            self,
            columns={key: column[part] for key, column in self.columns.items()},
            numbers=self.numbers[part],
            ids=None if self.ids is None else self.ids[part],
        )

    def cut(self, size: int) -> Iterator[Documents]:
        """The same in parts of a size; 1: every document on its own."""
        if size >= len(self):
            yield self
            return
        for start in range(0, len(self), size):
            yield self[start : start + size]

    def having(self, values: Mapping[str, Any]) -> Documents:
        """The same with other values, each for all documents."""
        if not values:
            return self
        return replace(self, columns={**self.columns, **{key: [value] * len(self) for key, value in values.items()}})

    def place(self, i: int = 0) -> str:
        """Where a document stands, for a message."""
        return self.source + self.mark.format(self.numbers[i]) if self.numbers else self.source


Item: TypeAlias = Documents | LosscliError


def single(values: Mapping[str, Any], source: str = "") -> Documents:
    """One document; its `id` is taken out of the values."""
    columns = {key: [value] for key, value in values.items()}
    ids = columns.pop("id", None)
    check_ids(ids or (), source)
    return Documents(columns, source, ids=ids)


def check_ids(ids: Iterable[Any], place: str = "") -> None:
    """Raise for an id that is not a text or a number; null is the same as no id."""
    for found in ids:
        if not isinstance(found, (str, int, float, NoneType)) or isinstance(found, bool):
            raise DataError(f"id is {described(found)}, but a text or a number was expected.", place)


def grouped(
    values: Iterable[tuple[int, dict[str, Any] | LosscliError]], source: str, mark: str = ":{}"
) -> Iterator[Item]:
    """Documents with their numbers, those in a row that have the same keys taken together."""

    def keys_of(numbered: tuple[int, dict[str, Any] | LosscliError]) -> tuple[str, ...] | None:
        return None if isinstance(numbered[1], LosscliError) else tuple(numbered[1])

    for keys, alike in groupby(values, keys_of):
        for group in [list(alike)] if keys and keys != ("id",) else ([each] for each in alike):
            numbers, documents = zip(*group, strict=True)
            if keys is None:
                yield documents[0].at(source + mark.format(numbers[0]))
            else:
                columns = {key: [document[key] for document in documents] for key in keys}
                ids = columns.pop("id", None)
                yield Documents(columns, source, numbers, mark, ids)

"""Documents: the values of batches on their way from a source to a loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from losscli.errors import LosscliError


@dataclass(slots=True)
class Document:
    """The values of one batch, under the names that its source gives them, and where they stand."""

    values: dict[str, Any]
    source: str = ""
    line: int = 0
    id: Any = None
    by_column: bool = False  # each value is the column of a table
    error: LosscliError | None = None  # why there are no values; raised when its turn comes

    @property
    def place(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source

    def wrong(self, error: LosscliError) -> Document:
        """What stands in the place of this document when it cannot be used."""
        return Document({}, self.source, self.line, error=error.at(self.place))


@dataclass(frozen=True, slots=True)
class Run:
    """Documents with the same keys on consecutive lines, held by column: a million of them are no million objects."""

    columns: dict[str, list[Any]]
    source: str
    line: int
    ids: list[Any] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, i: int) -> Document:
        values = {key: column[i] for key, column in self.columns.items()}
        return Document(values, self.source, self.line + i, None if self.ids is None else self.ids[i])

    def cut(self, size: int) -> Iterator[Run]:
        """The same in runs of a size."""
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            columns = {key: column[part] for key, column in self.columns.items()}
            yield Run(columns, self.source, self.line + start, None if self.ids is None else self.ids[part])


def column(documents: Sequence[Document] | Run, name: str) -> list[Any]:
    """One value of each document."""
    return documents.columns[name] if isinstance(documents, Run) else [d.values[name] for d in documents]

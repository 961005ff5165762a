"""csv, tsv: A table with a header. Columns named like a parameter are that parameter; every other one is a class."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any

from losscli.arrays import non_finite
from losscli.errors import DataError
from losscli.sources import Document

PIECE = 10_000


def documents(file: IO[bytes], name: str) -> Iterator[list[Document]]:
    """One document: the columns by their header."""
    rows = _rows(file, name)
    _, header = next(rows, (0, []))
    header = [word.strip() for word in header]
    if not header:
        raise DataError("empty, but a header and rows of numbers were expected.", name)
    if all(_number(word) is not None for word in header):
        raise DataError(
            "the first line holds numbers, but names of columns were expected, such as label,cat,dog.", name
        )
    if len(set(header)) < len(header):
        twice = next(word for word in header if header.count(word) > 1)
        raise DataError(f"two columns are named {twice!r}.", name)
    columns: dict[str, list[Any]] = {word: [] for word in header}
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(f"{len(row)} cells, but the header names {len(header)}.", f"{name}:{line}")
        for word, cell in zip(header, row, strict=True):
            number = _number(cell)
            columns[word].append(cell.strip() if number is None else number)
    yield [Document(dict(columns), name, by_column=True)]


def array(file: IO[bytes], name: str) -> Any:
    """The rows of numbers; a first line that holds none is a header and is left out."""
    table: list[list[float]] = []
    for line, row in _rows(file, name):
        numbers = [_number(cell) for cell in row]
        if not table and line == 1 and all(n is None for n in numbers):
            continue
        for i, (cell, number) in enumerate(zip(row, numbers, strict=True)):
            if number is None:
                raise DataError(f"cell {i + 1} is {cell!r}, but a number was expected.", f"{name}:{line}")
        if table and len(row) != len(table[0]):
            raise DataError(f"{len(row)} cells, but the first row has {len(table[0])}.", f"{name}:{line}")
        table.append([n for n in numbers if n is not None])
    if all(len(row) == 1 for row in table):
        return [row[0] for row in table]
    return table


def _rows(file: IO[bytes], name: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = "\t" if name.lower().removesuffix(".gz").endswith(".tsv") else ","
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise DataError(f"byte {error.start} is no UTF-8 text.", name) from None
    except csv.Error as error:
        raise DataError(f"no CSV: {error}.", f"{name}:{reader.line_num}") from None


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return non_finite(cell.strip())

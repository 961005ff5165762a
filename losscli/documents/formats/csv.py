"""csv, tsv: A table with a header. Columns named like a parameter are that parameter; every other one is a class."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO, Any

from losscli.documents import Item, single
from losscli.documents.formats import LIMIT, TEXT_SHARE, decoded, too_large
from losscli.documents.numerals import numeral
from losscli.errors import DataError
from losscli.text import counted, quoted


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """One document: the columns by their header."""
    rows = _rows(file, name, limit)
    _, header = next(rows, (0, []))
    header = [word.strip() for word in header]
    if not header:
        raise DataError("empty, but a header and rows of numbers were expected.", name)
    if all(numeral(word) is not None for word in header):
        raise DataError(
            "the first line holds numbers, but names of columns were expected, such as label,cat,dog.", name
        )
    if len(set(header)) < len(header):
        twice = next(word for word in header if header.count(word) > 1)
        raise DataError(f"two columns are named {quoted(twice)}.", f"{name}:1")
    columns: dict[str, list[Any]] = {word: [] for word in header}
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(f"{counted(len(row), 'cell')}, but the header names {len(header)}.", f"{name}:{line}")
        for word, cell in zip(header, row, strict=True):
            number = _number(cell, f"{name}:{line}")
            column = columns[word]
            if number is None and column and not isinstance(column[0], str):
                found = quoted(cell) if cell.strip() else "an empty cell"
                raise DataError(
                    f"the column {quoted(word)} holds {found}, but a number was expected.", f"{name}:{line}"
                )
            column.append(cell.strip() if number is None else number)
    if not columns[header[0]]:
        raise DataError("a header and no rows.", name)
    yield single(columns, name, is_table=True)


def array(file: IO[bytes], name: str, limit: int = LIMIT) -> Any:
    """The rows of numbers; a first line that holds none is a header and is left out."""
    table: list[list[float]] = []
    for line, row in _rows(file, name, limit):
        numbers = [_number(cell, f"{name}:{line}") for cell in row]
        if not table and line == 1 and all(n is None for n in numbers):
            continue
        for i, (cell, number) in enumerate(zip(row, numbers, strict=True)):
            if number is None:
                found = quoted(cell) if cell.strip() else "empty"
                raise DataError(f"cell {i + 1} is {found}, but a number was expected.", f"{name}:{line}")
        if table and len(row) != len(table[0]):
            raise DataError(f"{counted(len(row), 'cell')}, but the first row has {len(table[0])}.", f"{name}:{line}")
        table.append([n for n in numbers if n is not None])
    if not table:
        raise DataError("empty, but rows of numbers were expected.", name)
    if all(len(row) == 1 for row in table):
        return [row[0] for row in table]
    return table


def _rows(file: IO[bytes], name: str, limit: int) -> Iterator[tuple[int, list[str]]]:
    delimiter = "\t" if name.lower().removesuffix(".gz").endswith(".tsv") else ","
    reader = csv.reader(_lines(file, name, limit), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise DataError(f"not CSV: {error}.", f"{name}:{reader.line_num}") from None


def _lines(file: IO[bytes], name: str, limit: int) -> Iterator[str]:
    room = limit // TEXT_SHARE
    number = 0
    while line := file.readline(room + 1):
        number += 1
        room -= len(line)
        if room < 0:
            raise DataError(too_large("a table", limit), name)
        try:
            text = decoded(line)
        except DataError as error:
            raise error.at(f"{name}:{number}") from None
        yield text


def _number(cell: str, place: str) -> float | None:
    try:
        return numeral(cell)
    except DataError as error:
        raise error.at(place) from None

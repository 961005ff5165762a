"""csv, tsv: A table with a header. Columns named like a parameter are that parameter; others of numbers are classes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO, Any

from losscli.documents import Documents, Item
from losscli.documents.formats import LIMIT, TEXT_SHARE, decoded, too_large
from losscli.documents.numerals import numeral
from losscli.errors import DataError
from losscli.text import counted, first_double, quoted


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """One document: the columns by their header."""
    rows = _rows(file, name, limit)
    _, header = next(rows, ("", []))
    header = [word.strip() for word in header]
    if not header:
        raise DataError("empty, but a header and rows of numbers were expected.", name)
    if all(numeral(word) is not None for word in header):
        raise DataError(
            "the first line holds numbers, but names of columns were expected, such as label,cat,dog.", name
        )
    if len(set(header)) < len(header):
        raise DataError(f"two columns are named {quoted(first_double(header))}.", f"{name}:1")
    columns: dict[str, list[Any]] = {word: [] for word in header}
    places: list[str] = []
    for place, row in rows:
        if len(row) != len(header):
            raise DataError(f"{counted(len(row), 'cell')}, but the header names {len(header)}.", place)
        places.append(place)
        for column, cell, number in zip(columns.values(), row, _numbers(row, place), strict=True):
            column.append(cell.strip() if number is None else number)
    if not places:
        raise DataError("a header and no rows.", name)
    yield Documents({word: [column] for word, column in columns.items()}, name, rows=places)


def array(file: IO[bytes], name: str, limit: int = LIMIT) -> Any:
    """The rows of numbers; a first line that holds none is a header and is left out."""
    found: list[list[float]] = []
    for place, row in _rows(file, name, limit):
        numbers = list(_numbers(row, place))
        if place == f"{name}:1" and all(n is None for n in numbers):
            continue
        if None in numbers:
            i = numbers.index(None)
            cell = quoted(row[i]) if row[i].strip() else "empty"
            raise DataError(f"cell {i + 1} is {cell}, but a number was expected.", place)
        if found and len(row) != len(found[0]):
            raise DataError(f"{counted(len(row), 'cell')}, but the first row has {len(found[0])}.", place)
        found.append([n for n in numbers if n is not None])
    if not found:
        raise DataError("empty, but rows of numbers were expected.", name)
    return [row[0] for row in found] if len(found[0]) == 1 else found


def _rows(file: IO[bytes], name: str, limit: int) -> Iterator[tuple[str, list[str]]]:
    """The rows that are not empty, each after its place."""
    delimiter = "\t" if name.lower().removesuffix(".gz").endswith(".tsv") else ","
    reader = csv.reader(_lines(file, name, limit), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield f"{name}:{reader.line_num}", row
    except csv.Error as error:
        raise DataError(f"not CSV: {error}.", f"{name}:{reader.line_num}") from None


def _numbers(row: list[str], place: str) -> Iterator[float | None]:
    try:
        yield from map(numeral, row)
    except DataError as error:
        raise error.at(place) from None


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

"""txt: Numbers as a person types them: commas or blanks between numbers, semicolons or new lines between rows."""

from __future__ import annotations

import re
from itertools import chain
from typing import IO, Any

from losscli.documents.formats import LIMIT, decoded, pieces, whole
from losscli.documents.numerals import numeral
from losscli.errors import DataError

GAP = re.compile(r"\s*,\s*|\s+")


def array(file: IO[bytes], name: str, limit: int = LIMIT) -> Any:
    """The numbers of a text file or of standard input, where JSON and .npy are understood too."""
    from losscli.documents.formats import npy

    head = file.read(len(npy.MAGIC))
    if head == npy.MAGIC:
        return npy.array(file, name, limit, head)
    return literal(decoded(whole(chain([head], pieces(file)), limit)))


def literal(text: str) -> Any:
    """A number, a list of numbers, or a list of rows. Other words stay words: they may name classes."""
    text = text.strip()
    if text.startswith("["):
        from losscli.documents.formats.json import parsed

        return parsed(text)
    if not text.strip("; \t\r\n"):
        raise DataError("empty, but numbers were expected, such as 0.9,0.1 or '0.9,0.1; 0.8,0.2'.")
    rows = [line for line in re.split(r"[;\n]", text) if line.strip()]
    words = [GAP.split(row.strip().removesuffix(",").strip()) for row in rows]
    numbers = [[word if (number := numeral(word)) is None else number for word in row] for row in words]
    if len(rows) > 1 and ";" not in text and all(len(row) == 1 for row in numbers):
        return [row[0] for row in numbers]  # a number a line, as numpy.savetxt writes a vector
    if len(rows) != 1 or ";" in text:
        return numbers
    return numbers[0] if len(numbers[0]) > 1 or "," in text else numbers[0][0]

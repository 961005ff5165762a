"""value: The bare number, in the shortest form that reads back the same; one a line under the reduction none.

The values of a function come as they are typed: commas within a row, one row a line; with more axes as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, TextIO

from losscli.reports import Answer

PIECE = 1 << 16  # numbers that are written at a time


def write(answer: Answer, out: TextIO) -> None:
    for value in answer.numbers():
        out.writelines(_typed(value))


def _typed(value: Any) -> Iterator[str]:
    if isinstance(value, float):
        yield f"{value!r}\n"
    elif value.ndim > 2:
        yield f"{json.dumps(value.tolist())}\n"
    else:
        rows = value.reshape(math.prod(value.shape[:-1]), value.shape[-1]) if value.ndim else value.reshape(1, 1)
        step = PIECE // (rows.shape[1] or 1) + 1
        for start in range(0, len(rows), step):
            yield from (",".join(map(repr, row)) + "\n" for row in rows[start : start + step].tolist())

"""value: The bare number, in the shortest form that reads back the same; one a line under the reduction none.

The values of a function come as they are typed: commas within a row, one row a line; with more axes as JSON.
"""

from __future__ import annotations

import json
import math
from typing import Any, TextIO

from losscli.reports import Answer


def write(answer: Answer, out: TextIO) -> None:
    out.writelines(map(_typed, answer.numbers()))


def _typed(value: Any) -> str:
    if isinstance(value, float):
        return f"{value!r}\n"
    if value.ndim > 2:
        return f"{json.dumps(value.tolist())}\n"
    rows = value.reshape(math.prod(value.shape[:-1]), value.shape[-1]) if value.ndim else value.reshape(1, 1)
    return "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())

"""value: The bare number, in the shortest form that reads back the same; one a line under the reduction none.

The values of a function come as they are typed: commas within a row, one row a line; with more axes as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TextIO

from losscli.compute.result import Result
from losscli.reports import View
from losscli.reports._records import gathered


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    def rows(result: Result) -> None:
        if result.of.entry.is_function:
            out.write(_typed(result))
        elif result.reduction == "none":
            out.writelines(f"{number!r}\n" for number in result.value.ravel().tolist())

    total = gathered(results, rows)
    if total.reduction != "none" and not total.is_function:
        out.write(f"{(total.only or total).loss!r}\n")


def _typed(result: Result) -> str:
    value = result.value
    if value.ndim > 2:
        return f"{json.dumps(value.tolist())}\n"
    rows = value.reshape(math.prod(value.shape[:-1]), value.shape[-1]) if value.ndim else value.reshape(1, 1)
    return "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())

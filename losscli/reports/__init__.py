"""Output formats, one a file: results to text.

A module of this folder has `write(results, out, view)`. Its first line names the formats. A module that is no format
has a name that begins with an underscore.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """What the user asked to see.

    format    the name of the format, where a module writes several
    steps     show every step; `grad`: the gradient
    digits    to how many digits a table rounds
    max_rows  how many rows a table shows at most, head and tail; 0 for all
    """

    format: str = "table"
    steps: bool = False
    grad: bool = False
    digits: int = 4
    max_rows: int = 20

"""Numbers that are not computed with as they are: bfloat16, which NumPy lacks, booleans, what float64 cannot hold."""

from __future__ import annotations

import numpy as np

from losscli.declare import AnyArray
from losscli.documents.numerals import beyond
from losscli.errors import DataError

# A field, not the bare 16 bits: any view keeps it, and NumPy refuses to compute with it instead of taking the bits
# for the number.
BFLOAT16 = np.dtype([("bfloat16", "<u2")])


def plain_dtype(a: AnyArray, name: str) -> AnyArray:
    """The array, of the given name, in a dtype that is computed with: at most as wide as float64."""
    if a.dtype == BFLOAT16:
        return (a["bfloat16"].astype(np.uint32) << 16).view(np.float32)
    if a.dtype.kind == "b":
        bits = a.view(np.uint8)
        if bits.max(initial=0) > 1:
            raise DataError(f"`{name}` holds booleans that are neither 0 nor 1. Is the file damaged?")
        return bits
    if a.dtype.kind != "f" or a.dtype.itemsize <= 8:
        return a
    with np.errstate(all="ignore"):
        double = a.astype(np.float64)
    if (np.isinf(double) & ~np.isinf(a)).any():
        raise DataError(beyond(f"`{name}` holds a number that"))
    return double

"""npy: One NumPy array; mapped, not read, where it stands in a file."""

from __future__ import annotations

import math
from io import BytesIO
from typing import IO, Any

import numpy as np

from losscli.declare import AnyArray
from losscli.documents import mapped as mapped_files
from losscli.documents.formats import LIMIT, mappable
from losscli.errors import DataError
from losscli.text import counted

MAGIC = b"\x93NUMPY"
MOST_AXES = 32


def array(file: IO[bytes], name: str, limit: int = LIMIT, head: bytes = b"") -> AnyArray:
    """The array of a .npy file; `head` is what was already read of it."""
    with mappable(file, name, limit, head) as file:
        return mapped(file, name)


def mapped(file: IO[bytes], name: str, end: int | None = None) -> AnyArray:
    """The array whose .npy header starts at the file's position; `end` is where its bytes must end at the latest."""
    shape, fortran, dtype = _header(file, name)
    start = file.tell()
    size = file.seek(0, 2)
    return view(file, dtype, shape, start, size if end is None else min(end, size), name, fortran)


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    reader: Any = np.lib.format
    start = file.read(len(MAGIC) + 2)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 2:
        found = "it is cut off" if MAGIC.startswith(start[: len(MAGIC)]) else f"it begins with {start[:6]!r}"
        raise DataError(f"not a .npy file: {found}.", name)
    major, minor = start[-2:]
    read_header = {(1, 0): reader.read_array_header_1_0, (2, 0): reader.read_array_header_2_0}.get((major, minor))
    if read_header is None:
        raise DataError(f"version {major}.{minor} of the .npy format is not known.", name)
    try:
        shape, fortran, dtype = read_header(file)
    except Exception:  # NumPy reads the header as Python text, and a broken one fails in many ways
        raise DataError("not a .npy file: its header is broken. Is it cut off?", name) from None
    if dtype.hasobject:
        raise DataError(
            "an array of Python objects (a pickle), which can run any code when it is read. "
            "Save numbers: numpy.save('logits.npy', numpy.array(rows, dtype=float))",
            name,
        )
    return shape, fortran, dtype


def view(
    file: IO[bytes],
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    start: int,
    end: int,
    name: str,
    fortran: bool = False,
) -> AnyArray:
    """The array that stands between two places of a file, on disk or in memory; nothing is copied."""
    if dtype.kind not in "biufU" or dtype.subdtype:
        raise DataError(f"holds {dtype}, but real numbers were expected.", name)
    if len(shape) > MOST_AXES or min(shape, default=0) < 0 or bool in map(type, shape):
        raise DataError(f"no array has the shape {shape}.", name)
    needed = math.prod(shape) * dtype.itemsize
    if needed > end - start:
        raise DataError(
            f"the header promises {counted(needed, 'byte')} for the shape {shape}, but {max(0, end - start)} follow. "
            "Is it cut off?",
            name,
        )
    order: Any = "F" if fortran else "C"
    if not needed:
        try:
            return np.zeros(shape, dtype)
        except ValueError:
            raise DataError(f"no array has the shape {shape}.", name) from None
    if isinstance(file, BytesIO):
        return np.frombuffer(file.getvalue(), dtype, math.prod(shape), start).reshape(shape, order=order)
    return mapped_files.array(file, dtype, shape, start, order, name)

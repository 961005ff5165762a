"""npy: One NumPy array; mapped, not read, where it stands in a file."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any

import numpy as np

from losscli.declare import AnyArray
from losscli.documents.formats import LIMIT, PIECE, is_packed, is_regular
from losscli.errors import DataError

MAGIC = b"\x93NUMPY"
MOST_AXES = 32


def array(file: IO[bytes], name: str, limit: int = LIMIT) -> AnyArray:
    """The array of a .npy file. One that comes through a pipe goes by way of a temporary file."""
    if is_regular(file):
        return mapped(file, name)
    with spooled(file, limit, name) as spool:  # closed, it lives on in the array that is mapped from it
        return mapped(spool, name)


def mapped(file: IO[bytes], name: str, end: int | None = None) -> AnyArray:
    """The array whose .npy header starts at the file's position; `end` is where its bytes must end at the latest."""
    shape, fortran, dtype = _header(file, name)
    start = file.tell()
    size = file.seek(0, 2)
    return view(file, dtype, shape, start, size if end is None else min(end, size), name, fortran)


def in_memory(data: bytes, name: str) -> AnyArray:
    """The array of the bytes of a .npy file."""
    file = BytesIO(data)
    shape, fortran, dtype = _header(file, name)
    return view(data, dtype, shape, file.tell(), len(data), name, fortran)


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
    source: IO[bytes] | bytes,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    start: int,
    end: int,
    name: str,
    fortran: bool = False,
) -> AnyArray:
    """The array that stands between two places of a file or of bytes; nothing is copied."""
    if dtype.kind not in "biufU" or dtype.subdtype:
        raise DataError(f"holds {dtype}, but real numbers were expected.", name)
    if len(shape) > MOST_AXES or min(shape, default=0) < 0:
        raise DataError(f"no array has the shape {shape}.", name)
    needed = math.prod(shape) * dtype.itemsize
    if needed > end - start:
        raise DataError(
            f"the header promises {needed} bytes for the shape {shape}, but {max(0, end - start)} follow. "
            "Is it cut off?",
            name,
        )
    order: Any = "F" if fortran else "C"
    if not needed:
        return _without_numbers(shape, dtype, name)
    if isinstance(source, bytes):
        return np.frombuffer(source, dtype, math.prod(shape), start).reshape(shape, order=order)
    return np.memmap(source, dtype, "r", start, shape, order)


def _without_numbers(shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> AnyArray:
    try:
        return np.zeros(shape, dtype)
    except ValueError:
        raise DataError(f"no array has the shape {shape}.", name) from None


@contextmanager
def spooled(file: IO[bytes], limit: int, name: str) -> Iterator[IO[bytes]]:
    """A temporary file with the rest of a stream."""
    with tempfile.TemporaryFile() as spool:
        room = limit
        while piece := file.read(PIECE):
            room -= len(piece)
            if room < 0 and is_packed(file):
                raise DataError(too_much(limit), name)
            spool.write(piece)
        spool.seek(0)
        yield spool


def too_much(limit: int) -> str:
    """What is wrong with an archive that would fill the disk or the memory."""
    return f"unpacks to more than {limit:,} bytes. If it is to be trusted, allow more with --max-size."

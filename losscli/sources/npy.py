"""npy: One NumPy array; mapped, not read, where it stands in a file."""

from __future__ import annotations

import math
import tempfile
from typing import IO, Any

import numpy as np

from losscli.errors import DataError
from losscli.params import AnyArray
from losscli.sources import is_regular

MAGIC = b"\x93NUMPY"


def array(file: IO[bytes], name: str) -> AnyArray:
    """The array of a .npy file. One that comes through a pipe goes by way of a temporary file."""
    if not is_regular(file):
        file = spooled(file)
    return mapped(file, name)


def mapped(file: IO[bytes], name: str, end: int | None = None) -> AnyArray:
    """The array whose .npy header starts at the file's position; `end` is where its bytes must end at the latest."""
    reader: Any = np.lib.format
    try:
        version = reader.read_magic(file)
        read_header = {(1, 0): reader.read_array_header_1_0, (2, 0): reader.read_array_header_2_0}.get(version)
        if read_header is None:
            raise DataError(f"version {version[0]}.{version[1]} of the .npy format is not known.", name)
        shape, fortran, dtype = read_header(file)
    except ValueError as error:
        raise DataError(f"no .npy file: {error}", name) from None
    if dtype.hasobject:
        raise DataError("an array of Python objects (a pickle), which can run any code when it is read.", name)
    start = file.tell()
    size = file.seek(0, 2) if end is None else end
    needed = math.prod(shape) * dtype.itemsize
    if start + needed > size:
        raise DataError(
            f"the header promises {needed} bytes for the shape {shape}, but {size - start} follow. Is it cut off?", name
        )
    if not needed:
        return np.zeros(shape, dtype)
    return np.memmap(file, dtype, "r", start, shape, "F" if fortran else "C")


def spooled(file: IO[bytes]) -> IO[bytes]:
    """A temporary file with the rest of a stream, gone when it is closed."""
    from shutil import copyfileobj

    spool = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the array that is mapped from it
    copyfileobj(file, spool, 1 << 20)
    spool.seek(0)
    return spool

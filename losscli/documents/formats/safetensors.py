"""safetensors: Named tensors, as Hugging Face's libraries save them; mapped, not read.

The published layout: eight bytes with the length of the header, the header as JSON (name: dtype, shape, data_offsets),
then the bytes of the tensors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from losscli.declare import AnyArray
from losscli.documents import Item, single
from losscli.documents.dtypes import BFLOAT16, plain_dtype
from losscli.documents.formats import LIMIT, mappable
from losscli.documents.formats.json import parsed
from losscli.documents.formats.npy import view
from losscli.errors import DataError
from losscli.text import counted, quoted

DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip
LONGEST_HEADER = 100_000_000


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """One document: each tensor under its name; a tensor of no axes is a plain number."""
    with mappable(file, name, limit) as file:
        size = file.seek(0, 2)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, LONGEST_HEADER):
            raise DataError(
                f"not a .safetensors file: a header of {counted(length, 'byte')} in a file of {size}. Is it cut off?",
                name,
            )
        header = parsed(file.read(length))
        if not isinstance(header, dict):
            raise DataError("not a .safetensors file: the header is not an object.", name)
        header.pop("__metadata__", None)
        values = {key: _array(file, about, 8 + length, size, f"{name} ({key})") for key, about in header.items()}
    yield single({key: plain_dtype(a, key).item() if a.ndim == 0 else a for key, a in values.items()}, name)


def _array(file: IO[bytes], about: Any, start: int, size: int, name: str) -> AnyArray:
    try:
        dtype, shape, (first, last) = about["dtype"], tuple(about["shape"]), about["data_offsets"]
        whole = isinstance(dtype, str) and all(type(n) is int and n >= 0 for n in (*shape, first, last))
    except (TypeError, KeyError, ValueError):
        whole = False
    if not whole:
        raise DataError("the header does not give dtype, shape and data_offsets of this tensor.", name)
    if dtype not in DTYPES:
        raise DataError(f"the dtype {quoted(dtype)} is not known. Known are {' '.join(DTYPES)}.", name)
    array = view(file, np.dtype(DTYPES[dtype]), shape, start + first, min(start + last, size), name)
    if array.nbytes != last - first:
        raise DataError(f"the header gives {counted(last - first, 'byte')} to the shape {shape} of {dtype}.", name)
    return array.view(BFLOAT16) if dtype == "BF16" else array

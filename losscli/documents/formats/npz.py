"""npz: Named NumPy arrays; those stored without compression are mapped, not read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

import numpy as np

from losscli.declare import AnyArray
from losscli.documents import Item, single
from losscli.documents.formats import LIMIT, PIECE, lowered, mappable, too_much
from losscli.documents.formats.npy import mapped
from losscli.errors import DataError
from losscli.text import quoted

LOCAL_HEADER = 30  # bytes before the file name of a zip's entry; the lengths of name and extra field are its last four
LOCAL_MAGIC = b"PK\3\4"


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """One document: each array under its name; an array of no axes is a plain number or text."""
    values: dict[str, Any] = {}
    with mappable(file, name, limit) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
                if sum(entry.file_size for entry in entries if entry.compress_type) > limit:
                    raise DataError(too_much(limit), name)
                for entry in entries:
                    key = entry.filename.removesuffix(".npy")
                    if key in values:
                        raise DataError(f"two arrays are named {quoted(key)}.", name)
                    place = f"{name} ({entry.filename})"
                    values[key] = plain(_array(archive, entry, file, place), place)
        except (DataError, MemoryError):
            raise
        except Exception as error:  # each way of packing has errors of its own
            if isinstance(error, OSError) and error.errno:
                raise
            raise DataError(f"not a whole .npz file: {lowered(error)}.", name) from None
    yield single(values, name)


def plain(a: AnyArray, place: str) -> Any:
    """A single number or text, and a list of texts, as in a document of JSON."""
    if a.dtype.kind == "U":
        codes = np.frombuffer(a.tobytes(), a.dtype.str[0] + "u4")
        if ((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))).any():
            raise DataError("holds text with invalid characters.", place)
    return a.tolist() if a.ndim == 0 or a.dtype.kind == "U" else a


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: IO[bytes], name: str) -> AnyArray:
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:  # encrypted: zipfile says so
        return mapped(BytesIO(archive.read(entry)), name)
    file.seek(entry.header_offset)
    header = file.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or not header.startswith(LOCAL_MAGIC):
        raise DataError("not where the archive says it is.", name)
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = file.seek(skip, 1)
    array = mapped(file, name, start + entry.file_size)
    _refuse_damaged(file, start, entry, name)
    return array


def _refuse_damaged(file: IO[bytes], start: int, entry: zipfile.ZipInfo, name: str) -> None:
    """Raise if the bytes are not those that the archive was made of."""
    file.seek(start)
    left, found = entry.file_size, 0
    while piece := file.read(min(left, PIECE)):
        left, found = left - len(piece), zlib.crc32(piece, found)
    if found != entry.CRC:
        raise DataError("damaged: its checksum (CRC-32) is not the one that the archive has for it.", name)

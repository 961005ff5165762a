"""npz: Named NumPy arrays; those stored without compression are mapped, not read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO

from losscli.errors import DataError
from losscli.params import AnyArray
from losscli.sources import Document, is_regular
from losscli.sources.npy import mapped, spooled

LOCAL_HEADER = 30  # bytes before the file name of a zip's entry; the lengths of name and extra field are its last four


def documents(file: IO[bytes], name: str) -> Iterator[list[Document]]:
    """One document: each array under its name; an array of no axes is a plain number."""
    if not is_regular(file):
        file = spooled(file)
    try:
        with zipfile.ZipFile(file) as archive:
            arrays = {
                entry.filename.removesuffix(".npy"): _array(archive, entry, file, f"{name} ({entry.filename})")
                for entry in archive.infolist()
            }
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise DataError(f"no whole .npz file: {error}.", name) from None
    values = {key: a.item() if a.ndim == 0 else a for key, a in arrays.items()}
    yield [Document(values, name, id=values.pop("id", None))]


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: IO[bytes], name: str) -> AnyArray:
    if entry.compress_type == zipfile.ZIP_STORED:
        file.seek(entry.header_offset)
        header = file.read(LOCAL_HEADER)
        if len(header) < LOCAL_HEADER:
            raise DataError("cut off.", name)
        skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        file.seek(skip, 1)
        return mapped(file, name, entry.header_offset + LOCAL_HEADER + skip + entry.file_size)
    return mapped_bytes(archive.read(entry), name)


def mapped_bytes(data: bytes, name: str) -> AnyArray:
    """The array of a .npy text in memory."""
    import numpy as np

    buffer = BytesIO(data)
    reader = np.lib.format
    try:
        return reader.read_array(buffer, allow_pickle=False)
    except ValueError as error:
        raise DataError(f"no .npy file: {error}", name) from None

"""What a command reads: the documents of files or of standard input, or the one that its options are."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from losscli.catalogue import Entry
from losscli.declare import Array, Choice, Parameter, Text, flag
from losscli.documents import Item, single
from losscli.documents.formats import LIMIT
from losscli.documents.keys import Keys
from losscli.documents.numerals import option_value
from losscli.errors import DataError, UsageError


@dataclass(frozen=True)
class Reading:
    """Which documents are read, and what becomes of one that is wrong; `keys` are the user's own, by parameter.

    `options` is how parameters are spelt on the command line.
    """

    files: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    max_size: Annotated[str, Text("bytes that a document may unpack to (default: 4G)", "SIZE")] | None = None
    on_error: Annotated[
        Literal["stop", "skip"], Choice("on a wrong document: stop (default), or skip it and go on")
    ] = "stop"


def documents(
    entry: Entry, values: Mapping[str, Any], reading: Reading, class_names: Sequence[str]
) -> Generator[Item, None, None]:
    """The documents, under the names of the parameters; `values` are what the command line gives, as typed."""
    from losscli.documents import formats
    from losscli.terminal.progress import watched_documents

    declaration, options = entry.declaration, reading.options
    example = f"For example: {entry.examples[0]}"
    limit = _size(reading.max_size)
    if [*reading.files, *values.values()].count("-") > 1:
        raise UsageError("standard input can be read once, but - is given twice.")
    given = {
        name: _value(declaration.parameters[name], text, class_names, limit, options) for name, text in values.items()
    }
    keys = Keys(declaration, reading.keys, given, options)
    paths = reading.files
    if not paths and not any(name in given for name in declaration.required):
        if sys.stdin is not None and sys.stdin.isatty():
            raise UsageError(f"nothing to compute. {example}")
        paths = ["-"]
    if not paths:
        missing = " and ".join(flag(name) for name in declaration.required if name not in given)
        if missing:
            raise UsageError(f"{missing} {'are' if ' ' in missing else 'is'} missing. {example}")
        yield replace(single(given), spelling=options)
    item = None
    for path in paths:
        for item in watched_documents(keys.resolved(formats.documents(path, limit))):
            yield item
    if paths and not reading.files and item is None:
        raise DataError(f"the input is empty. {example}")


def _size(text: str | None) -> int:
    """A number of bytes, such as 500M."""
    if text is None:
        return LIMIT
    found = re.fullmatch(r"(\d{1,15})([KMGT]?)(i?B)?", text.strip(), re.IGNORECASE | re.ASCII)
    if found is None:
        raise UsageError(f"--max-size is {text!r}, but takes a size such as 500M or 8G.")
    return int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[found[2].upper()]


def _value(parameter: Parameter, text: Any, class_names: Sequence[str], limit: int, options: Mapping[str, str]) -> Any:
    """The value of an option: an array from its text, a file or standard input; anything else in its range."""
    from losscli.compute.arrays import as_array
    from losscli.documents import formats
    from losscli.documents.formats.txt import literal

    marker = parameter.marker
    is_file = isinstance(marker, Array) and (text == "-" or text.startswith("@"))
    try:
        if not isinstance(marker, Array):
            return option_value(parameter, text)
        value = formats.array(text.removeprefix("@"), limit) if is_file else literal(text)
        return as_array(parameter.name, value, class_names if marker.names_classes else ())
    except (UsageError, DataError) as error:
        told = error.spelt(options)
        if is_file:
            raise told.at(formats.name_of(text.removeprefix("@"))) from None
        option = options[parameter.name]
        raise UsageError(told.message, "" if option in told.message else option) from None

"""What a command does once its options are read: documents in, results out."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from losscli.catalogue import Entry, find
from losscli.declare import Array, Parameter
from losscli.errors import DataError, UsageError
from losscli.terminal.messages import complain, show_warnings

if TYPE_CHECKING:
    from losscli.compute.loss import Settings
    from losscli.compute.result import Result
    from losscli.documents import Document, Run

CHECKS = ("expect", "rtol", "atol", "max", "fail_on")


def execute(entry: Entry, parameters: dict[str, Parameter], given: dict[str, Any]) -> None:
    """Run a command: documents in, results out."""
    from losscli.compute import loss as engine
    from losscli.reports import View
    from losscli.terminal.output import output
    from losscli.terminal.progress import bar

    show_warnings(given["strict"])
    format_ = _format(given)
    report = find("reports", format_)
    assert report is not None
    loss = engine.Loss(entry)
    skipped = Skipped() if given["on_error"] == "skip" else None
    settings = _settings(given)
    documents = _documents(parameters, given, settings)
    results = engine.results(loss, documents, settings, skipped)
    results = _non_empty(results, skipped)
    gate = None
    if any(given[check] is not None for check in CHECKS):
        from losscli.commands.checks import Gate, asked

        gate = Gate(asked(given))
        results = gate.passing(results)
    view = View(format_, given["steps"], given.get("grad", False), given["digits"], given["max_rows"])
    # a bar has no place among results that come to the same terminal as they are computed
    flowing = format_ in ("jsonl", "csv", "tsv") and given["output"] is None and sys.stdout.isatty()
    with closing(documents), output(given["output"]) as out, bar(given["progress"] and not flowing) as shown:
        report.module().write(results if shown is None else shown.until_exhausted(results), out, view)
        out.flush()
    if skipped is not None:
        skipped.judge()
    if gate is not None:
        gate.judge()


@dataclass
class Skipped:
    """Tells of each document that is wrong, and counts them."""

    count: int = 0

    def __call__(self, error: DataError) -> None:
        self.count += 1
        complain(str(error))

    def judge(self) -> None:
        if self.count:
            raise DataError(f"{self.count} document{'s were' if self.count > 1 else ' was'} left out.")


def _format(given: dict[str, Any]) -> str:
    asked = {given["format"]} if given["format"] else set()
    asked |= ({"json"} if given["json"] else set()) | ({"value"} if given["quiet"] else set())
    if len(asked) > 1:
        raise UsageError(f"one format at a time, but {' and '.join(sorted(asked))} are asked for.")
    return asked.pop() if asked else "table"


def _settings(given: dict[str, Any]) -> Settings:
    from losscli.compute.loss import Settings

    class_axis = given.get("class_axis")
    if class_axis is not None:
        try:
            class_axis = int(class_axis)
        except ValueError:
            raise UsageError(f"--class-axis is {class_axis!r}, but takes a whole number.") from None
    stacked = not (given["steps"] or given.get("grad"))
    return Settings(given.get("reduction") or "mean", class_axis, _names(given), given["threads"], stacked)


def _names(given: dict[str, Any]) -> list[str]:
    return [name.strip() for name in (given.get("class_names") or "").split(",") if name.strip()]


def _documents(
    parameters: dict[str, Parameter], given: dict[str, Any], settings: Settings
) -> Generator[list[Document] | Run, None, None]:
    """The documents of the files, of standard input, or the one that the options are."""
    from losscli.documents import Document
    from losscli.documents import formats as sources
    from losscli.documents.keys import Names
    from losscli.terminal.progress import counted_documents

    limit = _size(given["max_size"])
    if [*given["files"], *(given[name] for name in parameters)].count("-") > 1:
        raise UsageError("standard input can be read once, but - is given twice.")
    values = {
        name: _value(p, given[name], settings.class_names, limit)
        for name, p in parameters.items()
        if given[name] is not None
    }
    asked = {
        "reduction": given.get("reduction"),
        "class_axis": settings.class_axis,
        "class_names": settings.class_names or None,
    }
    values |= {setting: value for setting, value in asked.items() if value is not None}
    keys = {name: given[f"{name}_key"] for name in parameters if given.get(f"{name}_key")}
    names = Names(parameters, keys, values)
    paths = given["files"]
    literal = any(p.required and given[p.name] is not None for p in parameters.values())
    if not paths and not literal:
        if sys.stdin is not None and sys.stdin.isatty():
            raise UsageError(_nothing_to_do(parameters))
        paths = ["-"]
    if paths:
        for path in paths:
            yield from counted_documents(names.resolved(sources.documents(path, limit)))
    else:
        yield [Document(values)]


def _nothing_to_do(parameters: dict[str, Parameter]) -> str:
    wanted = " and ".join(f"--{p.name.replace('_', '-')}" for p in parameters.values() if p.required)
    return f"nothing to compute. Give {wanted}, or a FILE, or documents on standard input; --help shows examples."


def _size(text: str | None) -> int:
    """A number of bytes, such as 500M."""
    from losscli.documents.formats import LIMIT

    if text is None:
        return LIMIT
    found = re.fullmatch(r"(\d{1,15})([KMGT]?)(i?B)?", text.strip(), re.IGNORECASE | re.ASCII)
    if found is None:
        raise UsageError(f"--max-size is {text!r}, but takes a size such as 500M or 8G.")
    return int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[found[2].upper()]


def _value(parameter: Parameter, text: Any, class_names: Sequence[str], limit: int) -> Any:
    """The value of an option: an array from its text, a file or standard input; anything else in its range."""
    from losscli.compute.arrays import as_array, checked_option
    from losscli.documents import formats as sources

    flag = f"--{parameter.name.replace('_', '-')}"
    if not isinstance(parameter.marker, Array):
        try:
            return checked_option(parameter, text)
        except DataError as error:
            raise UsageError(error.message, flag) from None
    if text == "-" or text.startswith("@"):
        path = text.removeprefix("@")
        try:
            return as_array(parameter.name, sources.array(path, limit), class_names)
        except DataError as error:
            raise error.at("standard input" if path == "-" else path) from None
    try:
        return as_array(parameter.name, sources.find_module("txt").literal(text), class_names)
    except DataError as error:
        raise UsageError(error.message, flag) from None


def _non_empty(results: Iterator[Result], skipped: Skipped | None) -> Iterator[Result]:
    some = False
    for result in results:
        some = True
        yield result
    if not some:
        if skipped is not None:
            skipped.judge()
        raise DataError("the input is empty, but at least one document was expected.")

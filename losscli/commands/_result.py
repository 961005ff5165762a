"""What every loss command does: documents in, the loss and how it comes about out."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from losscli.catalogue import Entry, module
from losscli.commands._checks import Checks, Gate
from losscli.commands._questions import Questions
from losscli.commands._reading import Reading, documents
from losscli.compute.settings import Settings
from losscli.declare import Declaration, flag
from losscli.errors import DataError, LosscliError, UsageError
from losscli.reports import Page, Records, Show
from losscli.terms import Total
from losscli.text import counted

if TYPE_CHECKING:
    from losscli.compute.result import Result


def result(
    entry: Entry,
    values: Mapping[str, Any],
    *,
    reading: Reading,
    settings: Settings,
    checks: Checks,
    show: Show,
    questions: Questions,
) -> None:
    """Compute the loss of what is given, and write it in the format that was asked for."""
    from losscli.compute import loss as compute
    from losscli.documents.mapped import refuse_changed
    from losscli.terminal.messages import Warnings
    from losscli.terminal.output import output
    from losscli.terminal.progress import bar

    format = _format(show)
    skipped = _Skipped() if reading.on_error == "skip" else None
    items = documents(entry, values, reading, settings.class_names or ())
    each = compute.one_by_one(items) if show.steps or show.grad else items
    results = _some(compute.results(compute.Loss(entry), each, settings, Warnings(), skipped), skipped)
    gate = Gate(checks) if checks else None
    if gate is not None:
        results = gate.passing(results)
    # a bar has no place among results that come to the same terminal as they are computed
    flowing = format in ("jsonl", "csv", "tsv") and show.output is None and sys.stdout.isatty()
    with closing(items), output(show.output) as out, bar(show.progress and not flowing) as watched:
        source = entry.declaration, values, reading
        answer = _answer(watched(results), show, format, questions, settings.threads, source)
        module("reports", format).write(answer, out)
        refuse_changed()
        out.flush()
    if skipped is not None:
        skipped.raise_if_any()
    if gate is not None:
        gate.raise_if_failed()
    if questions.why is not None:
        answer.raise_if_unexplained()


def _answer(
    results: Iterator[Result],
    show: Show,
    format: str,
    questions: Questions,
    threads: int | None,
    source: tuple[Declaration, Mapping[str, Any], Reading],
) -> Any:
    """What is written: the result, or the answer to a question about it; `source` is where its arrays come from."""
    asked = [name for name, value in vars(questions).items() if value not in (None, False)]
    if not asked:
        return ResultAnswer(results, show, format)
    if len(asked) > 1:
        raise UsageError(f"one question at a time, but {' and '.join(map(flag, asked))} were asked.")
    if show.steps or show.grad:
        raise UsageError(f"{flag(asked[0])} is about the number: --steps and --grad have no place in it.")
    if questions.why is not None:
        from losscli.commands._why import WhyAnswer

        return WhyAnswer(results, questions.why, show, format, threads)
    if questions.compare:
        from losscli.commands._compare import CompareAnswer

        return CompareAnswer(results, show, format)
    from losscli.commands._code import CodeAnswer, loading

    return CodeAnswer(results, str(questions.code), loading(*source), format)


def _format(show: Show) -> str:
    formats = {show.format} if show.format else set()
    formats |= ({"json"} if show.json else set()) | ({"value"} if show.quiet else set())
    if len(formats) > 1:
        raise UsageError(f"one format at a time, but {' and '.join(sorted(formats))} were asked for.")
    return formats.pop() if formats else "table"


@dataclass
class _Skipped:
    """Tells of each document that is wrong, and counts them."""

    count: int = 0

    def __call__(self, error: LosscliError) -> None:
        from losscli.terminal.messages import complain

        self.count += 1
        complain(str(error))

    def raise_if_any(self) -> None:
        if self.count:
            raise DataError(f"{counted(self.count, 'document')} {'were' if self.count > 1 else 'was'} left out.")


def _some(results: Iterator[Result], skipped: _Skipped | None) -> Iterator[Result]:
    first = next(results, None)
    if first is None:
        if skipped is not None:
            skipped.raise_if_any()
        raise DataError("the input is empty, but at least one document was expected.")
    yield first
    yield from results


@dataclass
class ResultAnswer:
    """The results of a loss in the forms that formats ask for: those of one document, or the total of many."""

    results: Iterator[Result]
    show: Show
    format: str
    _total: Total = field(default_factory=Total)
    _batches: int = 0
    _options: dict[str, Any] = field(default_factory=dict)

    def pages(self) -> Iterator[Page]:
        from losscli.commands import _working

        first = list(islice(self.results, 2))
        only = len(first) == 1 and len(first[0].documents) == 1
        if only or first[0].of.entry.is_function:
            for result in chain(first, self.results):
                yield _working.page(result, self.show)
            return
        most = self.show.max_rows or None
        head: list[tuple[Any, ...]] = []
        tail: deque[tuple[Any, ...]] = deque(maxlen=None if most is None else most // 2)
        for result in self._added(chain(first, self.results)):
            numbers = range(self._batches - len(result.documents), self._batches)
            for line in zip(numbers, *result.summaries().values(), strict=True):
                (head if most is None or line[0] < (most + 1) // 2 else tail).append(line)
        title = first[0].of.entry.title
        yield _working.page_of_batches(title, [*head, *tail], self._total, self._batches, self.show)

    def record(self) -> dict[str, Any]:
        first = next(self.results)
        second = next(self.results, None)
        if second is None and len(first.documents) == 1:
            return next(self._records(first).each())
        if self.show.steps or self.show.grad:
            raise UsageError("--steps and --grad belong to one batch; --format jsonl gives them for each batch.")
        by_row = first.reduction == "none"
        values: list[Any] = []
        for result in self._added(chain(filter(None, (first, second)), self.results)):
            if by_row:
                values += result.value.tolist() if len(result.documents) > 1 else [result.value.tolist()]
        numbers = self._total.summary(values if by_row else self._total.loss)
        if first.of.entry.is_function:
            numbers = {"value": values}
        return {"command": first.of.entry.name, **numbers, "batches": self._batches, "options": self._options}

    def records(self) -> Iterator[Records]:
        return map(self._records, self.results)

    def columns(self) -> Iterator[tuple[list[str], Iterable[list[Any]]]]:
        from losscli.commands import _columns

        batch = 0
        for result in self.results:
            by_row = self.show.steps or self.show.grad or result.reduction == "none"
            yield _columns.rows(result, self.show, batch) if by_row else _columns.batches(result, batch)
            batch += len(result.documents)

    def numbers(self) -> Iterator[Any]:
        last: Result | None = None
        for last in self._added(self.results):
            if last.of.entry.is_function:
                yield from last.pieces
            elif last.reduction == "none":
                yield from map(float, last.value.ravel())
        if last is not None and last.reduction != "none":
            yield self._total.loss

    def _added(self, results: Iterable[Result]) -> Iterator[Result]:
        """The results, each added to the total before it passes on."""
        for result in results:
            options = result.options
            common = {name: value for name, value in self._options.items() if options.get(name) == value}
            self._options = common if self._batches else options
            self._batches += len(result.documents)
            if not result.of.entry.is_function:
                try:
                    self._total += result.total
                except DataError as error:
                    raise error.at(result.documents.place()) from None
            yield result

    def _records(self, result: Result) -> Records:
        """What JSON says of each document of a result."""
        details: dict[str, Any] = {}
        if self.show.steps:
            details["steps"] = result.steps
        if self.show.grad:
            details["grad"] = result.gradient()
        if result.of.entry.is_function:
            columns = {"id": result.documents.ids or [None], "value": [result.value.tolist()]}
        else:
            each = result.options_of_each()
            columns = {**result.summaries(), "batches": [1] * len(each), "options": each}
        return Records({"command": result.of.entry.name}, columns, details)

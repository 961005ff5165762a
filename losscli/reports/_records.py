"""What the formats for programs say of a result: dictionaries of plain numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from losscli.compute.result import Result, Summary, linked
from losscli.errors import DataError
from losscli.reports import View
from losscli.terms import Link, Total


def batch_records(result: Result, view: View) -> Iterator[dict[str, Any]]:
    """One record for each document of a result."""
    of = result.of.entry
    if of.is_function:
        identity = {"id": result.documents[0].id} if result.documents[0].id is not None else {}
        yield {"command": of.name, **identity, "value": result.value.tolist(), **_details(result, view)}
        return
    for summary in result.summaries():
        yield record(result, summary) | _details(result, view)


def record(result: Result, summary: Summary) -> dict[str, Any]:
    """What one document's line says."""
    identity = {} if summary.id is None else {"id": summary.id}
    return {
        "command": result.of.entry.name,
        **identity,
        "loss": summary.loss,
        "reduction": result.reduction,
        "sum": summary.sum,
        "divisor": summary.divisor,
        "count": summary.count,
        "ignored": summary.ignored,
        "batches": 1,
        "options": result.options,
    }


def _details(result: Result, view: View) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if view.steps:
        details["steps"] = {name: a.tolist() for name, a in result.steps.items()}
    if view.grad:
        details["grad"] = result.gradient().tolist()
    return details


def finite(value: Any) -> Any:
    """The value with NaN and the infinities as the strings that JSON readers of other languages agree on."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: finite(v) for key, v in value.items()}
    if isinstance(value, list):
        return [finite(v) for v in value]
    return value


@dataclass
class Gathered:
    """Results taken together: the only document's, or the total of all."""

    only: Result | None
    command: str
    reduction: str
    total: Total
    batches: int
    options: dict[str, Any]
    values: list[Any]
    is_function: bool
    link: Link | None

    @property
    def loss(self) -> Any:
        if self.reduction == "none":
            return self.values
        return self.total.sum if self.reduction == "sum" else linked(self.total.mean, self.link)

    @property
    def record(self) -> dict[str, Any]:
        """The total of several batches: the sum of sums over the sum of divisors. Of a function, the values."""
        if self.is_function:
            return {"command": self.command, "value": self.values, "batches": self.batches, "options": self.options}
        return {
            "command": self.command,
            "loss": self.loss,
            "reduction": self.reduction,
            "sum": self.total.sum,
            "divisor": float(self.total.divisor),
            "count": self.total.count,
            "ignored": self.total.ignored,
            "batches": self.batches,
            "options": self.options,
        }


def gathered(results: Iterable[Result], each: Callable[[Result], None] = lambda result: None) -> Gathered:
    """All results added up; under the reduction none their rows are kept, else nothing is."""
    total, batches, values = Total(), 0, list[Any]()
    first: Result | None = None
    options: dict[str, Any] = {}
    for result in results:
        if first is None:
            first, options = result, result.options
        elif result.reduction != first.reduction:
            raise DataError(
                f"the reduction is {result.reduction}, but {first.reduction} for the batches before: "
                "give one for all with --reduction, or write one result a batch with --format jsonl.",
                result.documents[0].place,
            )
        elif result.options != options:
            options = {k: v for k, v in options.items() if result.options.get(k) == v}
        batches += len(result.documents)
        if not result.of.entry.is_function:
            total += result.total
        if result.reduction == "none" or result.of.entry.is_function:
            values.extend(result.value.tolist() if len(result.documents) > 1 else [result.value.tolist()])
        each(result)
    assert first is not None
    return Gathered(
        only=first if batches == 1 else None,
        command=first.of.entry.name,
        reduction=first.reduction,
        total=total,
        batches=batches,
        options=options,
        values=values,
        is_function=first.of.entry.is_function,
        link=first.link,
    )

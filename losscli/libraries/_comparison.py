"""The number of a call under the rules of each library, and the code that gives it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from losscli.catalogue import Entry, libraries
from losscli.compute.result import Result
from losscli.compute.variants import IMPOSSIBLE, Ratio, Tally
from losscli.errors import UsageError
from losscli.libraries._snippets import FEW, snippet
from losscli.libraries._ways import At, Way, places
from losscli.terms import Total

EQUAL = 1e-9  # relative


@dataclass(frozen=True)
class Line:
    """Libraries that give the same number, what it divides, and what is particular about it."""

    value: float
    libraries: tuple[str, ...]
    ratio: Ratio | None
    why: str = ""


@dataclass(frozen=True)
class Comparison:
    """A loss under the rules of each library.

    loss      losscli's number
    lines     the libraries by number: those whose options were translated
    defaults  what comes of leaving out an option that the library needs for this call
    cannot    what a library cannot do here, by library
    """

    command: str
    loss: float
    lines: tuple[Line, ...]
    defaults: tuple[Line, ...]
    cannot: tuple[tuple[str, str], ...]


@dataclass
class _Sum:
    """One way of a library, over all documents."""

    way: Way
    tally: Tally = field(default_factory=Tally)
    own: bool = True
    parts: int = 0


def compared(results: Iterable[Result]) -> Comparison:
    """The comparison of the total of results."""
    sums: dict[tuple[str, str], _Sum] = {}
    cannot: dict[tuple[str, str], None] = {}
    total, parts = Total(), 0
    at: At | None = None
    for result in results:
        if result.of.entry.is_function:
            raise UsageError("--compare is about a loss, but this is a function.")
        if result.reduction == "none":
            raise UsageError(
                "--compare compares one number, but --reduction none gives one for each row: take mean or sum."
            )
        total += result.total
        for at in places(result):
            parts += 1
            _add(at, sums, cannot)
    assert at is not None
    plain: list[tuple[str, Way, float, Ratio | None]] = []
    for (library, _), each in sums.items():
        if each.parts < parts:
            cannot.setdefault((library, "cannot compute all of these documents"))
            continue
        value, ratio = _number(each, total)
        way = each.way
        if not (way.why or _alike(value, total.loss)):
            way = replace(way, why=_remark(library, at.name))
        plain.append((_label(library, way.how), way, value, ratio))
    lines = _grouped([each for each in plain if not each[1].default], at)
    if not any(_alike(line.value, total.loss) for line in lines):
        ratio = Ratio(total.sum, float(total.divisor)) if total.link is None and total.reduction != "sum" else None
        lines = [Line(total.loss, ("losscli",), ratio), *lines]
    lines.sort(key=lambda line: (not line.libraries[0].startswith("PyTorch"), not _alike(line.value, total.loss)))
    defaults = _grouped([each for each in plain if each[1].default], None)
    return Comparison(at.name, total.loss, tuple(lines), tuple(defaults), tuple(cannot))


def _add(at: At, sums: dict[tuple[str, str], _Sum], cannot: dict[tuple[str, str], None]) -> None:
    for entry in libraries():
        library, module = title(entry), entry.module()
        if getattr(module, "ARRAYS", None) is None or entry.name in ("numpy", "jax"):
            continue
        ways = _ways(module, at)
        if not ways and at.name in entry.lines:
            cannot.setdefault((library, "cannot do this with these options"))
        for way in ways:
            if way.call is None or way.by_hand:
                cannot.setdefault((library, way.why or way.by_hand))
                continue
            each = sums.setdefault((library, way.how), _Sum(way))
            try:
                with np.errstate(all="ignore"):
                    each.tally += way.call.tally
            except IMPOSSIBLE:
                continue
            each.own &= way.call is at.call
            each.parts += 1


def _ways(module: Any, at: At) -> list[Way]:
    try:
        with np.errstate(all="ignore"):
            return list(module.conventions(at))
    except IMPOSSIBLE:
        return [Way("", None, why="cannot compute this input")]


def _number(each: _Sum, total: Total) -> tuple[float, Ratio | None]:
    """The number of a way for all documents, and the quotient that it is."""
    call = each.way.call
    assert call is not None
    if each.own:
        whole = Ratio(total.sum, 1.0 if total.reduction == "sum" else float(total.divisor))
        return total.loss, whole if total.link is None else None
    with np.errstate(all="ignore"):
        call = replace(call, known=each.tally, link=call.linked_by)
        value, ratio = call.number, call.ratio
    return value, ratio if _alike(ratio.quotient, value) else None


def _grouped(each: list[tuple[str, Way, float, Ratio | None]], at: At | None) -> list[Line]:
    """Equal numbers on one line."""
    groups: list[list[tuple[str, Way, float, Ratio | None]]] = []
    for one in each:
        group = next((g for g in groups if _alike(g[0][2], one[2])), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    lines = []
    for group in groups:
        why = next((way.why for _, way, _, _ in group if way.why), "")
        if not why and at is not None:
            why = "the sum" if at.reduction == "sum" else "the rows" if at.call.classes else "the elements"
        lines.append(Line(group[0][2], tuple(dict.fromkeys(name for name, *_ in group)), group[0][3], why))
    return lines


def _remark(library: str, loss: str) -> str:
    """What stands in parentheses behind the library's name of a loss: what is particular about it."""
    line = next(entry.lines.get(loss, "") for entry in libraries() if title(entry) == library)
    return line.partition("(")[2].rpartition(")")[0]


def _label(library: str, how: str) -> str:
    return f"{library} ({how})" if how and not how.startswith("without ") else f"{library} {how}".strip()


def _alike(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=EQUAL)


def title(entry: Entry) -> str:
    return entry.summary.rstrip(".")


def code(result: Result, library: str, loaded: Mapping[str, str] | None = None) -> str:
    """A program that prints the number of a result with a library; `loaded` is the code that reads arrays of files."""
    entry = next((e for e in libraries() if library.lower() in (*e.names, title(e).lower())), None)
    if entry is None:
        raise UsageError(f"--code {library}: no such library. There are {', '.join(e.name for e in libraries())}.")
    if len(result.documents) > 1:
        raise UsageError("--code writes the program of one document, but there are several.")
    if result.of.entry.is_function:
        raise UsageError("--code is about a loss, but this is a function.")
    given = result.arguments.given
    at = next(places(result))
    large = sum(a.size for name, a in given.items() if name not in (loaded or {}))
    if large > FEW:
        raise UsageError(
            f"--code writes up to {FEW:,} numbers into the program, but there are {large:,}. "
            "Give them as .npy, .npz or .json files, and it reads those."
        )
    way = _chosen(entry, at, result)
    return snippet(entry.module(), title(entry), at, way, given, loaded or {})


def _chosen(entry: Entry, at: At, result: Result) -> Way:
    """The way of a library that gives the number of a result."""
    ways = _ways(entry.module(), at) if hasattr(entry.module(), "conventions") else []
    usable = [way for way in ways if way.code and not way.default and _gives(way, at, result)]
    if usable:
        return min(usable, key=lambda way: bool(way.by_hand))
    told = next((f" It {way.why}." for way in ways if way.call is None), "")
    if not told and any(way.code for way in ways):
        told = " It computes another number, which --compare shows."
    raise UsageError(f"--code {entry.name}: {title(entry)} does not give this number.{told} --code numpy does.")


def _gives(way: Way, at: At, result: Result) -> bool:
    if way.call is at.call:
        return True
    if result.reduction == "none" or way.call is None:
        return False
    with np.errstate(all="ignore"):
        return _alike(way.call.number, result.total.loss)


def each_way(result: Result) -> Iterator[tuple[Entry, Way, str, Any]]:
    """Every way of every library that has code, with its program and the number that it should print."""
    at = next(places(result))
    for entry in libraries():
        ways = _ways(entry.module(), at) if hasattr(entry.module(), "conventions") else []
        for way in ways:
            if way.code and way.call is not None:
                with np.errstate(all="ignore"):
                    each = way.call.losses if result.reduction == "none" else way.call.number
                number = result.loss if way.call is at.call else each
                yield entry, way, snippet(entry.module(), title(entry), at, way, result.arguments.given, {}), number

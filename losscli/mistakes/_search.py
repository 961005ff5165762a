"""Which mistakes give a number: every single one, then two of different stages, and how likely chance is.

A number is read as text: it stands for an interval, half a unit of its last digit to either side, and what float32 may
be off. The more values there are to hit, the more likely one is hit by chance: that is computed, and told.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from losscli.catalogue import Entry, entries
from losscli.compute.result import Result
from losscli.compute.threads import in_order
from losscli.compute.variants import IMPOSSIBLE, Call, parts
from losscli.errors import DataError, UsageError
from losscli.mistakes import Variant

FLOAT32 = 4e-7  # how far a mean computed in float32 may be off
NOTHING = 1e-7  # what float32 may make 0 of, in a logarithm of nearly 1
WHOLE = 1e-3  # how far a number without a decimal point may be off
SAME = 1e-9  # values this close to one another are the same
PAIR_CHANCE = 0.01  # pairs more likely by chance are not shown: there are many
Over: TypeAlias = Literal["all", "rows", "documents"]  # what the numbers are: one loss, or those of rows or documents
SURE, LIKELY = 0.01, 0.2
MOST_NUMBERS = 50_000  # numbers in all arrays up to which pairs are tried
AMONG = 0.25  # values within this share of a number are those that might have hit it
LAST_OF_ROWS = 6  # the stage up to which a mistake changes the losses of rows


class Observed(NamedTuple):
    """A number as it was typed, and the interval that it stands for."""

    text: str
    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def holds(self, value: float) -> bool:
        if math.isfinite(self.value):
            return self.low <= value <= self.high
        return value == self.value or (math.isnan(value) and math.isnan(self.value))

    def wider(self) -> Observed:
        """The interval with one more unit of the last digit to either side."""
        unit = _unit(self.text)
        half = unit * 1.5 + FLOAT32 * abs(self.value)
        return Observed(self.text, self.value, self.value - half, self.value + half)


def observed(text: str) -> list[Observed]:
    """The numbers of a text such as `0.6661` or `4000,0`."""
    return [_observed(part.strip()) for part in re.split(r"[,;\s]+", text.strip().strip("[]")) if part.strip()]


def _observed(text: str) -> Observed:
    try:
        value = float(text.replace("_", "?"))  # which only Python takes
    except ValueError:
        raise UsageError(
            f"--why is {text!r}, but takes a number with the digits that you have, such as 0.6661."
        ) from None
    unit = _unit(text)
    half = (unit / 2 + FLOAT32 * abs(value) or NOTHING) if math.isfinite(value) else 0.0
    return Observed(text, value, value - half, value + half)


def _unit(text: str) -> float:
    """One unit of the last digit typed."""
    mantissa, _, exponent = text.lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    if not point:
        return 2 * WHOLE * abs(float(text)) if "n" not in text.lower() else 0.0
    return 10.0 ** (int(exponent or 0) - len(decimals))


@dataclass(frozen=True)
class Trial:
    """A call with one mistake, or two, and what comes of it: one number, or the losses of the rows."""

    variants: tuple[Variant, ...]
    call: Call
    values: tuple[float, ...]

    @property
    def value(self) -> float:
        return self.values[0]

    @property
    def seen(self) -> float:
        """How common the mistakes are, together."""
        return sum(math.log1p(v.seen) for v in self.variants)


@dataclass(frozen=True)
class Candidate:
    """Mistakes that give the number: trials of one value, which the data cannot tell apart, the commonest first."""

    trials: tuple[Trial, ...]
    chance: float
    residual: float
    exact: bool

    @property
    def first(self) -> Trial:
        return self.trials[0]

    @property
    def verdict(self) -> Literal["explains", "fits", "possible"]:
        return "explains" if self.chance < SURE else "fits" if self.chance < LIKELY else "possible"


@dataclass(frozen=True)
class Explanation:
    """What gives the numbers that were observed.

    entry       the loss that was asked for: linear-ce is tried as the ce that it is
    tier        agrees: the loss itself; single: one mistake; pair: two; none: nothing that was tried
    singles     how many single mistakes were tried, and how many pairs
    candidates  best first; nearly: whether they take one more unit of the last digit
    nearest     the closest, where nothing fits
    skipped     what was not tried
    """

    entry: Entry
    observed: tuple[Observed, ...]
    right: Trial
    tier: Literal["agrees", "single", "pair", "none"]
    singles: int
    pairs: int = 0
    candidates: tuple[Candidate, ...] = ()
    nearly: bool = False
    nearest: tuple[Trial, ...] = ()
    skipped: str = ""


@cache
def stages() -> tuple[ModuleType, ...]:
    return tuple(sorted((entry.module() for entry in entries("mistakes")), key=lambda module: module.ORDER))


class Tried:
    """An input with each mistake, and each two, tried on it, ready to explain any number."""

    def __init__(self, results: Iterable[Result], threads: int | None = 1) -> None:
        self._calls: list[Call] | None = []  # all of them, as long as they are small enough for pairs
        self._sums = _Sums()
        size = 0
        # the parts of a result on threads, but one result after the other: a stream is not read ahead
        for result in results:
            self.entry = result.of.entry
            for call, found in in_order(_tried_alone, parts(result), threads):
                size += call.size
                small = self._calls is not None and call.whole and size <= MOST_NUMBERS
                self._calls = [*self._calls, call] if small and self._calls is not None else None
                self._sums.add(call, found, whole=self._calls is not None)
        if self._sums.right is None:
            raise DataError("the input is empty, but at least one document was expected.")
        self.right = self._sums.right
        self._found: dict[tuple[str, Over], list[Trial]] = {}

    def singles(self, over: Over) -> list[Trial]:
        """Every mistake alone, as far as it changes something."""
        return self._once("single", over, self._singles)

    def pairs(self, over: Over) -> list[Trial] | None:
        """Two mistakes of different stages at once, as far as they give something new; None for large input."""
        return None if self._calls is None else self._once("pair", over, self._pairs)

    def _once(self, tier: str, over: Over, make: Callable[[Over], list[Trial]]) -> list[Trial]:
        if (tier, over) not in self._found:
            self._found[tier, over] = make(over)
        return self._found[tier, over]

    def _singles(self, over: Over) -> list[Trial]:
        found = _finished(self._sums.of, over)
        if over == "all":
            found += _on_numbers([((), self.right)])
        return self._different(found, over)

    def _pairs(self, over: Over) -> list[Trial]:
        two = _Sums()
        for call in self._calls or ():
            two.add(call, _row_variants(_row_variants([((), call)])), whole=True)
        found = _finished(two.of, over)
        singles = self.singles(over)
        if over != "all":
            return self._different(found, over)
        found += _on_numbers(self._sums.of.values())
        found += _on_numbers([(t.variants, t.call) for t in singles if _order(t.variants) > LAST_OF_ROWS])
        known = sorted(t.value for t in singles if not math.isnan(t.value))
        return [t for t in self._different(found, over) if not _near(known, t.value)]

    def as_it_is(self, over: Over) -> Trial:
        """The loss without a mistake."""
        right = _trial((), self.right, over)
        assert right is not None
        return right

    def _different(self, trials: Iterable[Trial], over: Over) -> list[Trial]:
        right = self.as_it_is(over).values
        return [t for t in trials if len(t.values) != len(right) or not all(map(_same, t.values, right))]

    def explain(self, numbers: Sequence[Observed]) -> Explanation:
        """What gives the numbers: the loss's own number, or those of its rows, under each mistake."""
        over: Over = "all" if len(numbers) == 1 else _over(self.right, len(numbers))
        right, singles = self.as_it_is(over), self.singles(over)
        found = partial(Explanation, self.entry, tuple(numbers), right, singles=len(singles))
        if _fits(right, numbers):
            return found(tier="agrees")
        if candidates := _candidates(singles, numbers) or list(_in_float32(right, numbers)):
            return found(tier="single", candidates=tuple(candidates))
        pairs = self.pairs(over)
        skipped = "pairs of mistakes, and batches one by one, on input of this size" if pairs is None else ""
        found = partial(found, pairs=len(pairs or ()), skipped=skipped)
        if candidates := [c for c in _candidates(pairs or (), numbers) if c.chance < PAIR_CHANCE]:
            return found(tier="pair", candidates=tuple(candidates))
        wider = [number.wider() for number in numbers]
        if candidates := [c for c in _candidates(singles, wider) if c.chance < SURE]:
            return found(tier="single", nearly=True, candidates=tuple(candidates))
        return found(tier="none", nearest=tuple(_nearest(singles, numbers)))


def _in_float32(right: Trial, numbers: Sequence[Observed]) -> Iterator[Candidate]:
    """The loss itself, where the difference is what float32 may lose of the numbers that it comes from."""
    x = right.call.x
    finite = np.abs(x[np.isfinite(x)]) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else np.zeros(0)
    lost = 4 * float(np.finfo(np.float32).eps) * float(finite.max(initial=1.0))
    if len(numbers) > 1 or not abs(numbers[0].value - right.value) <= lost:
        return
    variant = Variant(
        "float32",
        right.call,
        f"the rounding of float32, which may lose {lost:.1g} of numbers as large as {finite.max(initial=1.0):.3g}",
        "losscli computes in float64.",
        "compute in float64.",
        changes={right.call.first: f"float32({right.call.first})"},
    )
    v = abs(numbers[0].value)
    chance = min(1.0, 1.5 / (v / 2) * 2 * lost) if v else 1.0
    yield Candidate((replace(right, variants=(variant,)),), chance, abs(numbers[0].value - right.value), False)


def _over(call: Call, count: int) -> Over:
    """What several numbers are: the losses of rows, or of documents."""
    rows, documents = call.tally.rows, len(call.tally.documents)
    n = None if rows is None else sum(part.value.size for part in rows)
    if n == count:
        return "rows"
    if documents == count:
        return "documents"
    has = f"{n:,} losses of rows" if n is not None else "too many rows to look at one by one"
    raise UsageError(
        f"--why has {count} numbers, but the input has {has}{f' and {documents} batches' if documents > 1 else ''}. "
        "Give one number for the loss, or one for each row."
    )


Chain: TypeAlias = tuple[tuple[Variant, ...], Call]  # mistakes, and the call that they make


@dataclass
class _Sums:
    """What the parts of the input add up to, right and with each mistake; one that does not apply changes nothing."""

    right: Call | None = None
    impossible: set[tuple[tuple[str, str], ...]] = field(default_factory=set)
    of: dict[tuple[tuple[str, str], ...], Chain] = field(default_factory=dict)

    def add(self, call: Call, found: Iterable[Chain], whole: bool) -> None:
        """Add one more part.

        If not `whole`, only the first row of its arrays is kept, which shows what they are, and the documents one by
        one of the right call alone: there may be any number of them.
        """

        def merged(before: Call | None, more: Call) -> Call:
            more = more if whole else more.first_row()
            return more if before is None else replace(more, known=before.tally + more.tally, source=None)

        def wrong(call: Call) -> Call:
            return call if whole else replace(call, known=call.tally.without_documents())

        seen = set()
        for variants, changed in found:
            key = tuple((v.name, v.what) for v in variants)
            if changed.impossible or (self.right is not None and changed.reduce is not None):
                self.impossible.add(key)  # in this part, or as a quotient of all rows, which parts do not add up to
            elif key not in seen:
                before = self.of[key][1] if key in self.of else self.right
                self.of[key] = variants, wrong(merged(before, changed))
                seen.add(key)
        self.of = {key: chain for key, chain in self.of.items() if key not in self.impossible}
        for key in self.of.keys() - seen:
            variants, before = self.of[key]
            self.of[key] = variants, wrong(replace(before, known=before.tally + call.tally, source=None))
        self.right = merged(self.right, call)


def _tried_alone(part: Callable[[], Call]) -> tuple[Call, list[Chain]]:
    """A part of the input, and what each mistake that changes the losses of rows makes of it."""
    call = part()
    found = _row_variants([((), call)])
    if call.size <= MOST_NUMBERS:
        return call, list(found)
    chains = [_slim(*chain) for chain in found]
    return call.first_row(), chains


def _slim(variants: tuple[Variant, ...], call: Call) -> Chain:
    """Only the tally, so that a block's arrays can go before the next mistake is tried."""
    kept = call if call.impossible else call.first_row()
    if kept.known is not None:
        kept = replace(kept, known=kept.known.without_documents())
    return tuple(replace(v, call=kept) for v in variants), kept


def _row_variants(starts: Iterable[Chain]) -> Iterator[Chain]:
    """The calls with one more mistake of a stage that changes the losses of rows."""
    yield from _more(starts, [stage for stage in stages() if stage.ORDER <= LAST_OF_ROWS])


def _more(starts: Iterable[Chain], among: Sequence[ModuleType]) -> Iterator[Chain]:
    for before, call in starts:
        last = _order(before)
        if call.impossible or any(variant.alone for variant in before):
            continue
        for stage in among:
            if last >= stage.ORDER:
                continue
            yield from _tried(before, call, stage)


def _tried(before: tuple[Variant, ...], call: Call, stage: ModuleType) -> Iterator[Chain]:
    """The mistakes of one stage; a call that the loss has no answer to is marked as impossible."""
    found = stage.variants(call)
    with np.errstate(all="ignore"):
        while True:
            try:
                variant = next(found)
            except StopIteration:
                return
            except IMPOSSIBLE:
                if not before:
                    raise
                return  # the mistake before has made values that this stage cannot start from
            made = variant.call
            of_all = made.reduce is not None and call.reduce is None and stage.ORDER <= LAST_OF_ROWS
            if (before and variant.alone) or (of_all and not call.whole):
                continue
            try:
                _ = made.tally
            except IMPOSSIBLE:
                made = replace(made, impossible=True)
            yield (*before, replace(variant, stage=stage.ORDER)), made


def _order(variants: tuple[Variant, ...]) -> int:
    return variants[-1].stage if variants else 0


def _on_numbers(starts: Iterable[Chain]) -> list[Trial]:
    """The calls with one more mistake of a stage that starts from the sums."""
    later = [stage for stage in stages() if stage.ORDER > LAST_OF_ROWS]
    return [t for variants, call in _more(starts, later) if (t := _trial(variants, call, "all")) is not None]


def _finished(sums: Mapping[Any, Chain], over: Over) -> list[Trial]:
    found = (_trial(variants, call, over) for variants, call in sums.values())
    return [trial for trial in found if trial is not None]


def _trial(variants: tuple[Variant, ...], call: Call, over: Over) -> Trial | None:
    if call.impossible:
        return None
    try:
        with np.errstate(all="ignore"):
            values = [float(call.number)] if over == "all" else call.losses if over == "rows" else call.of_documents
    except IMPOSSIBLE:
        return None
    return Trial(variants, call, tuple(values))


def _near(known: list[float], value: float) -> bool:
    at = bisect_left(known, value)
    return any(0 <= i < len(known) and _same(known[i], value) for i in (at - 1, at))


def _same(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=SAME) or (math.isnan(a) and math.isnan(b))


def _nearest(found: Sequence[Trial], numbers: Sequence[Observed]) -> list[Trial]:
    """The three closest, each of another value; what changes little says little."""
    near: list[Trial] = []
    for trial in sorted(found, key=lambda t: _distance(t, numbers)):
        if not trial.variants[0].alone and not any(map(_same, near[-1].values, trial.values) if near else ()):
            near.append(trial)
    return near[:3]


def _fits(trial: Trial, numbers: Sequence[Observed]) -> bool:
    return len(trial.values) == len(numbers) and all(n.holds(v) for n, v in zip(numbers, trial.values, strict=True))


def _distance(trial: Trial, numbers: Sequence[Observed]) -> float:
    if len(trial.values) != len(numbers):
        return math.inf
    off = [abs(v - n.value) for v, n in zip(trial.values, numbers, strict=True)]
    return math.inf if any(map(math.isnan, off)) else max(off)


def _candidates(trials: Sequence[Trial], numbers: Sequence[Observed]) -> list[Candidate]:
    """The trials that fit, those of one value together, best first."""
    fitting = sorted((t for t in trials if _fits(t, numbers)), key=lambda t: t.values)
    groups: list[list[Trial]] = []
    for trial in fitting:
        if groups and all(map(_same, groups[-1][0].values, trial.values)):
            groups[-1].append(trial)
        else:
            groups.append([trial])
    chance = _chance(trials, numbers) if groups else 0.0
    found = []
    for group in groups:
        group.sort(key=_rank)
        unique = {tuple(v.name for v in t.variants): t for t in reversed(group)}
        residual = (
            max(abs(v - n.value) for v, n in zip(group[0].values, numbers, strict=True))
            if math.isfinite(group[0].value)
            else 0.0
        )
        exact = all(
            abs(v - n.value) <= FLOAT32 * abs(n.value)
            for v, n in zip(group[0].values, numbers, strict=True)
            if math.isfinite(n.value)
        )
        found.append(Candidate(tuple(sorted(unique.values(), key=_rank)), chance, residual, exact))
    return sorted(found, key=lambda c: (not c.exact, *_rank(c.first)))


def _rank(trial: Trial) -> tuple[Any, ...]:
    given = sum(bool(set(v.changes) & v.call.given) for v in trial.variants)
    return (-trial.seen, -given, sum(len(v.changes) for v in trial.variants))


def _chance(trials: Sequence[Trial], numbers: Sequence[Observed]) -> float:
    """How many values of this tier an unrelated number of these digits would be expected to hit."""
    expected = math.inf
    for i, number in enumerate(numbers):
        v = abs(number.value)
        if not math.isfinite(v):
            return 1.0
        if not v:
            expected = min(expected, 1.0)
            continue
        near = sorted(t.values[i] for t in trials if len(t.values) > i and abs(t.values[i] - number.value) <= AMONG * v)
        different = sum(not _same(a, b) for a, b in pairwise(near)) + bool(near)
        one = (different + 0.5) / (v / 2) * number.width
        expected = one if expected == math.inf else expected * min(1.0, number.width / (v / 2))
    return expected

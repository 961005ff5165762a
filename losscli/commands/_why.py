"""Why a number is another one: the mistakes that give it, in words and as data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from losscli.compute.result import Result
from losscli.compute.variants import Call
from losscli.errors import CheckError, UsageError
from losscli.mistakes._search import Candidate, Explanation, Observed, Trial, Tried, observed
from losscli.reports import Page, Records, Show, Table
from losscli.text import counted

FEW = 5  # losses of rows that are written out
SHOWN = 4  # candidates that are shown


@dataclass
class WhyAnswer:
    """What gives a number, for people and for programs."""

    results: Iterator[Result]
    text: str
    show: Show
    format: str
    threads: int | None = None

    @cached_property
    def found(self) -> Explanation:
        return Tried(self._checked(), self.threads).explain(observed(self.text))

    def _checked(self) -> Iterator[Result]:
        for result in self.results:
            if result.of.entry.is_function:
                raise UsageError("--why is about a loss, but this is a function.")
            yield result

    def raise_if_unexplained(self) -> None:
        if self.found.tier == "none":
            raise CheckError(f"nothing that was tried gives {self.text}.")

    def pages(self) -> Iterator[Page]:
        yield page(self.found, self.show.digits)

    def record(self) -> dict[str, Any]:
        return record(self.found)

    def records(self) -> Iterator[Records]:
        yield Records({}, {key: [value] for key, value in self.record().items()}, {})

    def columns(self) -> Iterator[tuple[list[str], Iterable[list[Any]]]]:
        header = ["causes", "value", "residual", "chance", "says", "mend"]
        yield header, ([" ".join(c["causes"]), *(c[key] for key in header[1:])] for c in self.record()["candidates"])

    def numbers(self) -> Iterator[Any]:
        raise UsageError("--why answers in words: --quiet and --format value have no number for it. Use --json.")


def record(found: Explanation) -> dict[str, Any]:
    """The explanation as plain values; candidates and the nearest come best first."""
    value = [n.value for n in found.observed]
    single = len(value) == 1
    return {
        "command": found.entry.name,
        "loss": found.right.value if single else list(found.right.values),
        "observed": value[0] if single else value,
        "agrees": found.tier == "agrees",
        "tier": found.tier,
        "rounded": found.nearly,
        "candidates": [_candidate(c, single) for c in found.candidates],
        "nearest": [
            {"causes": _names(t), "value": t.value if single else list(t.values), "says": _says(t)}
            for t in found.nearest
        ],
        "tried": {"single": found.singles, "pairs": found.pairs},
    }


def _candidate(candidate: Candidate, single: bool) -> dict[str, Any]:
    first = candidate.first
    names = _names(first)
    if len(first.variants) == 1:
        names = list(dict.fromkeys(name for trial in candidate.trials for name in _names(trial)))
    return {
        "causes": names,
        "value": first.value if single else list(first.values),
        "residual": candidate.residual,
        "chance": candidate.chance,
        "verdict": candidate.verdict,
        "says": _says(first),
        "mend": " ".join(_sentence(v.mend) for v in first.variants if v.mend),
        "changes": {key: change for v in first.variants for key, change in v.changes.items()},
        "equal": [_names(trial) for trial in candidate.trials[1:]],
    }


def _names(trial: Trial) -> list[str]:
    return [v.name for v in trial.variants]


def _says(trial: Trial) -> str:
    return " and ".join(v.what for v in trial.variants)


def _short(trial: Trial) -> str:
    """The mistakes in a few words, for a line of a table."""
    return " and ".join(re.split(r" \(|[:;,] ", v.what)[0] for v in trial.variants)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].islower() and not text.startswith(("log1p", "logits[")) else text


def page(found: Explanation, digits: int) -> Page:
    """The explanation for people, with at least so many digits behind the point."""
    call = found.right.call
    title = found.entry.title
    written = ", ".join(n.text for n in found.observed)
    loss = ", ".join(_digits(v, n, digits) for v, n in zip(found.right.values, found.observed, strict=False)) or "nan"
    if found.tier == "agrees":
        agrees = "These are the losses of the rows." if len(found.observed) > 1 else "The number is right."
        return Page(f"{title} = {loss}", "", _size(call), [f"{written} agrees with it. {agrees}"])
    body: list[Table | str] = []
    if found.tier == "none":
        body += _nothing(found, written, digits)
    else:
        body += _causes(found, written, digits)
    return Page(f"{title} = {loss}, not {written}", "", _size(call), body)


def _size(call: Call) -> str:
    n = call.tally.count
    return counted(n, "loss", "losses") + (f", {call.tally.ignored} ignored" if call.tally.ignored else "")


def _causes(found: Explanation, written: str, digits: int) -> Iterator[Table | str]:
    best, *others = found.candidates
    if found.nearly:
        yield f"No mistake gives {written} to its last digit. If it was rounded on the way, it may be:"
    if best.verdict == "possible" and not others:
        yield f"{written} has too few digits to be sure."
    if others:
        few = "has too few digits to be sure" if best.verdict != "explains" else "fits more than one mistake"
        yield f"{written} {few}. It may be:"
        yield _choice(found.candidates[:SHOWN], found.observed[0], digits)
        left = len(found.candidates) - SHOWN
        if left > 0:
            yield f"{counted(left, 'more cause')} fit; --json has them all."
    if others or best.verdict == "possible":
        yield "To decide, give more digits, or the losses of single rows: --reduction none --why '...'."
    yield from _explained(best, found, written, digits, others=bool(others))


def _explained(best: Candidate, found: Explanation, written: str, digits: int, others: bool) -> Iterator[Table | str]:
    variants = best.first.variants
    lead = "The likeliest" if others else "It may be" if best.verdict == "possible" else written
    if len(variants) == 1:
        (only,) = variants
        yield f"{lead}: {only.what}. {only.why}".strip()
    else:
        yield f"{lead} needs two mistakes: {_short(best.first)}."
    equal = [_short(t) for t in best.trials[1:]]
    if equal:
        yield f"These data cannot tell it apart from: {'; or '.join(equal[:3])}. Other data would."
    if len(found.observed) == 1:
        yield _side_by_side(best.first, found, digits)
    mend = " ".join(_sentence(v.mend) for v in variants if v.mend)
    if mend:
        yield f"Mend it: {mend[0].lower() + mend[1:] if len(variants) == 1 else mend}"
    yield _by_chance(best, found.observed)


def _by_chance(candidate: Candidate, numbers: tuple[Observed, ...]) -> str:
    digits = sum(len(n.text.lower().partition("e")[0].replace("-", "").replace(".", "").lstrip("0")) for n in numbers)
    hits = f"That another cause hits {'these' if digits > 1 else 'this'} {counted(digits, 'digit')} by chance"
    if candidate.chance >= 0.5:
        return f"{hits} is to be expected: give more of them."
    if candidate.chance >= 0.01:
        return f"{hits}: about 1 in {max(2, round(1 / candidate.chance))}. One more digit would settle it."
    one_in = 1 / candidate.chance if candidate.chance else math.inf
    return f"{hits}: about 1 in {_round(one_in)}."


def _round(x: float) -> str:
    if not math.isfinite(x) or x > 1e9:
        return "a billion or more"
    size = 10 ** max(0, math.floor(math.log10(x)) - 1)
    return f"{round(x / size) * size:,}"


def _choice(candidates: tuple[Candidate, ...], number: Observed, digits: int) -> Table:
    rows = [[_digits(c.first.value, number, digits, 1), _short(c.first)] for c in candidates]
    return Table(["value", "cause"], rows, left={1})


def _side_by_side(wrong: Trial, found: Explanation, digits: int) -> Table:
    right, (number,) = found.right, found.observed
    rows = [
        ["yours", _working(wrong), f"= {_digits(wrong.value, number, digits, 1)}"],
        [found.entry.name, _working(right), f"= {_digits(right.value, number, digits, 1)}"],
    ]
    return Table(["", "", ""], rows, left={0, 1, 2})


def _working(trial: Trial) -> str:
    """`(0.1253 + 1.2069) / 2`: the sum and what divides it, as far as it can be written."""
    call = trial.call
    tally, ratio = call.tally, call.ratio
    above = f"{ratio.above:.6g}"
    rows = tally.rows or ()
    losses = [v for part in rows for v in part.by_row.tolist() if v or not tally.ignored]
    if 1 < len(losses) <= FEW and math.isclose(sum(losses), ratio.above, rel_tol=1e-9):
        above = "(" + " + ".join(f"{v:.4f}" for v in losses).replace("+ -", "- ") + ")"
    text = above if ratio.below == 1 and "/" not in above else f"{above} / {ratio.below:.6g}"
    if call.linked_by is not None and call.linked and call.reduction != "sum":
        text = f"{call.linked_by.name}({text})"
    units = [v.changes["reduction"] for v in trial.variants if v.call.unit is not None and "reduction" in v.changes]
    return f"{units[-1]},  loss = {text}" if call.unit is not None and units else text


def _digits(value: float, number: Observed, least: int, more: int = 0) -> str:
    """A value with as many digits as the number has that it is compared with."""
    if not math.isfinite(value):
        return str(value)
    mantissa = number.text.lower().partition("e")[0]
    decimals = max(least, len(mantissa.partition(".")[2]))
    if "e" in number.text.lower() or (value and abs(value) < 10.0 ** (1 - decimals)):
        return f"{value:.{max(1, decimals)}g}"
    return f"{value:.{min(17, decimals + more)}f}"


def _nothing(found: Explanation, written: str, digits: int) -> Iterator[Table | str]:
    pairs = f" and {found.pairs:,} pairs of mistakes" if found.pairs else ""
    skipped = f" Not tried: {found.skipped}." if found.skipped else ""
    yield f"No mistake that losscli knows gives {written}: {found.singles:,} single ones{pairs} were tried.{skipped}"
    if found.nearest:
        yield "The nearest:"
        number = found.observed[0]
        yield Table(
            ["value", "off", "cause"],
            [[_digits(t.value, number, digits, 1), f"{t.value - number.value:+.2g}", _short(t)] for t in found.nearest],
            left={2},
        )
    if len(found.observed) == 1:
        yield from _named(found.observed[0].value, found.right)
    yield (
        "What no calculator can see: dropout that was on, another checkpoint, other rows or another order, "
        "augmentation, a loss added to this one. Compare the losses of single rows: --reduction none here, "
        "reduction='none' there."
    )


def _named(v: float, right: Trial) -> Iterator[str]:
    """The quotient and the difference, where they have a name."""
    call, loss = right.call, right.value
    names = {
        "the number of rows": float(call.tally.count),
        "the number of classes": float(call.classes or 0),
        "ln 2": math.log(2),
        "ln 10": math.log(10),
        "2": 2.0,
        "the number of batches": float(len(call.tally.documents)),
        "ln of the number of classes": math.log(call.classes) if call.classes else 0.0,
        "100": 100.0,
        "pi": math.pi,
    }
    for sign, of in (("times", v / loss if loss else math.nan), ("divided by", loss / v if v else math.nan)):
        for name, number in names.items():
            if number not in (0.0, 1.0) and math.isfinite(of) and abs(of - number) <= 5e-4 * number:
                yield f"It is the loss {sign} {name}, {number:g}."
                return
    for name, number in names.items():
        if number and abs(abs(v - loss) - number) <= 5e-4 * number:
            yield f"It is the loss {'plus' if v > loss else 'minus'} {name}, {number:g}."
            return

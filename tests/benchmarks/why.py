"""How often --why finds the true cause, and how often chance does: `python -m tests.benchmarks why [FILE ...]`.

A FILE has one case a line: the command, the document as it should be, the number that was observed, as text, and the
name of the cause; `also` names others that are right, too. Without one, the cases are tests/why-cases.jsonl. A cause
counts as found first if it, or one that gives the same number on these data, is the first candidate. With --quick, the
chance table draws few numbers.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import losscli
from losscli.catalogue import find
from losscli.mistakes._search import Candidate, Explanation, Tried, observed
from tests.benchmarks.arrays import npy
from tests.benchmarks.measure import LOSSCLI, at_most, megabytes, run, show, verdict

CASES = Path(__file__).parents[1] / "why-cases.jsonl"
NOTHING = {"none-expected": "none", "no-difference": "agrees"}  # tags of what is no mistake, and the tier it is
WITHIN = 4.0  # unrelated numbers are drawn within this factor of the loss
DIGITS = (3, 4, 5, 6)
ROWS = [[2.1, 0.3, -1.2], [0.4, 1.7, 0.2], [-0.5, 0.1, 0.9], [1.3, 1.1, -0.4]]
ELEMENTS = {"logits": [[0.8, -1.1, 2.0], [0.3, 0.5, -0.7]], "labels": [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]}
CHANCE: list[tuple[str, dict[str, Any]]] = [  # command and document, from few options to many
    ("mse", {"input": [2.5, 0.0, 2.0, 8.0], "target": [3.0, -0.5, 2.1, 7.0]}),
    ("ce", {"logits": ROWS, "labels": [0, 1, 2, 1]}),
    ("ce", {"logits": [*ROWS, [0.2, 1.5, -0.3]], "labels": [0, 1, 2, 1, 0], "weight": [1.0, 2.0, 0.5],
            "label_smoothing": 0.1, "ignore_index": 0}),
    ("bce-logits", {**ELEMENTS, "pos_weight": [3.0, 1.0, 0.5]}),
    ("focal", {**ELEMENTS, "alpha": 0.25, "gamma": 2.0}),
    ("dice", {"logits": [[0.9, 0.8, 0.2, 0.1], [0.6, 0.3, 0.7, 0.2]], "mode": "binary", "from_logits": False,
              "labels": [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]], "overlap": "product"}),
    ("kl", {"log_probs": np.log([[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]).tolist(), "target": [[0.2, 0.2, 0.6],
            [0.1, 0.5, 0.4]], "reduction": "batchmean"}),
    ("info-nce", {"anchor": [[1.0, 0.2, 0.1], [0.1, 1.0, 0.3], [0.4, 0.1, 0.9]], "temperature": 0.5,
                  "positive": [[0.9, 0.3, 0.3], [0.5, 0.8, 0.1], [0.1, 0.2, 1.0]]}),
]  # fmt: skip


def tried(command: str, document: Any) -> Tried:
    """One document, or a list of several, with all mistakes tried on it."""
    entry = find("losses", command)
    assert entry is not None, command
    documents = document if isinstance(document, list) else [document]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd input, which is no concern here
        results = [getattr(losscli, entry.path.stem)(**each) for each in documents]
    return Tried(results)


def names(candidate: Candidate) -> set[str]:
    """The names of all causes that the data cannot tell apart; two at once as `pair:a+b`, in order of the alphabet."""
    single = (
        t.variants[0].name if len(t.variants) == 1 else pair(v.name for v in t.variants) for t in candidate.trials
    )
    return set(single)


def pair(two: Any) -> str:
    return "pair:" + "+".join(sorted(two))


def wanted(case: dict[str, Any]) -> set[str]:
    """The names of a case's true cause."""
    also = (pair(name[5:].split("+")) if name.startswith("pair:") else name for name in case.get("also", ()))
    return {case["tag"], *also}


def place(found: Explanation, case: dict[str, Any]) -> int | None:
    """Where the true cause stands among the candidates, from 0; None if it is not among them."""
    if case["tag"] in NOTHING:
        return 0 if found.tier == NOTHING[case["tag"]] else None
    return next((i for i, candidate in enumerate(found.candidates) if names(candidate) & wanted(case)), None)


def shown(found: Explanation, few: int = 3) -> str:
    if not found.candidates:
        return found.tier
    return "; ".join(f"{'/'.join(sorted(names(c))[:3])} {c.first.value:.7g}" for c in found.candidates[:few])


def run_cases(path: Path) -> None:
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    first = three = later = 0
    missed, false = [], []
    nothing = sum(case["tag"] in NOTHING for case in cases)
    slowest = 0.0
    for number, case in enumerate(cases, 1):
        start = time.perf_counter()
        found = tried(case["cmd"], case["doc"]).explain(observed(case["observed_text"]))
        slowest = max(slowest, time.perf_counter() - start)
        at = place(found, case)
        is_nothing = case["tag"] in NOTHING
        if is_nothing and at is None:
            false.append((number, case, found))
        if is_nothing:
            continue
        first += at == 0
        three += at is not None and at < 3
        later += at is not None and at >= 3
        if at != 0:
            missed.append((number, case, found, at))
    explainable = len(cases) - nothing
    print(f"\n{path.name}: {len(cases)} cases, the slowest in {slowest:.2f} s")
    print(f"  the true cause first            {first:4} of {explainable}   {first / max(1, explainable):.1%}")
    print(f"  among the first three           {three:4}")
    print(f"  further down                    {later:4}")
    print(f"  not at all                      {explainable - three - later:4}")
    print(f"  false explanations              {len(false):4} of {nothing} without one")
    for number, case, found, at in missed:
        where = "missed" if at is None else f"place {at + 1}"
        print(f"  {where}, line {number}: {case['cmd']} {case['observed_text']} {'|'.join(sorted(wanted(case)))}")
        print(f"      found {shown(found)}    {case['source']}: {case['cause']}")
    for number, case, found in false:
        print(f"  FALSE, line {number}: {case['cmd']} {case['observed_text']} by {shown(found)}    {case['source']}")


def chance_table(draws: int, pairs: int) -> None:
    """How many unrelated numbers are hit by some single cause, and by some pair that would be shown."""
    rng = np.random.default_rng(11)
    print("\nUnrelated numbers that are hit, by their digits: by a single cause, and by one or two that would be shown")
    print(f"{'':28}" + "".join(f"{d} digits".rjust(16) for d in DIGITS))
    for command, document in CHANCE:
        causes = tried(command, document)
        loss, row = causes.as_it_is("all").value, []
        values = [trial.value for trial in causes.singles("all")]
        for digits in DIGITS:
            drawn = [text(v, digits) for v in loss * WITHIN ** rng.uniform(-1, 1, draws)]
            single = [hit(values, t) for t in drawn]
            both = [causes.explain(observed(t)).tier in ("single", "pair") for t in drawn[:pairs]]
            row.append(f"{np.mean(single):8.1%}{np.mean(both):8.1%}")
        options = ", ".join(key for key in document if key in ("weight", "pos_weight", "reduction"))
        print(f"{command + (f' ({options})' if options else ''):28}" + "".join(row), flush=True)


def text(value: float, digits: int) -> str:
    """A number with so many digits that count, zeros at the end among them."""
    return f"{value:#.{digits}g}"


def hit(values: Sequence[float], written: str) -> bool:
    """Whether one of the values is this number, to its digits."""
    (number,) = observed(written)
    return any(map(number.holds, values))


def large(quick: bool) -> None:
    """All single mistakes on a file of 400 MB against the loss alone: whole processes, time and peak memory."""
    with TemporaryDirectory() as folder:
        arguments, size = npy(Path(folder), 4e8 / (20 if quick else 1))
        plain = run(LOSSCLI, "ce", *arguments, "-q")
        asked = run(LOSSCLI, "ce", *arguments, "--why", plain.output.strip(), "--json")
    ratio = asked.seconds / plain.seconds
    cells = (megabytes(size), f"{plain.seconds:.2f} s", f"{asked.seconds:.2f} s", f"{ratio:.1f}", megabytes(asked.peak))
    header = ("ce of a .npy", "loss alone", "--why", "ratio", "peak", "target", "")
    show("All single mistakes on a large file", header, [(*cells, *verdict(ratio, at_most(25)))])


def main(quick: bool, files: Sequence[str] = ()) -> None:
    for path in map(Path, files or [str(CASES)]):
        run_cases(path)
    if not files:
        large(quick)
        chance_table(*((200, 20) if quick else (2000, 500)))

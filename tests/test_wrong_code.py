"""--why finds each mistake in the number of the wrong code itself: mistakes.py makes them, with the libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from losscli.mistakes._search import observed
from tests.benchmarks.why import names, tried

CASES = [json.loads(line) for line in Path(__file__).with_name("mistakes.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case['command']}" for i, case in enumerate(CASES)])
def test_the_wrong_codes_number_is_explained_by_its_mistake(case: dict[str, Any]) -> None:
    causes = tried(case["command"], case["document"])
    missed = []
    for name, number in case["wrong"]:
        found = causes.explain(observed(f"{number:#.7g}"))
        if not found.candidates or name not in names(found.candidates[0]):
            others = [sorted(names(c)) for c in found.candidates[:3]] or found.tier
            missed.append((name, number, others, found.right.value))
    assert not missed

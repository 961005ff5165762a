"""Every loss has tests: a reference, golden cases, the golden file that they made, and a claim for each library."""

from __future__ import annotations

from typing import Any

import pytest

from losscli.catalogue import Entry
from tests.catalogue import ENTRIES, FOLDER, missing


def gaps() -> list[Any]:
    """Each loss, once for each thing that it lacks."""
    return [
        pytest.param(entry, told, id=" ".join(filter(None, (entry.name, what))))
        for entry in ENTRIES
        for what, told in list(missing(entry)) or [("", "")]
    ]


@pytest.mark.parametrize(("entry", "told"), gaps())
def test_a_loss_has_a_reference_a_golden_file_and_claims(entry: Entry, told: str) -> None:
    if told:
        pytest.fail(told.replace("NAME", entry.path.stem), pytrace=False)


def test_no_tests_are_left_of_a_loss_that_is_gone() -> None:
    stems = {path.name.partition(".")[0] for path in FOLDER.glob("[!_]*.*")}
    assert not stems - {entry.path.stem for entry in ENTRIES}

"""Every loss is documented and has tests: a reference, golden cases and their file, and a claim for each library."""

from __future__ import annotations

from typing import Any

import pytest

from losscli.catalogue import ROOT, Entry
from tests.catalogue import ALL, FOLDER, missing, named


def gaps() -> list[Any]:
    """Each loss, once for each thing that it lacks."""
    return [
        pytest.param(entry, told, id=" ".join(filter(None, (named(entry), what))))
        for entry in ALL
        for what, told in list(missing(entry)) or [("", "")]
    ]


@pytest.mark.parametrize(("entry", "told"), gaps())
def test_nothing_is_missing(entry: Entry, told: str) -> None:
    if told:
        file = entry.path.relative_to(ROOT.parent).as_posix()
        pytest.fail(told.replace("LOSS", file).replace("NAME", entry.path.stem), pytrace=False)


def test_no_tests_are_left_of_a_loss_that_is_gone() -> None:
    stems = {path.name.partition(".")[0] for path in FOLDER.glob("[!_]*.*")}
    assert not stems - {entry.path.stem for entry in ALL}

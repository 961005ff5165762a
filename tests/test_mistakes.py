"""The laws of --why: every mistake is found by its own number, and nothing else is claimed.

Whether a mistake is the one that people make is shown elsewhere: by numbers that the wrong code itself has given.
"""

from __future__ import annotations

import warnings
from typing import Any

from losscli.catalogue import find
from losscli.compute.loss import Loss
from losscli.compute.settings import Settings
from losscli.compute.variants import parts
from losscli.documents import single
from losscli.mistakes import _search as search


def result_of(name: str, document: dict[str, Any], **settings: Any) -> Any:
    entry = find("losses", name)
    assert entry is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Loss(entry).result(single(document), Settings(**settings))


def why(name: str, document: dict[str, Any], text: str, **settings: Any) -> search.Explanation:
    return search.explained(parts(result_of(name, document, **settings)), search.observed(text))

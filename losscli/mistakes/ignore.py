"""ignore: Other rows are left out than those that should be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call
from losscli.mistakes import Variant, mistake
from losscli.mistakes.input import NO_LABEL

ORDER = 3


def variants(call: Call) -> Iterator[Variant]:
    parameter = call.loss.declaration.ignored_label
    if parameter is None or not call.by_index or call.classes is None:
        return
    option, y, classes = parameter.name, call.t, call.classes
    now = call[option]
    ignored = y == now
    if ignored.any() and 0 <= now < classes:
        yield mistake(
            "ignore-not-applied",
            call.having(**{option: NO_LABEL}),
            f"the rows with the label {now} counted",
            f"With {option} {now} these rows count for nothing.",
            f"give {option}={now} to the loss.",
            3,
            **{option: "not given"},
        )
    if not ignored.any() or now != 0:
        for label in {0, classes - 1}:
            if (y == label).any() and label != now:
                yield mistake(
                    "ignore-wrongly-applied",
                    _ignoring(call, label, option, now),
                    f"the rows with the label {label} left out",
                    f"Label {label} is a class like the others.",
                    f"set {option} to a label that is no class, such as -100.",
                    6 if label == 0 else 1,
                    **{option: str(label)},
                )


def _ignoring(call: Call, label: int, option: str, now: int) -> Call:
    """The call with another label left out; what was ignored before stays so."""
    y = call.t
    return call.having(**{call.target: np.where(y == now, label, y), option: label})

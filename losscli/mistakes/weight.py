"""weight: Weights are left out, applied to something else, or scaled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from losscli.compute.variants import Call
from losscli.mistakes import Variant, mistake, times

ORDER = 4


def variants(call: Call) -> Iterator[Variant]:
    for name, marker in call.loss.declaration.arrays.items():
        if marker.suspicion == "negative weight" and call.get(name) is not None and name != "alpha":
            if name == "pos_weight":
                yield from _of_positives(call)
            else:
                yield from _of_rows_or_classes(call, name, marker.has_rows)


def _of_rows_or_classes(call: Call, name: str, by_row: bool) -> Iterator[Variant]:
    w = call[name]
    of = "rows" if by_row else "classes"
    kept = w[call.counts] if by_row and len(w) == len(call.counts) else w
    changes: list[tuple[str, Any, str, str, int, str]] = [
        ("weights-ignored", None, f"the weights of the {of} left out", "", 6, "not given"),
        ("weights-twice", w * w, f"the weights of the {of} applied twice", "They multiply the loss once.", 6, "w * w"),
    ]
    if w.all():
        changes += [("weights-inverted", 1 / w, "1 / weight in the place of the weights", "", 6, "1 / w")]
    if kept.size and kept.sum() and not by_row:
        mean, total = kept.sum() / kept.size, kept.sum()
        scaled = "which changes the sum, but not the mean"
        changes += [
            (
                "weights-normalised",
                w / mean,
                f"the weights scaled to a mean of 1 first, {scaled}",
                "",
                6,
                "w / mean(w)",
            ),
            ("weights-normalised", w / total, f"the weights scaled to a sum of 1 first, {scaled}", "", 6, "w / sum(w)"),
        ]
    elif kept.size and kept.sum() and call.whole:
        changes += [
            ("weights-normalised", w / kept.mean(), "the weights scaled to a mean of 1 first", "", 6, "w / mean(w)"),
            ("weights-normalised", w / kept.sum(), "the weights scaled to a sum of 1 first", "", 6, "w / sum(w)"),
        ]
    if not by_row and len(w) > 1:
        changes += [
            ("weights-reversed", w[::-1].copy(), "the weights of the classes in reverse order", "", 1, "w[::-1]"),
        ]
    if call.weights is not None:
        each = call.weights if call.weights.ndim == call.terms.value.ndim else call.weights[:, None]
        yield mistake(
            "weights-twice",
            times(call, each),
            f"the weights of the {of} applied twice, but counted once in the divisor",
            "They multiply the loss once.",
            "give the weights to the loss, and do not multiply again.",
            4,
            **{name: f"{name} * {name}"},
        )
    for key, changed, what, why, seen, code in changes:
        why = why or "Weight c multiplies the loss of the rows with label c." * (not by_row)
        mend = "give the weights to the loss as they are."
        yield mistake(key, call.having(**{name: changed}), what, why, mend, seen, **{name: code.replace("w", name)})


def _of_positives(call: Call) -> Iterator[Variant]:
    pos, x, t = call["pos_weight"], call.x, call.t
    w = 1.0 if call.get("weight") is None else call["weight"]

    def rows(factor_on: Any, factor_off: Any) -> Call:
        """Positive and negative terms with factors of their own."""
        return call.computing(
            lambda: w * (factor_on * t * np.logaddexp(0, -x) + factor_off * (1 - t) * np.logaddexp(0, x))
        )

    why = "pos_weight multiplies the term of the label 1 alone: w t log p + (1 - t) log(1 - p)."
    changes = [
        (
            "pos-weight-ignored",
            call.having(pos_weight=None),
            "pos_weight left out",
            "give pos_weight to the loss.",
            8,
            "not given",
        ),
        (
            "pos-weight-on-negatives",
            rows(1.0, pos),
            "pos_weight on the negative terms",
            "put it on the term of the label 1.",
            8,
            "on 1 - t",
        ),
        (
            "pos-weight-as-weight",
            rows(pos, pos),
            "pos_weight taken as the weight of each element",
            "give it as pos_weight.",
            8,
            "as weight",
        ),
        (
            "pos-weight-whole-element",
            rows(1 + (pos - 1) * t, 1 + (pos - 1) * t),
            "the whole element multiplied by 1 + (pos_weight - 1) t, as Paddle does",
            "use labels of 0 and 1.",
            4,
            "1 + (pos_weight - 1) t",
        ),
        (
            "pos-weight-twice",
            call.having(pos_weight=pos * pos),
            "pos_weight applied twice",
            "apply it once.",
            2,
            "pos_weight^2",
        ),
    ]
    if np.all(pos):
        changes.append(
            (
                "pos-weight-inverted",
                call.having(pos_weight=1 / pos),
                "1 / pos_weight in its place",
                "it is the number of negatives over that of positives.",
                8,
                "1 / pos_weight",
            )
        )
        changes.append(
            (
                "pos-weight-share",
                rows(pos / (1 + pos), 1 / (1 + pos)),
                "positives and negatives weighted to sum to 1",
                "pos_weight leaves the negatives as they are.",
                2,
                "pos_weight / (1 + pos_weight)",
            )
        )
    columns = len(call.shape) > 2 and call.shape[-1] == call.shape[-2]
    if columns:
        square = pos.reshape(*call.shape).swapaxes(-1, -2).reshape(-1)
        changes.append(
            (
                "pos-weight-wrong-axis",
                call.having(pos_weight=square),
                "pos_weight along the other axis",
                "give it one number for each class, the last axis.",
                3,
                "along the rows",
            )
        )
    for key, made, what, mend, seen, code in changes:
        yield mistake(key, made, what, why, mend, seen, pos_weight=code)

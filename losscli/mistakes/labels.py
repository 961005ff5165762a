"""labels: The labels are not what the loss takes them for.

They are counted from another number, flipped, rounded, or belong to another row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from losscli.compute.variants import Call, parts
from losscli.mistakes import Variant, mistake

ORDER = 2


def variants(call: Call) -> Iterator[Variant]:
    labels = call.loss.declaration.arrays.get(call.target)
    if call.by_index and call.classes is not None:
        yield from _indices(call, call.classes)
    elif labels is not None and labels.kind in ("sign", "strict sign"):
        yield from _signs(call)
    elif call.target == "labels" and isinstance(call.t, np.ndarray) and call.t.dtype.kind == "f":
        yield from _shares(call)
    if call.name == "multilabel-margin":
        yield from _multi_hot(call)
    if call.name == "ctc":
        yield from _ctc(call)
    yield from _shifted(call)


def _indices(call: Call, classes: int) -> Iterator[Variant]:
    y, name = call.t, call.target
    ignored = call.loss.declaration.ignored_label
    counts = np.ones(len(y), bool) if ignored is None else y != call[ignored.name]

    def with_labels(changed: Any) -> Call:
        return call.having(**{name: np.where(counts, changed, y)})

    yield mistake(
        "labels-off-by-one",
        with_labels(y + 1),
        "labels counted from 1, taken as if from 0 (each label one too high)",
        f"The labels of {classes} classes are 0 to {classes - 1}.",
        "subtract 1 from the labels.",
        4,
        **{name: f"{name} + 1"},
    )
    yield mistake(
        "labels-off-by-one",
        with_labels((y - 1) % classes),
        "labels one too low (-1 is the last class, as in NumPy)",
        f"The labels of {classes} classes are 0 to {classes - 1}.",
        "add 1 to the labels.",
        4,
        **{name: f"{name} - 1"},
    )
    flipped = classes == 2
    if classes > 1:
        yield mistake(
            "labels-flipped" if flipped else "classes-reversed",
            with_labels(classes - 1 - y),
            "the labels 0 and 1 exchanged" if flipped else "the classes in reverse order",
            "Label c is column c of the predictions.",
            "check the order of the columns.",
            3,
            **{name: f"{classes - 1} - {name}"},
        )
    if call.family in ("multiclass", "sequence") and call.whole and len(y) > 1:
        yield mistake(
            "labels-reversed",
            call.having(**{name: y[::-1].copy()}),
            "the labels in reverse order, against the rows",
            "Row i of the labels belongs to row i of the predictions.",
            "check the order of the rows.",
            0,
            **{name: f"{name}[::-1]"},
        )


def _signs(call: Call) -> Iterator[Variant]:
    t, name = call.t, call.target
    yield mistake(
        "hinge-01-labels",
        call.having(**{name: (t > 0) * 1.0}),
        "labels 0 and 1 put into the formula as they are, where -1 and 1 belong",
        "A label is -1 or 1; with 0 the score has no say.",
        "turn the labels into 2 t - 1.",
        7,
        **{name: f"({name} + 1) / 2"},
    )
    yield mistake(
        "labels-flipped",
        call.having(**{name: -t}),
        "the labels -1 and 1 exchanged",
        "1 is the label of what scores high.",
        "change the sign of the labels.",
        3,
        **{name: f"-{name}"},
    )


def _shares(call: Call) -> Iterator[Variant]:
    """Labels from 0 to 1: of elements, or a distribution over classes."""
    t, name = call.t, call.target
    from_0_to_1 = bool(((t >= 0) & (t <= 1)).all())
    if not from_0_to_1:
        return
    distribution = call.classes is not None and t.ndim == 2 and call.loss.declaration.arrays[name].kind == "label"
    soft = bool(((t > 0) & (t < 1)).any())
    if distribution:
        best = np.zeros_like(t)
        best[np.arange(len(t)), t.argmax(axis=1)] = 1.0
        first = np.zeros_like(t)
        first[:, 0] = 1.0
        if soft:
            yield mistake(
                "labels-argmaxed",
                call.having(**{name: best}),
                "the argmax of the soft labels",
                "Class probabilities count with all their classes.",
                "give them as floats, in the shape of the logits.",
                7,
                **{name: f"one_hot(argmax({name}))"},
            )
            yield mistake(
                "labels-truncated",
                call.having(**{name: first}),
                "soft labels cut to whole numbers, whose argmax is class 0",
                "Class probabilities are floats.",
                "do not cast the labels to int.",
                7,
                **{name: f"one_hot(argmax(int({name})))"},
            )
        yield mistake(
            "classes-reversed",
            call.having(**{name: t[:, ::-1].copy()}),
            "the classes in reverse order",
            "Column c of the labels is column c of the predictions.",
            "check the order of the columns.",
            3,
            **{name: f"{name}[:, ::-1]"},
        )
        return
    yield mistake(
        "labels-flipped",
        call.having(**{name: 1 - t}),
        "the labels 0 and 1 exchanged",
        "1 is the label of what scores high.",
        "give 1 - t.",
        3,
        **{name: f"1 - {name}"},
    )
    if soft:
        for how, changed in (("rounded", np.round(t)), ("truncated", np.floor(t)), ("rounded up", np.ceil(t))):
            yield mistake(
                "labels-truncated" if how == "truncated" else "labels-rounded",
                call.having(**{name: changed}),
                f"soft labels {how} to 0 and 1",
                "Labels between 0 and 1 count as they are.",
                "do not cast the labels to int.",
                7,
                **{name: f"{'floor' if how == 'truncated' else 'round'}({name})"},
            )
    if call.family == "binary":
        signs = call.having(**{name: 2 * t - 1})
        yield mistake(
            "labels-as-signs",
            signs,
            "labels -1 and 1 where 0 and 1 belong",
            "A label is 0 or 1.",
            "give (t + 1) / 2.",
            7,
            **{name: f"2 * {name} - 1"},
        )


def _multi_hot(call: Call) -> Iterator[Variant]:
    """A row of zeros and ones read as a list of classes."""
    lists, name = call.t, call.target
    hot = np.zeros(call.x.shape, dtype=np.int64)
    for row, classes in enumerate(lists):
        ends = np.flatnonzero(classes < 0)
        hot[row, classes[: ends[0]] if ends.size else classes] = 1
    yield mistake(
        "multihot-as-indices",
        call.having(**{name: hot}),
        "a row of zeros and ones read as a list of class indices",
        "The labels of a row are the indices of its classes; -1 ends the list.",
        "give the indices, or use `multilabel-soft-margin` for zeros and ones.",
        7,
        **{name: f"multi_hot({name})"},
    )


def _ctc(call: Call) -> Iterator[Variant]:
    x, targets = call.x, call.t
    frames, classes = x.shape[0], x.shape[-1]
    sequences = x.shape[1] if x.ndim == 3 else 1
    if call.get("input_lengths") is not None:
        yield mistake(
            "ctc-full-input-lengths",
            call.having(input_lengths=np.full(sequences, frames)),
            f"all {frames} frames counted, padding too",
            "input_lengths says how many frames of each sequence count.",
            "give the lengths before padding.",
            5,
            input_lengths=str(frames),
        )
    if call.get("target_lengths") is not None and targets.ndim == 2:
        yield mistake(
            "ctc-target-padding",
            call.having(target_lengths=np.full(sequences, targets.shape[1])),
            f"all {targets.shape[1]} labels of each row counted: the padding is aligned, too",
            "target_lengths says how many labels of each sequence count.",
            "give the lengths before padding.",
            5,
            target_lengths=str(targets.shape[1]),
        )
    for blank in {0, classes - 1} - {call["blank"]}:
        yield mistake(
            "ctc-blank",
            call.having(blank=blank),
            f"class {blank} taken for the blank",
            f"The blank is class {call['blank']}; TensorFlow's is the last class.",
            "set the blank that the model was trained with.",
            5,
            blank=str(blank),
        )


def _shifted(call: Call) -> Iterator[Variant]:
    """Tokens that predict themselves, the next one, or the one after it."""
    result = call.source
    if result is None or not call.by_index or call.family not in ("sequence", "multiclass"):
        return
    if "shift" in call.values and call["shift"]:
        again = next(parts(result.under(shift=False)))()
        yield mistake(
            "lm-no-shift",
            again,
            "the labels not shifted: each token predicts itself",
            "A language model's logits at a token predict the next one.",
            "compare logits[:, :-1] with labels[:, 1:].",
            7,
            shift="false",
        )
        call = again
    if call.classes is None or len(call.shape) < 2 or call.shape[-1] < 3:
        return
    rows, classes = call.shape, call.classes
    x, y = call.x.reshape(*rows, classes), call.t.reshape(rows)
    shifted = bool(result.arguments.options.get("shift"))
    for by in (1, 2):
        if by == 1 and shifted:
            continue
        cut = (*rows[:-1], rows[-1] - by)
        made = call.having(
            **{call.first: x[..., :-by, :].reshape(-1, classes), call.target: y[..., by:].reshape(-1)}
        ).shaped(cut)
        yield mistake(
            "lm-shift-twice" if by == 2 else "lm-shift",
            made,
            "the labels shifted twice" if by == 2 else "the labels shifted by one token",
            "The logits at a token are compared with the label in the same place."
            if not shifted
            else "The labels are shifted by one token.",
            "shift once: models of Hugging Face shift the labels inside.",
            7,
            **{call.target: f"{call.target}[..., {by}:]"},
        )

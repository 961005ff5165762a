"""The arguments of CTC, padded or concatenated targets with their lengths: brought into one form and checked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.compute.suspicions import not_log_probabilities
from losscli.declare import AnyArray, Bools, Floats, Ints
from losscli.errors import DataError, UsageError
from losscli.losses.sequence._alignments import Batch
from losscli.text import counted, there_are_classes


def batch(
    log_probs: Floats, targets: Ints, input_lengths: Ints | None, target_lengths: Ints | None, blank: int
) -> Batch:
    """The arguments with a batch axis, and each sequence's targets in a row of their own."""
    by_frame = log_probs if log_probs.ndim == 3 else log_probs[:, None]
    frames, n, _ = by_frame.shape
    given_frames = _lengths(input_lengths, n, frames)
    labels = _lengths(target_lengths, n, targets.shape[-1])
    at = _places(targets, labels)
    padded = targets.reshape(-1)[np.where(_inside(labels, at), at, 0)] if targets.size else np.zeros_like(at)
    return Batch(by_frame, np.where(_inside(labels, at), padded, blank), given_frames, labels)


def _lengths(given: Ints | None, n: int, default: int) -> Ints:
    return np.full(n, default) if given is None else np.broadcast_to(given.reshape(-1), n)


def _places(targets: Ints, labels: Ints) -> Ints:
    """The position of each label in the flat targets: (N, S)."""
    n, longest = len(labels), int(labels.max(initial=0))
    first = np.arange(n) * targets.shape[1] if targets.ndim == 2 else np.cumsum(labels) - labels
    return first[:, None] + np.arange(longest)


def _inside(labels: Ints, at: AnyArray) -> Bools:
    return np.arange(at.shape[1]) < labels[:, None]


def frames_needed(batch: Batch) -> Ints:
    """How many frames an alignment takes: one per label, and one for a blank between two equal labels."""
    repeats = batch.targets[:, 1:] == batch.targets[:, :-1]
    needed: Ints = batch.labels + (repeats & _inside(batch.labels - 1, repeats)).sum(axis=1)
    return needed


def check(
    log_probs: Floats,
    targets: Ints,
    input_lengths: Ints | None,
    target_lengths: Ints | None,
    blank: int,
    zero_infinity: bool,
) -> Iterator[str]:
    """Raises for lengths and labels that do not fit; warns of suspicious log-probabilities and unalignable targets."""
    frames, classes = len(log_probs), log_probs.shape[-1]
    n = log_probs.shape[1] if log_probs.ndim == 3 else 1
    if blank >= classes:
        raise UsageError(f"`blank` is {blank}, but {there_are_classes(classes)}.")
    concatenated, most = targets.ndim == 1, targets.shape[-1]
    if concatenated and target_lengths is None and log_probs.ndim == 3 and n != 1:
        raise DataError(f"`targets` is one row for {n} sequences: `target_lengths` says where each of them ends.")
    _check_lengths("input_lengths", input_lengths, frames, f"`log_probs` has {counted(frames, 'frame')}")
    _check_lengths("target_lengths", target_lengths, most, f"`targets` has {counted(most, 'label')}")
    labels = _lengths(target_lengths, n, most)
    if concatenated and labels.sum() != most:
        raise DataError(f"`target_lengths` add up to {labels.sum()}, but `targets` has {counted(most, 'label')}.")
    at = _places(targets, labels)
    _check_labels(targets, np.sort(at[_inside(labels, at)]), classes, blank)
    whole = batch(log_probs, targets, input_lengths, target_lengths, blank)
    yield from _suspicious_log_probs(whole)
    short = np.flatnonzero(frames_needed(whole) > whole.frames)
    if short.size:
        i = int(short[0])
        which = f" {i}" if log_probs.ndim == 3 else ""
        more = f", and {short.size - 1} more" if short.size > 1 else ""
        yield (
            f"sequence{which} cannot be aligned: its {counted(int(whole.labels[i]), 'label')} and the blanks between "
            f"equal ones take {counted(int(frames_needed(whole)[i]), 'frame')}, "
            f"but {whole.frames[i]} count{more}. The loss is "
            f"{'0, by `zero_infinity=True`' if zero_infinity else 'infinite; `zero_infinity=True` makes it 0'}."
        )


def _check_lengths(name: str, given: Ints | None, most: int, why: str) -> None:
    if given is None:
        return
    wrong = np.flatnonzero((given.reshape(-1) < 0) | (given.reshape(-1) > most))
    if wrong.size:
        place = f"[{wrong[0]}]" if given.ndim else ""
        raise DataError(f"`{name}`{place} is {given.reshape(-1)[wrong[0]]}, but {why}.")


def _check_labels(targets: Ints, places: Ints, classes: int, blank: int) -> None:
    flat = targets.reshape(-1)
    found = flat[places]
    wrong = places[(found < 0) | (found >= classes) | (found == blank)]
    if not wrong.size:
        return
    place = ", ".join(str(int(i)) for i in np.unravel_index(wrong[0], targets.shape))
    label = int(flat[wrong[0]])
    if label == blank:
        raise DataError(
            f"`targets`[{place}] is {label}, which is the blank. If it is padding, give `target_lengths`; "
            "if another class is the blank, set `blank`."
        )
    raise DataError(f"`targets`[{place}] is {label}, but {there_are_classes(classes)}.")


def _suspicious_log_probs(whole: Batch) -> Iterator[str]:
    used = np.arange(len(whole.log_probs))[:, None] < whole.frames
    with np.errstate(all="ignore"):  # inf - inf is not a log-probability
        found = not_log_probabilities(whole.log_probs[used]) if used.any() else None
    if found is not None:
        frame, why = found
        yield f"`log_probs`[{', '.join(str(int(i)) for i in np.argwhere(used)[frame])}] {why}"

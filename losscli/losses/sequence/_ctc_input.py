"""What CTC takes: padded or concatenated targets, with lengths; brought to one form and checked."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from losscli.compute.suspicions import no_log_probabilities
from losscli.declare import AnyArray, Bools, Floats, Ints
from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.losses.sequence._alignments import Batch


def batch(
    log_probs: Floats, targets: Ints, input_lengths: Ints | None, target_lengths: Ints | None, blank: int
) -> Batch:
    """The arguments with a batch axis, every target in a row of its own."""
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
    """Where each label stands in the flat targets: (N, S)."""
    n, longest = len(labels), int(labels.max(initial=0))
    first = np.arange(n) * targets.shape[1] if targets.ndim == 2 else np.cumsum(labels) - labels
    return first[:, None] + np.arange(longest)


def _inside(labels: Ints, at: AnyArray) -> Bools:
    return np.arange(at.shape[1]) < labels[:, None]


def frames_needed(batch: Batch) -> Ints:
    """The labels, and a blank between two that are equal."""
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
) -> None:
    """Lengths and labels that do not fit; frames that are no log-probabilities; targets that cannot be aligned."""
    frames, classes = len(log_probs), log_probs.shape[-1]
    n = log_probs.shape[1] if log_probs.ndim == 3 else 1
    if blank >= classes:
        raise UsageError(f"blank is {blank}, but there are {classes} classes (0 to {classes - 1}).")
    concatenated, most = targets.ndim == 1, targets.shape[-1]
    if concatenated and target_lengths is None and log_probs.ndim == 3 and n != 1:
        raise DataError(f"targets are in one row for {n} sequences: target_lengths says where each of them ends.")
    _check_lengths("input_lengths", input_lengths, frames, f"log_probs has {_counted(frames, 'frame')}")
    _check_lengths("target_lengths", target_lengths, most, f"targets has {_counted(most, 'label')}")
    labels = _lengths(target_lengths, n, most)
    if concatenated and labels.sum() != most:
        raise DataError(f"target_lengths add up to {labels.sum()}, but targets has {_counted(most, 'label')}.")
    at = _places(targets, labels)
    _check_labels(targets, np.sort(at[_inside(labels, at)]), classes, blank)
    whole = batch(log_probs, targets, input_lengths, target_lengths, blank)
    _doubt_log_probs(whole)
    short = np.flatnonzero(frames_needed(whole) > whole.frames)
    if short.size:
        i = int(short[0])
        which = f" {i}" if log_probs.ndim == 3 else ""
        _warn(
            f"sequence{which} cannot be aligned: its {_counted(int(whole.labels[i]), 'label')} and the blanks between "
            f"equal ones take {_counted(int(frames_needed(whole)[i]), 'frame')}, "
            f"but {whole.frames[i]} count{f', and {short.size - 1} more' if short.size > 1 else ''}. The loss is "
            f"{'0, by zero_infinity' if zero_infinity else 'infinite; zero_infinity makes it 0'}."
        )


def _check_lengths(name: str, given: Ints | None, most: int, why: str) -> None:
    if given is None:
        return
    wrong = np.flatnonzero((given.reshape(-1) < 0) | (given.reshape(-1) > most))
    if wrong.size:
        place = f"[{wrong[0]}]" if given.ndim else ""
        raise DataError(f"{name}{place} is {given.reshape(-1)[wrong[0]]}, but {why}.")


def _check_labels(targets: Ints, counted: Ints, classes: int, blank: int) -> None:
    flat = targets.reshape(-1)
    found = flat[counted]
    wrong = counted[(found < 0) | (found >= classes) | (found == blank)]
    if not wrong.size:
        return
    place = ", ".join(str(int(i)) for i in np.unravel_index(wrong[0], targets.shape))
    label = int(flat[wrong[0]])
    if label == blank:
        raise DataError(
            f"targets[{place}] is {label}, which is the blank. Is it padding? Then target_lengths says how many labels "
            "count. If another class is the blank, say --blank."
        )
    raise DataError(f"targets[{place}] is {label}, but there are {classes} classes (0 to {classes - 1}).")


def _doubt_log_probs(whole: Batch) -> None:
    counted = np.arange(len(whole.log_probs))[:, None] < whole.frames
    with np.errstate(all="ignore"):  # inf - inf is no log-probability
        doubt: Any = no_log_probabilities(whole.log_probs[counted]) if counted.any() else None
    if doubt is not None:
        _warn(f"log_probs[{', '.join(str(int(i)) for i in np.argwhere(counted)[doubt[0]])}] {doubt[1]}")


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _warn(message: str) -> None:
    warnings.warn(message, LosscliWarning, stacklevel=2)

"""All alignments of frames with labels at once: the forward and backward sums of CTC, as logarithms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from losscli import doubled
from losscli.declare import Bools, Floats, Ints


class Batch(NamedTuple):
    """A batch as the recursions see it: T frames, N sequences, C classes, at most S labels.

    log_probs      (T, N, C)
    targets        (N, S), padded with the blank
    frames, labels (N): how many of each sequence count
    """

    log_probs: Floats
    targets: Ints
    frames: Ints
    labels: Ints


class Lattice(NamedTuple):
    """The states of each sequence: blank, label 1, blank, label 2, ..., blank.

    states  (N, 2 S + 1): the class of each state
    skip    whether a state can follow the one two before it: a label that differs from the previous label
    emit    (T, N, 2 S + 1): the log-probability of each state's class
    """

    states: Ints
    skip: Bools
    emit: Floats


def lattice(batch: Batch, blank: int) -> Lattice:
    n, s = batch.targets.shape
    states = np.full((n, 2 * s + 1), blank)
    states[:, 1::2] = batch.targets
    skip = np.zeros(states.shape, bool)
    skip[:, 3::2] = batch.targets[:, 1:] != batch.targets[:, :-1]
    emit = np.take_along_axis(batch.log_probs, states[None], axis=2)
    return Lattice(states, skip, emit)


def forward(at: Lattice) -> Floats:
    """log alpha, (T, N, states): the sum over all partial alignments that end in a state at a time."""
    alpha = np.full(at.emit.shape, -np.inf)
    alpha[:1, :, :2] = at.emit[:1, :, :2]
    for t in range(1, len(alpha)):
        before = alpha[t - 1]
        alpha[t] = _log_sum(before, _later(before, 1), np.where(at.skip, _later(before, 2), -np.inf)) + at.emit[t]
    return alpha


def near_zero(batch: Batch, at: Lattice, alpha: Floats, nll: Floats) -> Floats:
    """The same, where the alignments' probabilities add up to next to 1: computed anew without logarithms.

    Then each beginning costs more than the whole, and what is left of the sums of their logarithms has lost its digits.
    Probabilities below exp(-700) are left out, for beside the whole they are nothing.
    """
    if not len(alpha):
        return nll
    counted = np.arange(len(alpha))[:, None] < batch.frames
    cost = np.where(counted, -alpha.max(axis=2), 0.0).max(axis=0)
    close = np.flatnonzero((nll < np.maximum(0.9 * cost, 1 / 16)) & (cost < 600) & (batch.frames > 0))
    if close.size:
        nll = nll.copy()
        some, of_some = _some(batch, at, close)
        nll[close] = found = _linear(some, of_some, short=True)
        closer = np.flatnonzero(np.abs(found) < len(alpha) * 2.0**-24)
        if closer.size:
            nll[close[closer]] = _linear(*_some(some, of_some, closer), short=False)
    return nll


def _some(batch: Batch, at: Lattice, which: Ints) -> tuple[Batch, Lattice]:
    return (
        Batch(batch.log_probs[:, which], batch.targets[which], batch.frames[which], batch.labels[which]),
        Lattice(at.states[which], at.skip[which], at.emit[:, which]),
    )


def _linear(batch: Batch, at: Lattice, short: bool) -> Floats:
    """The forward sums of the probabilities themselves, with more digits than float64."""
    n = np.arange(len(batch.frames))
    alpha: doubled.Parts = (np.where(np.arange(at.states.shape[1]) == 0, 1.0, np.zeros(at.states.shape)),)
    total: doubled.Parts = (np.zeros(len(n)),) * 3
    for t in range(len(at.emit)):  # before the first frame all are in the first state, a blank
        moved = tuple(_later(a, 1, 0.0) for a in alpha)
        skipped = tuple(np.where(at.skip, _later(a, 2, 0.0), 0.0) for a in alpha)
        steps = alpha + moved + skipped
        near = at.emit[t] > -700
        p = tuple(np.where(near, part, 0.0) for part in doubled.exp(np.where(near, at.emit[t], 0.0), short=short))
        alpha = doubled.product(doubled.compressed(steps, 2 if short else 3), p)
        ends = [a[n, 2 * batch.labels] for a in alpha]
        ends += [np.where(batch.labels > 0, a[n, np.maximum(2 * batch.labels - 1, 0)], 0.0) for a in alpha]
        last = batch.frames == t + 1
        total = tuple(
            np.where(last, part, old) for part, old in zip(doubled.compressed(tuple(ends)), total, strict=True)
        )
    return -doubled.rounded(doubled.log(total[0], total[1]))


def negative_log_likelihood(batch: Batch, alpha: Floats) -> Floats:
    """Minus the log of the sum over all alignments; without frames there is only the empty one."""
    n = np.arange(len(batch.frames))
    if not len(alpha):
        return np.where(batch.labels == 0, 0.0, np.inf)
    last = np.maximum(batch.frames - 1, 0)
    in_label = np.where(batch.labels > 0, alpha[last, n, np.maximum(2 * batch.labels - 1, 0)], -np.inf)
    total = -_log_sum(alpha[last, n, 2 * batch.labels], in_label, np.full(len(n), -np.inf))
    return np.where(batch.frames > 0, total, np.where(batch.labels == 0, 0.0, np.inf))


def occupancy(batch: Batch, at: Lattice, alpha: Floats, nll: Floats) -> Floats:
    """The probability that each frame is aligned with each class, given the targets: (T, N, C)."""
    frames, n, classes = batch.log_probs.shape
    result = np.zeros((frames, n, classes))
    place = np.arange(n)[:, None] * classes + at.states
    state = np.arange(at.states.shape[1])
    ends = (state == 2 * batch.labels[:, None]) | (state == 2 * batch.labels[:, None] - 1)
    beta = np.full(at.states.shape, -np.inf)
    can_be_skipped_to = np.zeros_like(at.skip)
    can_be_skipped_to[:, :-2] = at.skip[:, 2:]
    for t in range(frames - 1, -1, -1):
        if t < frames - 1:
            after = beta + at.emit[t + 1]
            beta = _log_sum(after, _earlier(after, 1), np.where(can_be_skipped_to, _earlier(after, 2), -np.inf))
        left = (batch.frames - 1 - t)[:, None]
        beta = np.where(left > 0, beta, np.where((left == 0) & ends, 0.0, -np.inf))
        share = np.where(left >= 0, np.exp(alpha[t] + beta + nll[:, None]), 0.0)
        result[t] = np.bincount(place.reshape(-1), share.reshape(-1), n * classes).reshape(n, classes)
    return result


def _later(a: Floats, by: int, nothing: float = -np.inf) -> Floats:
    """The states shifted up: state s gets the number of state s - by, and the first ones `nothing`."""
    moved = np.full_like(a, nothing)
    moved[:, by:] = a[:, :-by]
    return moved


def _earlier(a: Floats, by: int) -> Floats:
    moved = np.full_like(a, -np.inf)
    moved[:, :-by] = a[:, by:]
    return moved


def _log_sum(a: Floats, b: Floats, c: Floats) -> Floats:
    """log(exp a + exp b + exp c), also where all are -inf."""
    # the largest term is left out and is the 1 of log1p: so a sum near 0 keeps its digits
    high, low = np.maximum(a, b), np.minimum(a, b)
    peak, middle, least = np.maximum(high, c), np.maximum(np.minimum(high, c), low), np.minimum(low, c)
    base = np.where(peak == -np.inf, 0.0, peak)
    return np.log1p(np.exp(middle - base) + np.exp(least - base)) + peak

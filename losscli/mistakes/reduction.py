"""reduction: The losses of rows are added up, or divided, in another way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from losscli.compute.variants import Call, Ratio, Reduce, own_ratio
from losscli.declare import Floats
from losscli.mistakes import Variant, mistake

ORDER = 7
FEW = 40  # rows that are tried in batches of every size, and cut in two at every place


def variants(call: Call) -> Iterator[Variant]:
    if call.name == "ctc" and call.whole:
        yield from _ctc(call)
    yield from _divisors(call)
    yield from _groups(call)


def to(above: float, below: float = 1.0) -> Reduce:
    """A way of reducing that gives one quotient."""
    return lambda call: Ratio(above, below)


def _divisors(call: Call) -> Iterator[Variant]:
    tally, classes = call.tally, call.classes
    total, n = tally.value, tally.count
    own = own_ratio(call)
    of = "row" if call.classes or call.by_index else "element"
    weighted = call.weights is not None or tally.weight
    divides = "the sum of the weights" if weighted and tally.divisor != n else f"the {n} {of}s that count"
    mean = f"The mean divides by {divides}."

    def by(
        name: str, below: float, what: str, mend: str, seen: int, why: str = mean, code: str = ""
    ) -> Iterator[Variant]:
        if below and below != own.below:
            made = call.reduced(to(total, below))
            yield mistake(name, made, what, why, mend, seen, reduction=code or f"sum / {below:g}")

    if call.reduction != "sum":
        if call.name != "ctc":  # whose sum is of other losses than its mean
            yield from by("reduction-sum", 1.0, "the sum, not the mean", "set reduction='mean'.", 18, code="sum")
    else:
        yield from by(
            "reduction-mean",
            tally.divisor,
            "the mean, not the sum",
            "set reduction='sum'.",
            18,
            "The sum was asked for.",
            "mean",
        )
    if weighted:
        yield from by(
            "weighted-mean-div-n",
            n,
            f"the weighted losses divided by the {n} {of}s",
            "keep reduction='mean' of the loss itself; do not take .mean() of reduction='none'.",
            21,
            f"The mean divides by the weights of the {of}s, {tally.divisor:g}." if tally.divisor != n else mean,
        )
        yield from by(
            "weighted-mean-div-sum-w",
            tally.weight,
            f"the weighted losses divided by the sum of their weights, {tally.weight:g}",
            "divide by the number of elements.",
            3,
        )
        if tally.weighted < n:
            yield from by(
                "weighted-mean-div-nonzero",
                tally.weighted,
                f"divided by the {tally.weighted} weights that are not 0",
                "divide by the sum of the weights.",
                4,
            )
        w = call.get("weight")
        if w is not None and not call.loss.declaration.arrays["weight"].has_rows:
            yield from by(
                "weighted-mean-div-all-weights",
                float(np.sum(w)),
                f"divided by the sum of the weights of all classes, {np.sum(w):g}",
                "divide by the weights of the labels of the rows.",
                3,
            )
            yield from by(
                "weighted-mean-div-mean-weight",
                float(np.mean(w)) * n,
                "divided by the rows times the mean class weight",
                "divide by the weights of the labels of the rows.",
                1,
            )
    if tally.ignored:
        every = n + tally.ignored
        yield from by(
            "ignored-in-divisor",
            every,
            f"divided by all {every} {of}s, the ignored ones too",
            f"divide by the {n} {of}s that count.",
            14,
        )
    if n > 1:
        yield from by("div-n-minus-1", n - 1, f"divided by N - 1 = {n - 1}, as a variance", f"divide by {n}.", 1)
    if tally.nonzero < n:
        yield from by(
            "mean-of-nonzero",
            tally.nonzero,
            f"the mean over the {tally.nonzero} losses that are not 0",
            "count the zeros, too.",
            4,
        )
    if tally.positive and call.family == "binary":
        yield from by(
            "focal-div-positives",
            tally.positive,
            f"divided by the {tally.positive} labels that are 1",
            f"divide by the {n} elements.",
            3,
        )
    if classes and classes > 1:
        if call.name in ("multilabel-soft-margin", "multi-margin", "multilabel-margin"):
            yield from by(
                "reduction-sum",
                1 / classes,
                "the sum over all rows and classes",
                "divide by the rows and the classes.",
                8,
                code=f"sum * {classes}",
            )
            yield mistake(
                "sum-over-classes",
                call.reduced(to(total * classes, own.below)),
                "summed over the classes, then the mean over the rows",
                "The loss of a row is the mean over its classes.",
                f"divide by {classes}.",
                8,
                reduction=f"times {classes}",
            )
        elif call.name == "kl":
            rows = n / classes
            yield from by(
                "kl-mean-vs-batchmean",
                rows,
                "summed over the classes, then the mean over the rows: batchmean",
                "set reduction='mean'.",
                18,
                "PyTorch's mean divides by rows times classes.",
                "batchmean",
            )
            yield from by(
                "kl-mean-vs-batchmean",
                n,
                "divided by rows times classes, PyTorch's mean",
                "set reduction='batchmean'.",
                18,
                "batchmean divides by the rows.",
                "mean",
            )
        else:
            yield mistake(
                "mean-over-elements",
                call.reduced(to(total, own.below * classes)),
                f"divided by rows times classes (C = {classes})",
                "The loss of a row is over all its classes.",
                "do not divide by the classes.",
                6,
                reduction=f"mean / {classes}",
            )
    leading = call.shape[1] if call.whole and len(call.shape) > 2 else 0
    if leading:
        deep = len(call.shape) > 3 or call.by_index
        documents = max(1, call.shape[0])
        yield from by(
            "sum-per-row" if deep else "sum-over-classes",
            float(leading * documents),
            f"summed over the later axes, then the mean over the first, {leading}",
            "set reduction='mean'.",
            8,
            code=f"sum / {leading}",
        )
        if len(call.shape) > 3:
            yield from by(
                "sum-over-classes",
                float(math.prod(call.shape) / call.shape[2]),
                "summed over the second axis, then the mean",
                "set reduction='mean'.",
                4,
            )


def _each(tally: Any) -> tuple[Floats, Floats] | None:
    """The losses of rows and what they add to the divisor, one by one."""
    if not tally.rows:
        return None
    value = np.concatenate([part.by_row for part in tally.rows])
    return value, np.concatenate([part.divisor for part in tally.rows])


def _groups(call: Call) -> Iterator[Variant]:
    """Means of means: of documents, of sequences or images, of batches of so many rows."""
    tally = call.tally
    exp = call.name == "perplexity" and not call.values.get("bits")
    if len(tally.documents) > 1:
        above, below = tally.documents.T
        yield from _means(call, above, below, f"the {len(above)} batches", "batch", 16)
    rows = tally.rows
    if (
        rows is not None
        and call.whole
        and len(call.shape) > 2
        and call.shape[1] > 1
        and len(rows[0].value) == math.prod(call.shape)
    ):
        lead = (call.shape[0] * call.shape[1], -1)
        above, below = (a.reshape(lead).sum(axis=1) for a in (rows[0].by_row, rows[0].divisor))
        yield from _means(call, above, below, "the sequences, or images", "sequence", 10)
    each = _each(tally)
    if each is None or not len(each[0]) > 1 or call.reduction not in ("mean", "sum"):
        return
    value, divisor = each
    n = len(value)
    if n <= 10_000:
        sizes = [b for b in range(1, n) if n <= FEW or (b & (b - 1)) == 0 or n % b == 0 or b in (10, 20, 50, 100)]
        for b in sizes[:64]:
            starts = np.arange(0, n, b)
            above, below = np.add.reduceat(value, starts), np.add.reduceat(divisor, starts)
            last = f", the last of {n % b}" if n % b else ""
            yield from _means(
                call, above, below, f"batches of {b}{last}", "batch", 8 if len(starts) <= 8 else 2, f"{b}"
            )
    if n <= FEW and call.by_index:
        for cut in range(1, n):
            above, below = np.add.reduceat(value, [0, cut]), np.add.reduceat(divisor, [0, cut])
            if exp:
                yield from _means(
                    call, above, below, f"sequences of {cut} and {n - cut} tokens", "sequence", 4, f"{cut} + {n - cut}"
                )


def _means(
    call: Call, above: Floats, below: Floats, of: str, unit: str, seen: int, code: str = ""
) -> Iterator[Variant]:
    with np.errstate(all="ignore"):
        means = above / below
    kept = means[below != 0]
    if not kept.size or len(means) < 2:
        return
    why = f"The mean is over all rows together: {call.tally.value:.5g} / {call.tally.divisor:.5g}."
    mend = "add the sums and divide once by the sum of the divisors."
    name = "mean-of-sequence-means" if unit == "sequence" else "mean-of-batch-means"
    if call.linked_by is None or call.reduction == "sum":
        yield mistake(
            name,
            call.reduced(to(float(kept.sum()), len(kept))),
            f"the mean of the means of {of}",
            why,
            mend,
            seen,
            reduction=f"mean of means {code}",
        )
        if len(kept) != len(means):
            yield mistake(
                name,
                call.reduced(to(float(kept.sum()), len(means))),
                f"the mean of the means of {of}, those without a row counted as 0",
                why,
                mend,
                2,
                reduction=f"mean of means {code}",
            )
        if len(means) <= 32 and unit == "batch":
            yield mistake(
                "sum-of-batch-means",
                call.reduced(to(float(kept.sum()))),
                f"the sum of the means of {of}, not divided by their number",
                why,
                f"divide by {len(means)}, the number of batches.",
                seen // 2,
                reduction=f"sum of means {code}",
            )
    else:
        yield mistake(
            name,
            call.reduced(to(float(kept.sum()), len(kept))),
            f"exp of the mean of the means of {of}",
            why,
            mend,
            seen,
            reduction=f"exp(mean of means) {code}",
        )
        values = [call.linked_by.of(m) for m in kept.tolist()]
        made = call.reduced(to(float(np.sum(values)), len(values))).in_unit(lambda v: v, linked=False)
        yield mistake(
            "mean-of-perplexities",
            made,
            f"the mean of the perplexities of {of}",
            "The perplexity is exp of the mean over all tokens.",
            "average the losses, then take exp.",
            8,
            reduction=f"mean of exp {code}",
        )


def _ctc(call: Call) -> Iterator[Variant]:
    value = call.own_terms.value
    n = len(value)
    if not n:
        return
    lengths = call.get("input_lengths")
    frames = np.full(n, call.x.shape[0]) if lengths is None else np.broadcast_to(np.ravel(lengths), n)
    mean = call.own_terms.mean
    finite = np.isfinite(value) & (value != 0)
    why = "PyTorch's mean divides each loss by its number of labels, then by the number of sequences."
    if mean is not None:
        yield mistake(
            "ctc-div-all-input-lengths",
            call.reduced(to(float(value.sum()), float(frames.sum()))),
            "the sum divided by the frames of all sequences together",
            why,
            "divide each loss by its own target length.",
            2,
            reduction="sum / all frames",
        )
    if call.reduction == "mean":
        yield mistake(
            "reduction-sum",
            call.reduced(to(float(value.sum()))),
            "the sum, not the mean",
            why,
            "set reduction='mean'.",
            18,
            reduction="sum",
        )
        yield mistake(
            "ctc-not-div-length",
            call.reduced(to(float(value.sum()), n)),
            "not divided by the target lengths (TensorFlow, Keras, optax)",
            why,
            "divide each loss by its target length.",
            7,
            reduction="mean over sequences",
        )
    elif mean is not None:
        yield mistake(
            "ctc-div-length",
            call.reduced(to(float(mean.value.sum()), n)),
            "each loss divided by its target length, PyTorch's mean",
            why,
            "set the same reduction.",
            7,
            reduction="mean",
        )
    yield mistake(
        "ctc-div-input-length",
        call.reduced(to(float((value / np.maximum(frames, 1)).sum()), n)),
        "each loss divided by its input length",
        why,
        "divide by the target length.",
        5,
        reduction="/ input_lengths",
    )
    if mean is not None:
        labels = float(np.sum(value[finite] / np.where(mean.value[finite] == 0, np.inf, mean.value[finite])))
        if labels:
            yield mistake(
                "ctc-div-all-lengths",
                call.reduced(to(float(value.sum()), labels)),
                "the sum divided by the labels of all sequences together",
                why,
                "divide each loss by its own length.",
                3,
                reduction="sum / all labels",
            )
        per = mean.value if call.reduction == "mean" else value
        if 0 < finite.sum() < n:
            yield mistake(
                "ctc-inf-dropped",
                call.reduced(to(float(per[finite].sum()), int(finite.sum()))),
                "sequences that cannot be aligned left out of the divisor, too",
                "zero_infinity makes their loss 0, and they still count.",
                f"divide by {n}.",
                3,
                reduction=f"/ {int(finite.sum())}",
            )

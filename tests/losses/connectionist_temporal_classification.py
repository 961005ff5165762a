from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import inf, mp, mpf

import losscli
from losscli.errors import DataError, LosscliWarning, UsageError
from tests.losses import _claims

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Few frames and classes, so that all paths can be written out; tame targets can always be aligned."""
    batched, n = bool(rows), rows[0] if rows else 1
    frames, classes = draw(st.integers(3, 4) if tame else st.integers(0, 4)), draw(st.integers(2, 3))
    logits = np.random.default_rng(draw(st.integers(0, 999))).normal(
        0, draw(st.sampled_from([1, 10])), (frames, n, classes)
    )
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    blank = draw(st.integers(0, classes - 1))
    labels = [c for c in range(classes) if c != blank]
    longest = 2 if tame else 3
    lengths = [draw(st.integers(0, longest)) for _ in range(n)]
    targets = [[draw(st.sampled_from(labels)) for _ in range(length)] for length in lengths]
    values: dict[str, Any] = {"log_probs": log_probs if batched else log_probs[:, 0]}
    if not batched or draw(st.booleans()):
        values["targets"] = np.array(list(itertools.chain.from_iterable(targets)), dtype=np.int64)
    else:
        padded = [[*target, *[draw(st.sampled_from([-1, blank, 99]))] * (longest - len(target))] for target in targets]
        values["targets"] = np.array(padded, dtype=np.int64).reshape(n, longest)
    values["target_lengths"] = np.array(lengths if batched else lengths[0], dtype=np.int64)
    if draw(st.booleans()):
        least = 3 if tame else 0
        count = [draw(st.integers(min(least, frames), frames)) for _ in range(n)]
        values["input_lengths"] = np.array(count if batched else count[0], dtype=np.int64)
    if blank or draw(st.booleans()):
        values["blank"] = blank
    if draw(st.booleans()):
        values["zero_infinity"] = draw(st.booleans())
    return values


def read(path: tuple[int, ...], blank: int) -> list[int]:
    return [c for c, _ in itertools.groupby(path) if c != blank]


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    """CTC by its definition: every path of classes, those summed that read as the targets."""
    log_probs, targets = given["log_probs"], given["targets"]
    lengths = given["target_lengths"]
    batched = np.ndim(log_probs) == 3 or len(lengths) != 1
    results = []
    for i, length in enumerate(lengths):
        frames = [frame[i] if batched else frame for frame in log_probs]
        if given["input_lengths"] is not None:
            frames = frames[: given["input_lengths"][i]]
        flat = targets if not targets or not isinstance(targets[0], list) else None
        target = targets[i][:length] if flat is None else flat[sum(lengths[:i]) : sum(lengths[:i]) + length]
        classes = range(len(frames[0])) if frames else range(0)
        paths = itertools.product(classes, repeat=len(frames))
        p = mp.fsum(
            mp.exp(mp.fsum(mpf(frame[c]) for frame, c in zip(frames, path, strict=True)))
            for path in paths
            if read(path, given["blank"]) == target
        )
        value = -mp.log(p) if p else mpf(0) if given["zero_infinity"] else inf
        steps = {
            "frames": len(frames),
            "labels": length,
            "frames needed": length + sum(a == b for a, b in itertools.pairwise(target)),
            "p(targets)": p,
            "-log p(targets)": value,
        }
        # log-probabilities near 0 add up to one that may be much smaller
        results.append({"value": value / max(length, 1), "divisor": 1, "counts": True, "steps": steps, "size": 1})
    return results


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """PyTorch's CTCLoss, with the part of its gradient taken back that belongs to the log-softmax before it."""
    for frames, n, classes in ((4, 1, 3), (6, 3, 4), (9, 2, 5)):
        for blank in (0, classes - 1):
            for form in ("padded", "concatenated", "unbatched"):
                for zero_infinity in (False, True):
                    yield golden_case(rng, frames, n, classes, blank, form, zero_infinity)


def golden_case(rng: Any, frames: int, n: int, classes: int, blank: int, form: str, zero_infinity: bool) -> Any:
    import torch
    from torch.nn import functional as F

    n = 1 if form == "unbatched" else n
    logits = torch.tensor(rng.normal(0, 2, (frames, n, classes)))
    log_probs = logits.log_softmax(-1).numpy()
    labels = [c for c in range(classes) if c != blank]
    lengths = rng.integers(0, frames // 2 + 1, n)
    targets = rng.choice(labels, (n, max(int(lengths.max()), 1)))
    heard = rng.integers(frames - 1, frames + 1, n)
    if zero_infinity:
        heard[0] = lengths[0] - 1 if lengths[0] else frames
    if form != "padded":
        targets = np.concatenate([target[:length] for target, length in zip(targets, lengths, strict=True)])
    given: dict[str, Any] = {
        "log_probs": log_probs[:, 0] if form == "unbatched" else log_probs,
        "targets": targets,
        "input_lengths": heard[0] if form == "unbatched" else heard,
        "target_lengths": lengths[0] if form == "unbatched" else lengths,
        "blank": blank,
        "zero_infinity": zero_infinity,
    }
    y, t, s = (torch.tensor(given[name]) for name in ("targets", "input_lengths", "target_lengths"))

    def function(x: Any, reduction: str) -> Any:
        every = F.ctc_loss(x, y, t, s, blank, "none", zero_infinity)
        sums = (
            torch.stack([x[: int(t_i), i].exp().sum() for i, t_i in enumerate(t)]) if x.ndim == 3 else x[:t].exp().sum()
        )
        own = torch.where(every == 0, 0.0, sums) if zero_infinity else sums
        every = every - (own - own.detach())
        if reduction == "none":
            return every
        if reduction == "sum":
            return every.sum()
        mean = (every / s.clamp(min=1)).mean()
        assert torch.equal(mean, F.ctc_loss(x, y, t, s, blank, "mean", zero_infinity)) or not mean.isfinite()
        return mean

    # where the loss is infinite, the gradient is NaN here and there
    finite = bool(torch.isfinite(F.ctc_loss(torch.tensor(given["log_probs"]), y, t, s, blank, "sum", zero_infinity)))
    return given, function, *([] if finite else ["grad mean", "grad sum"])


ctc = losscli.connectionist_temporal_classification
EVEN = np.log(np.full((3, 2, 3), 1 / 3))


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for frames, n, classes, longest in ((4, 1, 3, 2), (5, 2, 4, 2), (6, 3, 3, 3), (3, 2, 2, 1), (7, 2, 3, 3)):
        logits = _claims.numbers(rng, n, frames, classes, spread=2)
        log_probs = torch.tensor(logits).log_softmax(-1).transpose(0, 1).numpy()
        lengths = rng.integers(1, longest + 1, n)
        inside = np.arange(longest) < lengths[:, None]
        targets = rng.integers(1, classes, (n, longest)) * inside
        arguments = {"log_probs": log_probs, "targets": targets, "target_lengths": lengths}
        full = np.full(n, frames)
        yield "PyTorch", arguments, torch.nn.CTCLoss()(*map(torch.tensor, (log_probs, targets, full, lengths)))
        each = arguments | {"reduction": "none"}
        yield "Keras", each, keras.losses.CTC(reduction=None)(targets, logits)
        yield "optax", each, optax.losses.ctc_loss(logits, np.zeros((n, frames)), targets, 1.0 - inside)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"targets": [[1, 3], [1, 2]]}, r"targets\[0, 1\] is 3, but there are 3 classes"),
        ({"targets": [[1, 2], [1, 0]]}, r"targets\[1, 1\] is 0, which is the blank"),
        ({"targets": [1, 2, 0], "target_lengths": [1, 2]}, r"targets\[2\] is 0, which is the blank"),
        ({"targets": [1, 2, 1], "target_lengths": [1, 1]}, "target_lengths add up to 2, but targets has 3 labels"),
        ({"targets": [1, 2, 1]}, "target_lengths says where each of them ends"),
        ({"targets": [[1], [1]], "input_lengths": [3, 4]}, r"input_lengths\[1\] is 4, but log_probs has 3 frames"),
        ({"targets": [[1], [1]], "target_lengths": [2, 1]}, r"target_lengths\[0\] is 2, but targets has 1 label"),
        ({"targets": [[1]]}, "targets has 1 number, but log_probs has 2 numbers on the axis batch"),
    ],
)
def test_what_ctc_refuses(more: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ctc(EVEN, **more)


def test_a_blank_that_is_no_class() -> None:
    with pytest.raises(UsageError, match="blank is 3, but there are 3 classes"):
        ctc(EVEN, [[1], [1]], blank=3)


def test_targets_that_cannot_be_aligned_cost_infinity_and_say_so() -> None:
    message = "sequence 1 cannot be aligned: its 2 labels and the blanks between equal ones take 3 frames, but 2 count"
    with pytest.warns(LosscliWarning) as warned:
        loss = ctc(EVEN, [[1, 2], [1, 1]], input_lengths=[3, 2], reduction="none").loss
    assert next(str(w.message) for w in warned).startswith(message)
    assert loss[1] == np.inf
    with pytest.warns(LosscliWarning, match="0, by zero_infinity"):
        result = ctc(EVEN, [[1, 2], [1, 1]], input_lengths=[3, 2], zero_infinity=True)
    assert result.value[1] == 0
    assert not result.gradient()[:, 1].any()


def test_raw_logits_are_doubted() -> None:
    with pytest.warns(LosscliWarning, match=r"log_probs\[0, 0\] holds 2, but log-probabilities are at most 0"):
        ctc([[[2.0, 1.0]]], [[1]])


def test_the_gradient_of_ctc_is_that_of_the_log_probabilities_where_pytorch_adds_the_softmax() -> None:
    gradient = ctc(EVEN, [[1], [2]], reduction="sum").gradient()
    np.testing.assert_allclose(gradient.sum(axis=-1), -1)  # minus one class a frame; PyTorch: 0


def test_lengths_are_all_where_they_are_not_given() -> None:
    whole = ctc(EVEN, [[1, 2], [2, 1]], input_lengths=[3, 3], target_lengths=[2, 2])
    assert ctc(EVEN, [[1, 2], [2, 1]]).mean == whole.mean
    assert ctc(EVEN[:, 0], [1, 2]).mean == whole.mean

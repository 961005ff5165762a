"""PyTorch's CTCLoss, with the part of its gradient taken back that belongs to the log-softmax before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for frames, n, classes in ((4, 1, 3), (6, 3, 4), (9, 2, 5)):
        for blank in (0, classes - 1):
            for form in ("padded", "concatenated", "unbatched"):
                for zero_infinity in (False, True):
                    yield case(rng, frames, n, classes, blank, form, zero_infinity)


def case(rng: Any, frames: int, n: int, classes: int, blank: int, form: str, zero_infinity: bool) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

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

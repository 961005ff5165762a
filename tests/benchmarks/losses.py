"""Every loss that PyTorch has, on the same 10 million numbers and threads: times as fast as PyTorch float32."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import losscli
from tests.benchmarks.measure import TIMED, at_least, available_threads, faster, has, in_turns, show

WIDTH = 100  # classes, or components of a vector


def main(quick: bool) -> None:
    if not has("torch"):
        return
    import torch

    torch.set_num_threads(available_threads())
    warnings.simplefilter("ignore")  # of both libraries: the numbers are drawn, not trained
    rows = []
    for name, (arguments, theirs) in cases(100_000 if quick else 10_000_000).items():
        tensors = [torch.from_numpy(a) for a in arguments]
        ours = partial(_mean, getattr(losscli, name), arguments)
        times = in_turns({"ours": ours, "theirs": partial(theirs, *tensors)}, 3)
        rows.append(faster(name, "PyTorch float32", times["ours"], times["theirs"], at_least(1)))
    show("Losses on 10 million numbers: times as fast as PyTorch", TIMED, rows)


def _mean(loss: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    return float(loss(*arguments, reduction="sum").sum)


def cases(size: int) -> dict[str, tuple[tuple[Any, ...], Callable[..., Any]]]:
    """The arguments of each loss, in the order that both libraries take, and PyTorch's function."""
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    rng = np.random.default_rng(1)
    n = size // WIDTH
    x, t = rng.standard_normal(size, np.float32), rng.standard_normal(size, np.float32)
    p = rng.random(size, np.float32)
    sign = np.sign(t) + (t == 0)
    z, y = x.reshape(n, WIDTH), rng.integers(0, WIDTH, n)
    e = np.exp(z)
    lp = np.log(e / e.sum(axis=1, keepdims=True))
    q = p.reshape(n, WIDTH) / p.reshape(n, WIDTH).sum(axis=1, keepdims=True)
    hot = (z > 1).astype(np.float32)
    ends = sign[:n]
    return {
        "cross_entropy": ((z, y), F.cross_entropy),
        "negative_log_likelihood": ((lp, y), F.nll_loss),
        "multi_margin": ((z, y), F.multi_margin_loss),
        "multilabel_soft_margin": ((z, hot), F.multilabel_soft_margin_loss),
        "binary_cross_entropy": ((p, hot.ravel()), F.binary_cross_entropy),
        "binary_cross_entropy_with_logits": ((x, hot.ravel()), F.binary_cross_entropy_with_logits),
        "soft_margin": ((x, sign), F.soft_margin_loss),
        "mean_squared_error": ((x, t), F.mse_loss),
        "mean_absolute_error": ((x, t), F.l1_loss),
        "huber": ((x, t), F.huber_loss),
        "smooth_l1": ((x, t), F.smooth_l1_loss),
        "kullback_leibler_divergence": ((lp, q), partial(F.kl_div, reduction="sum")),
        "poisson_negative_log_likelihood": ((x, p), F.poisson_nll_loss),
        "gaussian_negative_log_likelihood": ((x, t, p + 0.1), F.gaussian_nll_loss),
        "margin_ranking": ((x, t, sign), F.margin_ranking_loss),
        "hinge_embedding": ((x, sign), F.hinge_embedding_loss),
        "cosine_embedding": ((z, t.reshape(n, WIDTH), ends), F.cosine_embedding_loss),
        "triplet_margin": ((z, t.reshape(n, WIDTH), hot), F.triplet_margin_loss),
    }

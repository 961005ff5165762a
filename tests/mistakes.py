"""Makes tests/mistakes.jsonl: the numbers that wrong code gives, made by that code itself.

    python -m venv .torch && .torch/bin/pip install torch==2.13.0 -e '.[test]'   # and what README.md names
    .torch/bin/python -m tests.mistakes [LOSS ...]

Each function below is a loss, named like its command. It yields documents as they should be, each with a list of the
mistakes that people make with them: the name of the mistake, and the number that the wrong code gives. The wrong code
is as a person would write it, and knows nothing of losscli; where the mistake is the convention of a library, the
library computes it. test_mistakes.py reads the file, and needs no library.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from tests.losses import _regions

FILE = Path(__file__).parent / "mistakes.jsonl"
SEED = 20261124
Wrong: TypeAlias = list[tuple[str, Any]]  # the names of mistakes, and what the wrong code gives
Document: TypeAlias = dict[str, Any]
Made: TypeAlias = Iterator[tuple[Document, Wrong]]
rng = np.random.default_rng(SEED)

if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    jax.config.update("jax_enable_x64", True)
    import keras
    import optax
    import scipy.spatial.distance
    import scipy.stats
    import sklearn.metrics
    import torch
    from torch import Tensor
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(SEED)
    keras.config.set_floatx("float64")


def normal(*shape: int, spread: float = 1.5) -> Tensor:
    return torch.tensor(np.round(rng.normal(0, spread, shape), 3))


def uniform(low: float, high: float, *shape: int) -> Tensor:
    return torch.tensor(np.round(rng.uniform(low, high, shape), 3))


def integers(classes: int, *shape: int) -> Tensor:
    """Labels in which the classes occur unequally often."""
    return torch.tensor(np.minimum(rng.integers(0, classes + 1, shape), classes - 1))


def bits(*shape: int) -> Tensor:
    """Zeros and ones, more zeros."""
    made = (rng.random(shape) < 0.4) * 1.0
    made.reshape(-1)[:2] = [1.0, 0.0]
    return torch.tensor(made)


def shares(*shape: int) -> Tensor:
    """Distributions along the last axis."""
    p = np.round(rng.dirichlet(np.full(shape[-1], 3.0), shape[:-1]), 3) * 0.9
    p[..., -1] = 1 - p[..., :-1].sum(-1)
    return torch.tensor(p)


def document(**values: Any) -> Document:
    return {k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in values.items()}


# -- one label among several classes --


def ce() -> Made:
    for n, c in ((3, 3), (6, 4)):
        x, y = normal(n, c), integers(c, n)
        if n == 3:
            y = torch.tensor([1, 0, 0])
        p, log_p = x.softmax(-1), x.log_softmax(-1)
        right, each = F.cross_entropy(x, y), F.cross_entropy(x, y, reduction="none")
        hot = F.one_hot(y, c).double()
        half = n // 2
        yield (
            document(logits=x, labels=y),
            [
                ("reduction-sum", F.cross_entropy(x, y, reduction="sum")),
                ("probs-as-logits", F.cross_entropy(p, y)),
                ("raw-to-nll", F.nll_loss(x, y)),
                ("probs-as-logprobs", F.nll_loss(p, y)),
                ("softmax-wrong-axis", F.nll_loss(x.log_softmax(0), y)),
                ("argmaxed-predictions", F.cross_entropy(F.one_hot(x.argmax(1), c).double(), y)),
                ("log10-as-logits", F.cross_entropy(log_p / math.log(10), y)),
                ("logits-as-probs", keras.losses.SparseCategoricalCrossentropy()(y.numpy(), x.numpy())),
                ("mean-over-elements", -(hot * log_p).mean()),
                ("div-n-minus-1", each.sum() / (n - 1)),
                ("bce-on-softmax", F.binary_cross_entropy(p, hot)),
                ("bce-on-softmax", F.binary_cross_entropy(p, hot, reduction="none").sum(1).mean()),
                ("sigmoid-for-softmax", F.binary_cross_entropy_with_logits(x, hot)),
                ("log-base-2", right / math.log(2)),
                ("log-base-10", -(hot * torch.log10(p)).sum(1).mean()),
                ("perplexity", right.exp()),
                ("perplexity-base-2", 2**right),
                ("exp-minus-loss", (-right).exp()),
                ("sign", (hot * log_p).sum(1).mean()),
                ("labels-off-by-one", F.nll_loss(log_p, (y + 1)) if int(y.max()) + 1 < c else None),
                ("labels-off-by-one", -np.mean([log_p.numpy()[i, k - 1] for i, k in enumerate(y.tolist())])),
                ("classes-reversed", F.cross_entropy(x.flip(1), y)),
                ("labels-reversed", F.cross_entropy(x, y.flip(0))),
                ("ignore-wrongly-applied", F.cross_entropy(x, y, ignore_index=0)),
                (
                    "mean-of-batch-means",
                    (F.cross_entropy(x[:2], y[:2]) + F.cross_entropy(x[2:], y[2:])) / 2 if n == 3 else None,
                ),
                (
                    "sum-of-batch-means",
                    F.cross_entropy(x[:half], y[:half]) + F.cross_entropy(x[half:], y[half:]) if n % 2 == 0 else None,
                ),
                ("clip-other", -(p + 0.01).log()[torch.arange(n), y].mean()),
                ("clip-other", -(p + 1e-3).log()[torch.arange(n), y].mean()),
                ("smoothing-added", F.cross_entropy(x, y, label_smoothing=0.1)),
            ],
        )
    yield from _ce_weighted()
    yield from _ce_ignoring()
    yield from _ce_smoothed()
    yield from _ce_soft()
    yield from _ce_maps()
    yield from _ce_sequences()
    for n in (4, 7):  # two classes
        x, y = normal(n, 2), integers(2, n)
        y[:2] = torch.tensor([0, 1])
        yield (
            document(logits=x, labels=y),
            [
                ("labels-flipped", F.cross_entropy(x, 1 - y)),
                ("probs-as-logits", F.cross_entropy(x.softmax(1), y)),
                ("sigmoid-for-softmax", F.binary_cross_entropy_with_logits(x, F.one_hot(y, 2).double())),
            ],
        )
    x, y = normal(6, 4), integers(4, 6)
    x[0, y[0]] = -35.0  # so sure and so wrong that clipping shows
    p = x.softmax(1)
    at = torch.arange(6), y
    yield (
        document(logits=x, labels=y),
        [
            ("clip-1e-7", F.nll_loss(p.clamp(1e-7, 1 - 1e-7).log(), y)),
            ("clip-1e-7", F.nll_loss((p + 1e-7).log(), y)),
            (
                "clip-1e-7",
                keras.losses.SparseCategoricalCrossentropy()(y.numpy().astype("int32"), p.numpy().astype("float32")),
            ),
            ("clip-other", -(p + 1e-8).log()[at].mean()),
            ("clip-other", -p.clamp(1e-6).log()[at].mean()),
            ("clip-1e-12", -(p + 1e-12).log()[at].mean() if float(p[at].min()) < 1e-9 else None),
        ],
    )


def _ce_weighted() -> Made:
    for n, c in ((5, 3), (7, 4)):
        x, y, w = normal(n, c), integers(c, n), uniform(0.2, 3, c)
        y[0] = 0
        hot = F.one_hot(y, c).double()
        each = F.cross_entropy(x, y, w, reduction="none")
        yield (
            document(logits=x, labels=y, weight=w),
            [
                ("weighted-mean-div-n", each.mean()),
                ("weighted-mean-div-n", F.cross_entropy(x, hot, w)),
                (
                    "weighted-mean-div-n",
                    keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
                        y.numpy(), x.numpy(), sample_weight=w[y].numpy()
                    ),
                ),
                ("weighted-mean-div-all-weights", each.sum() / w.sum()),
                ("weighted-mean-div-mean-weight", each.sum() / (n * w.mean())),
                ("reduction-sum", F.cross_entropy(x, y, w, reduction="sum")),
                ("weights-ignored", F.cross_entropy(x, y)),
                ("weights-twice", (each * w[y]).sum() / (w[y] ** 2).sum()),
                ("weights-inverted", F.cross_entropy(x, y, 1 / w)),
                ("weights-reversed", F.cross_entropy(x, y, w.flip(0))),
                ("weights-twice", (each * w[y]).sum() / w[y].sum()),
            ],
        )
        yield (
            document(logits=x, labels=y, weight=w, reduction="sum"),
            [
                ("reduction-mean", F.cross_entropy(x, y, w)),
                ("weights-normalised", F.cross_entropy(x, y, w / w.mean(), reduction="sum")),
                ("weights-normalised", F.cross_entropy(x, y, w / w.sum(), reduction="sum")),
            ],
        )
    x, y, w = normal(6, 3), torch.tensor([0, 1, 1, 2, 0, 1]), torch.tensor([0.0, 2.0, 0.5])
    each = F.cross_entropy(x, y, w, reduction="none")
    yield document(logits=x, labels=y, weight=w), [("weighted-mean-div-nonzero", each.sum() / (w[y] != 0).sum())]


def _ce_ignoring() -> Made:
    for n, c in ((6, 3), (8, 4)):
        x, y = normal(n, c), integers(c, n)
        y[1] = y[n - 1] = -100
        each = F.cross_entropy(x, y, reduction="none")
        yield (
            document(logits=x, labels=y),
            [
                ("ignored-in-divisor", each.mean()),
                ("reduction-sum", each.sum()),
                ("labels-off-by-one", F.nll_loss(x.log_softmax(1), torch.where(y == -100, y, (y - 1) % c))),
            ],
        )
    for n, c in ((6, 3), (9, 5)):
        x, y = normal(n, c), integers(c, n)
        y[0] = y[4] = 0
        yield (
            document(logits=x, labels=y, ignore_index=0),
            [
                ("ignore-not-applied", F.cross_entropy(x, y)),
                ("ignored-in-divisor", F.cross_entropy(x, y, ignore_index=0, reduction="none").mean()),
            ],
        )


def _ce_smoothed() -> Made:
    for n, c, e in ((4, 3, 0.1), (6, 5, 0.2)):
        x, y = normal(n, c), integers(c, n)
        hot, log_p = F.one_hot(y, c).double(), x.log_softmax(1)
        others = torch.full((n, c), e / (c - 1)).scatter(1, y[:, None], 1 - e)
        soft = hot * (1 - e) + e / c
        yield (
            document(logits=x, labels=y, label_smoothing=e),
            [
                ("smoothing-k-1", -(others * log_p).sum(1).mean()),
                ("smoothing-unnormalised", -((hot * (1 - e / c) + e / c) * log_p).sum(1).mean()),
                ("smoothing-unnormalised", -(((1 - e) * hot + 1 / c) * log_p).sum(1).mean()),
                ("smoothing-twice", F.cross_entropy(x, soft, label_smoothing=e)),
                ("smoothing-ignored", F.cross_entropy(x, y)),
                ("smoothing-others-only", -((hot * (1 - e) + (1 - hot) * e / c) * log_p).sum(1).mean()),
                ("smoothing-label-only", -(hot * (1 - e) * log_p).sum(1).mean()),
                ("smoothing-unnormalised", -(1 - e) * (hot * log_p).sum(1).mean() - e * log_p.sum(1).mean()),
            ],
        )
    for n, c, e in ((5, 3, 0.1), (6, 4, 0.2)):
        x, y, w = normal(n, c), integers(c, n), uniform(0.2, 3, c)
        hot, log_p = F.one_hot(y, c).double(), x.log_softmax(1)
        nll = F.nll_loss(log_p, y, w)
        yield (
            document(logits=x, labels=y, label_smoothing=e, weight=w),
            [
                ("weighted-mean-div-n", F.cross_entropy(x, y, w, label_smoothing=e, reduction="none").mean()),
                (
                    "smoothing-weight-of-label",
                    ((1 - e) * w[y] * F.nll_loss(log_p, y, reduction="none") - e * w[y] * log_p.mean(1)).sum()
                    / w[y].sum(),
                ),
                ("smoothing-unweighted", (1 - e) * nll - e * log_p.mean()),
                ("smoothing-ignored", nll),
            ],
        )


def _ce_soft() -> Made:
    for n, c in ((4, 3), (5, 4)):
        x, t = normal(n, c), shares(n, c)
        t[0] = torch.tensor([0.2, 0.7, 0.1] + [0.0] * (c - 3))
        truncated = torch.zeros(n, dtype=torch.long)
        yield (
            document(logits=x, labels=t),
            [
                ("labels-argmaxed", F.cross_entropy(x, t.argmax(1))),
                ("labels-truncated", F.cross_entropy(x, t.long().argmax(1)) + 0 * truncated.sum()),
                ("classes-reversed", F.cross_entropy(x, t.flip(1))),
                ("mean-over-elements", -(t * x.log_softmax(1)).mean()),
                ("probs-as-logits", F.cross_entropy(x.softmax(1), t)),
                ("reduction-sum", F.cross_entropy(x, t, reduction="sum")),
                ("bce-on-softmax", F.binary_cross_entropy(x.softmax(1), t)),
                ("sigmoid-for-softmax", F.binary_cross_entropy_with_logits(x, t)),
                ("kl-for-ce", F.kl_div(x.log_softmax(1), t, reduction="batchmean")),
            ],
        )


def _ce_maps() -> Made:
    for b, c, h, w in ((2, 3, 2, 2), (3, 4, 2, 3)):
        x, y = normal(b, c, h, w), integers(c, b, h, w)
        each = F.cross_entropy(x, y, reduction="none")
        yield (
            document(logits=x, labels=y),
            [
                ("sum-per-row", each.sum((1, 2)).mean()),
                ("reduction-sum", each.sum()),
                ("view-not-permute", F.cross_entropy(x.reshape(-1, c), y.reshape(-1))),
                ("softmax-wrong-axis", F.nll_loss(x.log_softmax(0), y)),
                ("softmax-wrong-axis", F.nll_loss(x.log_softmax(-1), y)),
                ("mean-over-elements", -(F.one_hot(y, c).movedim(-1, 1) * x.log_softmax(1)).mean()),
                ("probs-as-logits", F.cross_entropy(x.softmax(1), y)),
            ],
        )
        y = y.clone()
        y[0, 0, 0] = y[1, 1] = -100
        per_image = torch.stack([F.cross_entropy(a[None], k[None]) for a, k in zip(x, y, strict=True)])
        yield (
            document(logits=x, labels=y),
            [
                ("mean-of-sequence-means", per_image.mean()),
                ("ignored-in-divisor", F.cross_entropy(x, y, reduction="none").mean()),
            ],
        )


def _ce_sequences() -> Made:
    for b, t, c in ((2, 4, 3), (3, 5, 4)):
        x, y = normal(b, t, c), integers(c, b, t)
        y[0, t - 1] = y[1, t - 2] = y[1, t - 1] = -100
        flat = F.cross_entropy(x.reshape(-1, c), y.reshape(-1), reduction="none").view(b, t)
        kept = (y != -100).sum(1)
        yield (
            document(logits=x, labels=y, class_axis=2),
            [
                ("mean-of-sequence-means", (flat.sum(1) / kept).mean()),
                ("ignored-in-divisor", flat.mean()),
                ("sum-per-row", flat.sum(1).mean()),
                ("lm-shift", F.cross_entropy(x[:, :-1].reshape(-1, c), y[:, 1:].reshape(-1))),
                ("lm-shift-twice", F.cross_entropy(x[:, :-2].reshape(-1, c), y[:, 2:].reshape(-1))),
                ("perplexity", (flat.sum() / kept.sum()).exp()),
                ("reduction-sum", flat.sum()),
            ],
        )


def perplexity() -> Made:
    for b, t, c in ((2, 5, 4), (3, 4, 5)):
        x, y = normal(b, t, c), integers(c, b, t)
        y[0, t - 1] = -100
        flat = F.cross_entropy(x.reshape(-1, c), y.reshape(-1), reduction="none").view(b, t)
        kept = (y != -100).sum(1)
        loss = flat.sum() / kept.sum()
        yield (
            document(logits=x, labels=y, class_axis=2),
            [
                ("perplexity-not-exp", loss),
                ("perplexity-base-2", 2**loss),
                ("log-base-2", loss / math.log(2)),
                ("mean-of-perplexities", (flat.sum(1) / kept).exp().mean()),
                ("mean-of-perplexities", flat[flat != 0].exp().mean()),
                ("mean-of-sequence-means", (flat.sum(1) / kept).mean().exp()),
                ("ignored-in-divisor", flat.mean().exp()),
                ("probs-as-logits", F.cross_entropy(x.softmax(-1).reshape(-1, c), y.reshape(-1)).exp()),
            ],
        )
        yield (
            document(logits=x, labels=y, class_axis=2, shift=True),
            [
                ("lm-no-shift", loss.exp()),
                ("lm-shift-twice", F.cross_entropy(x[:, :-2].reshape(-1, c), y[:, 2:].reshape(-1)).exp()),
            ],
        )


def nll() -> Made:
    for n, c in ((4, 3), (6, 5)):
        x, y = normal(n, c), integers(c, n)
        y[0], w = 0, uniform(0.2, 3, c)
        log_p = torch.round(x.log_softmax(1), decimals=7)
        p = log_p.exp()
        yield (
            document(log_probs=log_p, labels=y),
            [
                ("probs-as-logprobs", F.nll_loss(p, y)),
                ("probs-as-logits", F.cross_entropy(p, y)),
                ("reduction-sum", F.nll_loss(log_p, y, reduction="sum")),
                ("sign", log_p[torch.arange(n), y].mean()),
                ("log-base-2", -p.log2()[torch.arange(n), y].mean()),
                ("classes-reversed", F.nll_loss(log_p.flip(1), y)),
                ("labels-off-by-one", -np.mean([log_p.numpy()[i, k - 1] for i, k in enumerate(y.tolist())])),
            ],
        )
        yield (
            document(log_probs=log_p, labels=y, weight=w),
            [
                ("weighted-mean-div-n", F.nll_loss(log_p, y, w, reduction="none").mean()),
                ("weights-ignored", F.nll_loss(log_p, y)),
            ],
        )
        q = uniform(0.05, 0.9, n, c)
        yield (
            document(log_probs=q.log(), labels=y),
            [
                ("renormalised", F.nll_loss((q / q.sum(1, keepdim=True)).log(), y)),
                ("renormalised", keras.losses.SparseCategoricalCrossentropy()(y.numpy(), q.numpy())),
                ("renormalised", F.cross_entropy(q.log(), y)),
            ],
        )
    p = torch.tensor([[0.0, 1.0], [0.3, 0.7], [1.0, 0.0]])
    p[0, 0] = 1e-30
    y = torch.tensor([0, 0, 0])
    yield (
        document(log_probs=p.log().clamp(-800), labels=y),
        [
            ("clip-eps", sklearn.metrics.log_loss(y.numpy(), p.numpy(), labels=[0, 1])),
            ("clip-1e-15", F.nll_loss(p.clamp(1e-15, 1 - 1e-15).log(), y)),
            ("clip-1e-12", F.nll_loss((p + 1e-12).log(), y)),
        ],
    )


def focal_softmax() -> Made:
    for n, c, g in ((4, 3, 2.0), (6, 4, 1.5)):
        x, y = normal(n, c), integers(c, n)
        hot, p = F.one_hot(y, c).double(), x.softmax(1)
        ce = F.cross_entropy(x, y, reduction="none")
        keras_focal = keras.losses.CategoricalFocalCrossentropy(gamma=g, from_logits=True)
        mean = ce.mean()
        s = x.sigmoid()
        one = -(hot * (1 - s) ** g * s.log() + (1 - hot) * s**g * (1 - s).log())
        yield (
            document(logits=x, labels=y, gamma=g),
            [
                ("focal-off", F.cross_entropy(x, y)),
                ("focal-gamma-0", 0.25 * F.cross_entropy(x, y)),
                ("focal-no-alpha", ((1 - (-ce).exp()) ** g * ce).mean()),
                ("focal-batch-pt", (1 - (-mean).exp()) ** g * mean),
                ("mean-over-elements", 0.25 * (hot * (1 - p) ** g * -p.log()).mean()),
                ("reduction-sum", 0.25 * ((1 - (-ce).exp()) ** g * ce).sum()),
                ("param-default", 0.25 * ((1 - (-ce).exp()) ** 2 * ce).mean() if g != 2 else None),
                ("focal-p-not-1-p", 0.25 * ((-ce).exp() ** g * ce).mean()),
            ],
        )
        yield (
            document(logits=x, labels=y, gamma=g, alpha=[1.0] * c),
            [
                ("focal-alpha-default", keras_focal(hot.numpy(), x.numpy())),
                ("focal-sigmoid", one.sum(1).mean()),
                ("focal-gamma-0", F.cross_entropy(x, y)),
            ],
        )
        a = uniform(0.2, 1, c)
        weighted = F.cross_entropy(x, y, a, reduction="none")
        yield (
            document(logits=x, labels=y, gamma=g, alpha=a),
            [
                ("focal-no-alpha", ((1 - (-ce).exp()) ** g * ce).mean()),
                ("focal-weighted-pt", ((1 - (-weighted).exp()) ** g * weighted).mean()),
                ("focal-batch-pt", (1 - (-F.cross_entropy(x, y, a)).exp()) ** g * F.cross_entropy(x, y, a)),
            ],
        )


def brier() -> Made:
    for n, c in ((4, 3), (6, 4)):
        p, y = shares(n, c), integers(c, n)
        hot = F.one_hot(y, c).double()
        yield (
            document(probs=p, labels=y),
            [
                ("mean-over-elements", F.mse_loss(p, hot)),
                ("rmse-vs-mse", ((p - hot) ** 2).sum(1).mean().sqrt()),
                ("half-mse", ((p - hot) ** 2).sum(1).mean() / 2),
                ("probs-as-logits", ((p.softmax(1) - hot) ** 2).sum(1).mean()),
                ("argmaxed-predictions", ((F.one_hot(p.argmax(1), c) - hot) ** 2).sum(1).mean()),
                ("reduction-sum", ((p - hot) ** 2).sum()),
                ("brier-label-only", ((1 - p[torch.arange(n), y]) ** 2).mean()),
            ],
        )


# -- binary --


def bce_logits() -> Made:
    for shape in ((5,), (2, 3), (3, 3)):
        x, t = normal(*shape), bits(*shape)
        y, z = t.numpy(), x.numpy()
        right = F.binary_cross_entropy_with_logits(x, t)
        s, e = x.sigmoid(), 0.1
        pw = uniform(0.3, 4, *shape[-1:]) if len(shape) > 1 else torch.full(shape, 3.0)
        each = F.binary_cross_entropy_with_logits(x, t, reduction="none")
        wrong: Wrong = [
            ("sigmoid-twice", F.binary_cross_entropy_with_logits(s, t)),
            ("reduction-sum", each.sum()),
            ("logits-as-probs", keras.losses.BinaryCrossentropy()(y.astype("float32"), z.astype("float32"))),
            ("logits-as-probs", F.binary_cross_entropy(x.clamp(1e-7, 1 - 1e-7), t)),
            ("labels-flipped", F.binary_cross_entropy_with_logits(x, 1 - t)),
            ("labels-as-signs", (each + 0 * t).mean() * 0 + F.binary_cross_entropy_with_logits(x, 2 * t - 1)),
            ("bce-half-missing", -(t * s.log()).mean()),
            ("smoothing-binary", keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=e)(y, z)),
            ("smoothing-smp", F.binary_cross_entropy_with_logits(x, t * (1 - e) + e * (1 - t))),
            ("focal-div-positives", each.sum() / t.sum() if float(t.sum()) not in (1, t.numel() - 1) else None),
            ("argmaxed-predictions", F.binary_cross_entropy_with_logits((s > 0.5).double(), t)),
            ("argmaxed-predictions", F.binary_cross_entropy_with_logits((x > 0.5).double(), t)),
            ("log-base-2", right / math.log(2)),
            ("sign", (t * s.log() + (1 - t) * (1 - s).log()).mean()),
            ("div-n-minus-1", each.sum() / (t.numel() - 1)),
            ("bce-half-missing", -((1 - t) * (1 - s).log()).mean()),
        ]
        if len(shape) > 1:
            wrong += [
                ("sum-over-classes", each.sum(1).mean()),
                ("softmax-for-sigmoid", F.cross_entropy(x, t)),
                ("bce-on-softmax", F.binary_cross_entropy(x.softmax(1), t)),
            ]
        else:
            wrong += [("broadcast", -(t * s[:, None].log() + (1 - t) * (1 - s[:, None]).log()).mean())]
        yield document(logits=x, labels=t), wrong
        pos = [
            ("pos-weight-ignored", right),
            ("pos-weight-inverted", F.binary_cross_entropy_with_logits(x, t, pos_weight=1 / pw)),
            ("pos-weight-on-negatives", -(t * s.log() + pw * (1 - t) * (1 - s).log()).mean()),
            ("pos-weight-as-weight", F.binary_cross_entropy_with_logits(x, t, weight=pw)),
            ("pos-weight-twice", F.binary_cross_entropy_with_logits(x, t, pos_weight=pw**2)),
            (
                "weighted-mean-div-sum-w",
                F.binary_cross_entropy_with_logits(x, t, pos_weight=pw, reduction="sum") / (1 + (pw - 1) * t).sum(),
            ),
        ]
        if shape == (3, 3):
            wrong_axis = F.binary_cross_entropy_with_logits(x, t, pos_weight=pw[:, None].expand(3, 3))
            pos += [("pos-weight-wrong-axis", wrong_axis)]
        yield document(logits=x, labels=t, pos_weight=pw), pos
        soft = uniform(0.1, 0.95, *shape)
        whole = 1 + (pw - 1) * soft
        yield (
            document(logits=x, labels=soft, pos_weight=pw),
            [
                (
                    "pos-weight-whole-element",
                    (whole * F.binary_cross_entropy_with_logits(x, soft, reduction="none")).mean(),
                )
            ],
        )
        yield (
            document(logits=x, labels=soft),
            [
                ("labels-rounded", F.binary_cross_entropy_with_logits(x, soft.round())),
                ("labels-truncated", F.binary_cross_entropy_with_logits(x, soft.long().double())),
            ],
        )
        w = uniform(0.2, 3, *shape)
        yield (
            document(logits=x, labels=t, weight=w),
            [
                ("weighted-mean-div-sum-w", (w * each).sum() / w.sum()),
                ("weights-ignored", right),
                ("weights-twice", (w * w * each).mean()),
                ("weights-inverted", F.binary_cross_entropy_with_logits(x, t, weight=1 / w)),
                ("weights-normalised", F.binary_cross_entropy_with_logits(x, t, weight=w / w.sum())),
                ("weights-normalised", F.binary_cross_entropy_with_logits(x, t, weight=w / w.mean())),
            ],
        )


def bce() -> Made:
    for n in (5, 8):
        p, t = uniform(0.05, 0.95, n), bits(n)
        each = F.binary_cross_entropy(p, t, reduction="none")
        yield (
            document(probs=p, labels=t),
            [
                ("sigmoid-twice", F.binary_cross_entropy_with_logits(p, t)),
                ("bce-half-missing", -(t * p.log()).mean()),
                ("log-base-10", -(t * p.log10() + (1 - t) * (1 - p).log10()).mean()),
                ("labels-flipped", F.binary_cross_entropy(1 - p, t)),
                ("reduction-sum", each.sum()),
                ("broadcast", F.binary_cross_entropy(p[:, None].expand(n, n), t.expand(n, n))),
                ("clip-other", -(t * (p + 1e-2).log() + (1 - t) * (1 - p + 1e-2).log()).mean()),
                (
                    "clip-other",
                    F.binary_cross_entropy(p.clamp(0.1, 0.9), t) if float((p - 0.5).abs().max()) > 0.4 else None,
                ),
            ],
        )
        w = uniform(0.2, 3, n)
        yield (
            document(probs=p, labels=t, weight=w),
            [
                ("weighted-mean-div-sum-w", sklearn.metrics.log_loss(t.numpy(), p.numpy(), sample_weight=w.numpy())),
                ("weights-ignored", each.mean()),
            ],
        )
    p, t = torch.tensor([1.0, 0.8, 0.0, 0.3, 1.0]), torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0])
    y, z = t.numpy().astype("float32"), p.numpy().astype("float32")
    yield (
        document(probs=p, labels=t),
        [
            ("clip-1e-7", keras.losses.BinaryCrossentropy()(y, z)),
            ("clip-1e-7", -(t * (p + 1e-7).log() + (1 - t) * (1 - p + 1e-7).log()).mean()),
            ("clip-1e-12", -(t * (p + 1e-12).log() + (1 - t) * (1 - p + 1e-12).log()).mean()),
            ("clip-1e-15", F.binary_cross_entropy(p.clamp(1e-15, 1 - 1e-15), t)),
            ("clip-eps", sklearn.metrics.log_loss(t.numpy(), p.numpy())),
            ("clip-eps-float32", sklearn.metrics.log_loss(y, z)),
            ("clip-other", F.binary_cross_entropy(p.clamp(1e-8, 1 - 1e-8), t)),
            ("clip-twice", _keras_1(y, z)),
        ],
    )


def _keras_1(t: Any, p: Any) -> float:
    """TensorFlow's Keras: clips, and adds its epsilon in the logarithm."""
    eps, one = np.float32(1e-7), np.float32(1)
    p = np.clip(p, eps, one - eps)
    return float(np.mean(-(t * np.log(p + eps) + (one - t) * np.log(one - p + eps)).astype(float)))


def sigmoid_focal_loss(x: Tensor, t: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none") -> Tensor:
    """torchvision's, by its published formula: it has no wheel for this version of PyTorch."""
    p = torch.sigmoid(x)
    ce = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    p_t = p * t + (1 - p) * (1 - t)
    loss = ce * ((1 - p_t) ** gamma)
    if alpha >= 0:
        loss = (alpha * t + (1 - alpha) * (1 - t)) * loss
    return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]


def focal() -> Made:
    for shape, a, g in (((6,), 0.25, 2.0), ((2, 3), 0.3, 1.5)):
        x, t = normal(*shape), bits(*shape)
        y, z, s = t.numpy(), x.numpy(), x.sigmoid()
        bce = F.binary_cross_entropy_with_logits(x, t, reduction="none")
        pt = (-bce).exp()
        at = a * t + (1 - a) * (1 - t)
        weighted = at * bce
        keras_focal = keras.losses.BinaryFocalCrossentropy(gamma=g, from_logits=True)
        mean = bce.mean()
        yield (
            document(logits=x, labels=t, alpha=a, gamma=g),
            [
                ("focal-alpha-swap", sigmoid_focal_loss(x, t, 1 - a, g, "mean")),
                ("focal-no-alpha", keras_focal(y, z)),
                ("focal-no-alpha", optax.losses.sigmoid_focal_loss(z, y, gamma=g).mean()),
                ("focal-alpha-on-both", (a * (1 - pt) ** g * bce).mean()),
                ("focal-alpha-on-positives", (torch.where(t == 1, a, 1.0) * (1 - pt) ** g * bce).mean()),
                ("focal-gamma-0", weighted.mean()),
                ("focal-off", mean),
                ("focal-weighted-pt", ((1 - (-weighted).exp()) ** g * weighted).mean()),
                ("focal-batch-pt", a * (1 - (-mean).exp()) ** g * mean),
                ("focal-batch-pt", (1 - (-mean).exp()) ** g * mean),
                ("focal-p-not-1-p", (at * pt**g * bce).mean()),
                ("focal-detached-p", (at * (1 - s) ** g * bce).mean()),
                (
                    "focal-div-positives",
                    sigmoid_focal_loss(x, t, a, g, "sum") / t.sum()
                    if float(t.sum()) not in (1, t.numel() - 1)
                    else None,
                ),
                ("reduction-sum", sigmoid_focal_loss(x, t, a, g, "sum")),
                ("sigmoid-twice", sigmoid_focal_loss(s, t, a, g, "mean")),
                ("labels-flipped", sigmoid_focal_loss(x, 1 - t, a, g, "mean")),
                ("param-default", sigmoid_focal_loss(x, t, alpha=a, reduction="mean") if g != 2 else None),
                ("bce-half-missing", -(a * t * (1 - s) ** g * s.log()).mean()),
            ],
        )
        yield (
            document(logits=x, labels=t, alpha=-1, gamma=g),
            [
                ("focal-alpha-default", sigmoid_focal_loss(x, t, gamma=g, reduction="mean")),
                ("focal-off", mean),
                ("focal-batch-pt", (1 - (-mean).exp()) ** g * mean),
                ("focal-detached-p", ((1 - s) ** g * bce).mean()),
            ],
        )


def hinge() -> Made:
    for n in (4, 7):
        x, t = normal(n), bits(n) * 2 - 1
        h = (1 - t * x).clamp(0)
        yield (
            document(logits=x, labels=t),
            [
                ("hinge-squared", keras.losses.SquaredHinge()(t.numpy(), x.numpy())),
                ("hinge-01-labels", (1 - (t > 0) * x).clamp(0).mean()),
                ("labels-flipped", keras.losses.Hinge()(-t.numpy(), x.numpy())),
                ("hinge-no-margin", (-t * x).clamp(0).mean()),
                ("reduction-sum", h.sum()),
                ("mean-of-nonzero", h[h > 0].mean() if (h == 0).any() else None),
            ],
        )


def squared_hinge() -> Made:
    x, t = normal(5), bits(5) * 2 - 1
    yield (
        document(logits=x, labels=t),
        [
            ("hinge-not-squared", keras.losses.Hinge()(t.numpy(), x.numpy())),
        ],
    )


def multilabel_soft_margin() -> Made:
    for n, c in ((3, 4), (5, 3)):
        x, t = normal(n, c), bits(n, c)
        each = F.binary_cross_entropy_with_logits(x, t, reduction="none")
        yield (
            document(logits=x, labels=t),
            [
                ("sum-over-classes", each.sum(1).mean()),
                ("reduction-sum", F.multilabel_soft_margin_loss(x, t, reduction="sum")),
                ("sigmoid-twice", F.multilabel_soft_margin_loss(x.sigmoid(), t)),
                ("softmax-for-sigmoid", F.cross_entropy(x, t)),
                ("reduction-sum", each.sum()),
            ],
        )


# -- regression --


def mse() -> Made:
    for shape in ((4,), (3, 2), (5, 3)):
        x, t = normal(*shape), normal(*shape)
        e = (x - t) ** 2
        wrong: Wrong = [
            ("rmse-vs-mse", sklearn.metrics.root_mean_squared_error(t.numpy().ravel(), x.numpy().ravel())),
            ("half-mse", optax.losses.l2_loss(x.numpy(), t.numpy()).mean()),
            ("div-n-minus-1", e.sum() / (e.numel() - 1)),
            ("reduction-sum", e.sum()),
            ("mae-vs-mse", F.l1_loss(x, t)),
            ("mse-of-mean", (x - t).mean() ** 2),
            ("percent", 100 * e.mean()),
        ]
        if len(shape) == 2:
            root = sklearn.metrics.root_mean_squared_error(t.numpy(), x.numpy())
            wrong += [
                ("sum-over-classes", e.sum(1).mean()),
                ("rmse-mean-of-columns", root),
                ("rmse-mean-of-rows", e.mean(1).sqrt().mean()),
                ("norm-mean-of-rows", e.sum(1).sqrt().mean()),
            ]
        else:
            wrong += [("broadcast", ((x[:, None] - t) ** 2).mean())]
        yield document(input=x, target=t), wrong
    x, t, w = normal(5), normal(5), torch.tensor([0.5, 0.0, 2.0, 1.5, 0.25])
    e = w * (x - t) ** 2
    yield (
        document(input=x, target=t, weight=w),
        [
            (
                "weighted-mean-div-n",
                keras.losses.MeanSquaredError()(t.numpy()[:, None], x.numpy()[:, None], sample_weight=w.numpy()),
            ),
            ("weighted-mean-div-nonzero", e.sum() / (w != 0).sum()),
            ("weights-ignored", F.mse_loss(x, t)),
            ("weights-twice", (w * e).sum() / (w * w).sum()),
            ("reduction-sum", e.sum()),
        ],
    )


def l1() -> Made:
    for n in (5, 10):
        x, t = normal(n), normal(n)
        e = (x - t).abs()
        cut = [chunk.mean() for chunk in e.split(4)]
        yield (
            document(input=x, target=t),
            [
                ("mse-vs-mae", F.mse_loss(x, t)),
                ("signed-error", (x - t).mean()),
                ("signed-error", (t - x).mean()),
                ("median-not-mean", np.median(e.numpy())),
                ("reduction-sum", e.sum()),
                ("mean-of-batch-means", sum(cut) / len(cut)),
                ("broadcast", (x[:, None] - t).abs().mean()),
                ("rmse-vs-mae", F.mse_loss(x, t).sqrt()),
            ],
        )


def huber() -> Made:
    for n, d in ((6, 0.5), (5, 2.0)):
        x, t = normal(n), normal(n)
        e = (x - t).abs()
        yield (
            document(input=x, target=t, delta=d),
            [
                ("huber-vs-smooth-l1", F.smooth_l1_loss(x, t, beta=d)),
                ("huber-no-half", torch.where(e <= d, e * e, 2 * d * e - d * d).mean()),
                ("missing-half", torch.where(e <= d, e * e, d * (2 * e - d)).mean()),
                ("param-default", F.huber_loss(x, t)),
                ("huber-linear-part", torch.where(e <= d, e * e / 2, d * e).mean() if (e > d).any() else None),
                ("reduction-sum", F.huber_loss(x, t, delta=d, reduction="sum")),
                ("huber-half-missing", torch.where(e <= d, e * e, d * (e - d / 2)).mean() if (e < d).any() else None),
                ("mse-vs-huber", F.mse_loss(x, t)),
                ("mae-vs-huber", F.l1_loss(x, t)),
            ],
        )


def smooth_l1() -> Made:
    for n, b in ((6, 0.5), (5, 2.0)):
        x, t = normal(n), normal(n)
        e = (x - t).abs()
        yield (
            document(input=x, target=t, beta=b),
            [
                ("huber-vs-smooth-l1", F.huber_loss(x, t, delta=b)),
                ("param-default", F.smooth_l1_loss(x, t)),
                ("missing-half", torch.where(e < b, e * e / b, 2 * e - b).mean()),
                ("mae-vs-huber", F.l1_loss(x, t)),
                ("huber-half-missing", torch.where(e < b, e * e / b, e - b / 2).mean()),
            ],
        )


def mape() -> Made:
    for n in (3, 6):
        x, t = uniform(1, 20, n), uniform(2, 18, n)
        e = (x - t).abs()
        yield (
            document(input=x, target=t),
            [
                ("mape-fraction", sklearn.metrics.mean_absolute_percentage_error(t.numpy(), x.numpy())),
                ("smape", (200 * e / (x + t)).mean()),
                ("smape", (100 * e / (x + t)).mean()),
                ("args-swapped", keras.losses.MeanAbsolutePercentageError()(x.numpy(), t.numpy())),
                ("wape", 100 * e.sum() / t.sum()),
                ("mape-signed", (100 * (t - x) / t).mean() if (x > t).any() else None),
                ("accuracy-not-error", 100 - (100 * e / t).mean()),
            ],
        )


def msle() -> Made:
    for n in (3, 6):
        x, t = uniform(1, 20, n), uniform(2, 18, n)
        e = (torch.log1p(x) - torch.log1p(t)) ** 2
        yield (
            document(input=x, target=t),
            [
                ("rmse-vs-mse", sklearn.metrics.root_mean_squared_log_error(t.numpy(), x.numpy())),
                ("msle-no-one", (x.log() - t.log()).square().mean()),
                ("log-base-10", (torch.log10(1 + x) - torch.log10(1 + t)).square().mean()),
                ("log-base-2", (torch.log2(1 + x) - torch.log2(1 + t)).square().mean()),
                ("reduction-sum", e.sum()),
            ],
        )


def pinball() -> Made:
    for n, q in ((4, 0.9), (6, 0.3)):
        x, t = normal(n), normal(n)
        yield (
            document(input=x, target=t, quantile=q),
            [
                ("pinball-swap", sklearn.metrics.mean_pinball_loss(x.numpy(), t.numpy(), alpha=q)),
                ("pinball-doubled", 2 * sklearn.metrics.mean_pinball_loss(t.numpy(), x.numpy(), alpha=q)),
                ("param-default", sklearn.metrics.mean_pinball_loss(t.numpy(), x.numpy())),
            ],
        )


def log_cosh() -> Made:
    x, t = normal(5), normal(5)
    yield (
        document(input=x, target=t),
        [
            ("reduction-sum", (x - t).cosh().log().sum()),
            ("log-base-10", (x - t).cosh().log10().mean()),
            ("broadcast", (x[:, None] - t).cosh().log().mean()),
        ],
    )


# -- distributions --


def kl() -> Made:
    for n, c in ((2, 3), (4, 5)):
        p, t = shares(n, c), shares(n, c)
        log_p = p.log()
        for reduction in ("batchmean", "mean"):
            with_ = {"reduction": reduction}
            kl = F.kl_div(log_p, t, **with_)
            other = F.kl_div(log_p, t, reduction="mean" if reduction == "batchmean" else "batchmean")
            m = (p + t) / 2
            js = (F.kl_div(m.log(), p, **with_) + F.kl_div(m.log(), t, **with_)) / 2
            back = F.kl_div(t.log(), p, **with_)
            d = n if reduction == "batchmean" else n * c
            yield (
                document(log_probs=log_p, target=t, reduction=reduction),
                [
                    ("kl-mean-vs-batchmean", other),
                    ("args-swapped", back),
                    ("kl-without-entropy", -(t * log_p).sum() / d),
                    ("kl-log-target", F.kl_div(log_p, t, log_target=True, **with_)),
                    ("probs-as-logprobs", F.kl_div(p, t, **with_)),
                    ("probs-as-logits", F.kl_div(p.log_softmax(1), t, **with_)),
                    ("kl-temperature", F.kl_div(log_p, t, **with_) * 4**2),
                    ("kl-symmetric", kl + back),
                    ("kl-symmetric", (kl + back) / 2),
                    ("js-for-kl", js),
                    ("kl-sign", -kl if reduction == "mean" else None),
                    ("sign", -kl),
                    ("log-base-2", (t * (t.log2() - p.log2())).sum() / d),
                    ("reduction-sum", F.kl_div(log_p, t, reduction="sum")),
                ],
            )
            raw = p * uniform(1.2, 3, n, 1)
            yield (
                document(log_probs=raw.log(), target=t, reduction=reduction),
                [
                    ("renormalised", scipy.stats.entropy(t.numpy(), raw.numpy(), axis=1).sum() / d),
                ],
            )
    p, t = shares(5), shares(5)
    yield (
        document(log_probs=p.log(), target=t, reduction="mean"),
        [("reduction-sum", F.kl_div(p.log(), t, reduction="sum"))],
    )
    yield (
        document(log_probs=p.log(), target=t, reduction="sum"),
        [
            ("kl-mean-vs-batchmean", torch.nn.KLDivLoss(reduction="batchmean")(p.log(), t)),
        ],
    )


def js() -> Made:
    for n, c in ((1, 4), (3, 3)):
        p, t = shares(n, c), shares(n, c)
        m = (p + t) / 2
        halves = [F.kl_div(m.log(), q, reduction="batchmean") for q in (p, t)]
        forth, back = F.kl_div(p.log(), t, reduction="batchmean"), F.kl_div(t.log(), p, reduction="batchmean")
        distance = scipy.spatial.distance.jensenshannon(p.numpy(), t.numpy(), axis=1)
        yield (
            document(probs=p, target=t),
            [
                ("js-sqrt", distance.mean() if n == 1 else (distance**2).mean() ** 0.5),
                ("js-sqrt", distance.mean()),
                ("missing-half", sum(halves)),
                ("log-base-2", (scipy.spatial.distance.jensenshannon(p.numpy(), t.numpy(), 2, axis=1) ** 2).mean()),
                ("js-jeffreys", forth + back),
                ("js-jeffreys", (forth + back) / 2),
                ("js-kl", forth),
                ("js-kl", back),
            ],
        )


def poisson_nll() -> Made:
    for n in (3, 5):
        rate, t = uniform(0.5, 5, n), torch.tensor(rng.integers(1, 6, n) * 1.0)
        t[0] = 3.0
        log = torch.round(rate.log(), decimals=4)
        yield (
            document(input=rate, target=t, log_input=False),
            [
                ("poisson-log-input", F.poisson_nll_loss(rate, t)),
                ("poisson-full", F.poisson_nll_loss(rate, t, log_input=False, full=True)),
                ("poisson-deviance", sklearn.metrics.mean_poisson_deviance(t.numpy(), rate.numpy() + 1e-8)),
                ("poisson-lgamma", (rate + 1e-8 - t * (rate + 1e-8).log() + torch.lgamma(t + 1)).mean()),
                ("args-swapped", F.poisson_nll_loss(t, rate, log_input=False)),
                ("reduction-sum", F.poisson_nll_loss(rate, t, log_input=False, reduction="sum")),
            ],
        )
        yield (
            document(input=log, target=t),
            [
                ("poisson-log-input", F.poisson_nll_loss(log, t, log_input=False) if float(log.min()) > 0 else None),
                ("poisson-full", F.poisson_nll_loss(log, t, full=True)),
            ],
        )
        yield document(input=log, target=t, full=True), [("poisson-full", F.poisson_nll_loss(log, t))]


def gaussian_nll() -> Made:
    for n in (3, 5):
        x, t, v = normal(n), normal(n), uniform(0.2, 2.5, n)
        log_p = torch.distributions.Normal(x, v.sqrt()).log_prob(t)
        e = (x - t) ** 2
        yield (
            document(input=x, target=t, var=v),
            [
                ("gaussian-full", -log_p.mean()),
                ("gaussian-logvar", F.gaussian_nll_loss(x, t, v.exp())),
                ("gaussian-std", F.gaussian_nll_loss(x, t, v**2)),
                ("gaussian-std", F.gaussian_nll_loss(x, t, v.sqrt())),
                ("gaussian-precision", F.gaussian_nll_loss(x, t, 1 / v)),
                ("gaussian-no-half", (v.log() + e / v).mean()),
                ("gaussian-half-missing", (v.log() / 2 + e / v).mean()),
                ("gaussian-half-missing", (v.log() + e / v / 2).mean()),
                ("reduction-sum", F.gaussian_nll_loss(x, t, v, reduction="sum")),
                ("sign", -F.gaussian_nll_loss(x, t, v)),
            ],
        )


# -- vectors --


def cosine() -> Made:
    for n, d in ((2, 3), (4, 5)):
        a, b = normal(n, d), normal(n, d)
        similarity = F.cosine_similarity(a, b)
        yield (
            document(input1=a, input2=b),
            [
                ("cosine-negative", keras.losses.CosineSimilarity()(b.numpy(), a.numpy())),
                ("cosine-similarity", similarity.mean()),
                ("not-normalised", 1 - (a * b).sum(1).mean()),
                ("not-normalised", (a * b).sum(1).mean()),
                ("cosine-angle", similarity.arccos().mean()),
                ("cosine-half", (1 - similarity).mean() / 2),
                ("reduction-sum", (1 - similarity).sum()),
                ("cosine-wrong-axis", 1 - F.cosine_similarity(a, b, dim=0).mean()),
                ("cosine-wrong-axis", 1 - F.cosine_similarity(a.flatten(), b.flatten(), dim=0)),
            ],
        )


def cosine_embedding() -> Made:
    for n, d in ((3, 2), (5, 4)):
        a, b, y = normal(n, d), normal(n, d), torch.tensor([1.0, -1.0, 1.0, -1.0, -1.0][:n])
        b[1] = torch.round(a[1] * 1.3 + 0.2, decimals=3)
        dot = (a * b).sum(1)
        yield (
            document(input1=a, input2=b, labels=y, margin=0.3),
            [
                ("param-default", F.cosine_embedding_loss(a, b, y)),
                ("labels-flipped", F.cosine_embedding_loss(a, b, -y, margin=0.3)),
                ("not-normalised", torch.where(y == 1, 1 - dot, (dot - 0.3).clamp(0)).mean()),
                ("reduction-sum", F.cosine_embedding_loss(a, b, y, margin=0.3, reduction="sum")),
            ],
        )


def triplet() -> Made:
    for n, d in ((3, 2), (5, 4)):
        a, p, q = (torch.rand(n, d).round(decimals=3) for _ in range(3))
        q[0] = torch.round(p[0] + 5, decimals=3)
        near, far = ((a - b).square().sum(1) for b in (p, q))
        cosine = F.triplet_margin_with_distance_loss(
            a, p, q, margin=0.5, distance_function=lambda u, v: 1 - F.cosine_similarity(u, v)
        )
        u, v, w = (F.normalize(b) for b in (a, p, q))
        each = F.triplet_margin_loss(a, p, q, margin=0.5, reduction="none")
        yield (
            document(anchor=a, positive=p, negative=q, margin=0.5),
            [
                ("triplet-squared", (near - far + 0.5).clamp(0).mean()),
                ("triplet-cosine", cosine),
                ("triplet-swap", F.triplet_margin_loss(a, p, q, margin=0.5, swap=True)),
                ("triplet-p", F.triplet_margin_loss(a, p, q, margin=0.5, p=1)),
                ("triplet-exchanged", F.triplet_margin_loss(a, q, p, margin=0.5)),
                ("param-default", F.triplet_margin_loss(a, p, q)),
                ("not-normalised", F.triplet_margin_loss(u, v, w, margin=0.5)),
                (
                    "triplet-soft",
                    F.soft_margin_loss(F.pairwise_distance(a, q) - F.pairwise_distance(a, p), torch.ones(n)),
                ),
                ("triplet-no-margin", (F.pairwise_distance(a, p) - F.pairwise_distance(a, q) + 0.5).mean()),
                ("mean-of-nonzero", each[each > 0].mean()),
                ("reduction-sum", each.sum()),
                ("triplet-margin-0", (F.pairwise_distance(a, p) - F.pairwise_distance(a, q)).clamp(0).mean()),
            ],
        )
    a, p, q = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 2.1]])
    yield (
        document(anchor=a, positive=p, negative=q, margin=0.2),
        [
            ("triplet-eps", ((a - p).norm() - (a - q).norm() + 0.2).clamp(0)),
        ],
    )


def info_nce() -> Made:
    from pytorch_metric_learning.losses import NTXentLoss

    for n, d, temperature in ((3, 3, 0.5), (5, 4, 0.1)):
        a, b = normal(n, d), normal(n, d, spread=0.5)
        b = torch.round(a + b, decimals=3)
        u, v = F.normalize(a), F.normalize(b)
        s, y = u @ v.T, torch.arange(n)
        both, whole = torch.cat([u, v]), torch.cat([u, v]) @ torch.cat([u, v]).T / temperature
        rest = s.masked_fill(torch.eye(n, dtype=torch.bool), -torch.inf) / temperature
        one, two = F.cross_entropy(s / temperature, y), F.cross_entropy(s.T / temperature, y)
        yield (
            document(anchor=a, positive=b, temperature=temperature),
            [
                ("ntxent", NTXentLoss(temperature)(torch.cat([a, b]), torch.cat([y, y]))),
                ("ntxent", optax.losses.ntxent(both.numpy(), torch.cat([y, y]).numpy(), temperature)),
                ("infonce-self-included", F.cross_entropy(whole, torch.cat([y + n, y]))),
                ("infonce-transposed", two),
                ("infonce-both", (one + two) / 2),
                ("infonce-both", one + two),
                ("infonce-positive-left-out", (rest.logsumexp(1) - s.diagonal() / temperature).mean()),
                ("infonce-times-t", F.cross_entropy(s * temperature, y)),
                ("infonce-times-t", F.cross_entropy(s * math.exp(temperature), y)),
                ("infonce-loss-times-t", one * temperature),
                ("infonce-loss-times-t", 2 * one * temperature if temperature != 0.5 else None),
                ("param-default", F.cross_entropy(s, y)),
                ("not-normalised", F.cross_entropy(a @ b.T / temperature, y)),
                ("reduction-sum", F.cross_entropy(s / temperature, y, reduction="sum")),
                ("infonce-labels-0", F.cross_entropy(s / temperature, torch.zeros_like(y))),
            ],
        )


def nt_xent() -> Made:
    from pytorch_metric_learning.losses import NTXentLoss

    for n, d, temperature in ((3, 3, 0.5), (4, 5, 0.2)):
        a, b, y = normal(n, d), normal(n, d), torch.arange(n)
        z, labels = torch.cat([a, b]), torch.cat([y, y])
        u = F.normalize(z)
        s = u @ u.T
        masked = s.masked_fill(torch.eye(2 * n, dtype=torch.bool), -torch.inf)
        pair = torch.cat([y + n, y])
        one = F.cross_entropy((u[:n] @ u[n:].T) / temperature, y)
        yield (
            document(embeddings=z, labels=labels, temperature=temperature),
            [
                ("infonce-self-included", F.cross_entropy(s / temperature, pair)),
                ("param-default", NTXentLoss()(z, labels)),
                ("infonce-for-ntxent", one),
                ("infonce-times-t", F.cross_entropy(masked * temperature, pair)),
                ("infonce-loss-times-t", F.cross_entropy(masked / temperature, pair) * temperature),
                (
                    "not-normalised",
                    F.cross_entropy((z @ z.T).masked_fill(masked == -torch.inf, -torch.inf) / temperature, pair),
                ),
                ("reduction-sum", F.cross_entropy(masked / temperature, pair, reduction="sum")),
            ],
        )


# -- margins --


def multi_margin() -> Made:
    for n, c in ((3, 4), (5, 3)):
        x, y = normal(n, c), integers(c, n)
        own = x[torch.arange(n), y][:, None]
        hot = F.one_hot(y, c).double()
        short = (1 - own + x).clamp(0) * (1 - hot)
        yield (
            document(logits=x, labels=y),
            [
                ("multi-margin-no-div-c", short.sum(1).mean()),
                ("multi-margin-div-c-1", short.sum(1).mean() / (c - 1)),
                ("crammer-singer", optax.losses.multiclass_hinge_loss(x.numpy(), y.numpy()).mean()),
                ("crammer-singer", sklearn.metrics.hinge_loss(y.numpy(), x.numpy(), labels=range(c))),
                ("multi-margin-own", (1 - own + x).clamp(0).mean()),
                ("multi-margin-p", F.multi_margin_loss(x, y, p=2)),
                ("reduction-sum", F.multi_margin_loss(x, y, reduction="sum")),
                ("crammer-singer", keras.losses.CategoricalHinge()(hot.numpy(), x.numpy())),
            ],
        )


def categorical_hinge() -> Made:
    x, y = normal(4, 3), integers(3, 4)
    yield document(logits=x, labels=y), [("multi-margin", F.multi_margin_loss(x, y))]


def margin_ranking() -> Made:
    for n in (3, 6):
        a, b, y = normal(n), normal(n), bits(n) * 2 - 1
        each = F.margin_ranking_loss(a, b, y, margin=0.2, reduction="none")
        yield (
            document(input1=a, input2=b, labels=y, margin=0.2),
            [
                ("param-default", F.margin_ranking_loss(a, b, y)),
                ("labels-flipped", F.margin_ranking_loss(a, b, -y, margin=0.2)),
                ("hinge-01-labels", F.margin_ranking_loss(a, b, (y > 0).double(), margin=0.2)),
                ("reduction-sum", each.sum()),
                ("mean-of-nonzero", each[each > 0].mean() if (each == 0).any() else None),
            ],
        )


def hinge_embedding() -> Made:
    for n in (4, 6):
        x, y = uniform(0, 2, n), bits(n) * 2 - 1
        yield (
            document(input=x, labels=y, margin=0.8),
            [
                ("param-default", F.hinge_embedding_loss(x, y)),
                ("labels-flipped", F.hinge_embedding_loss(x, -y, margin=0.8)),
                ("reduction-sum", F.hinge_embedding_loss(x, y, margin=0.8, reduction="sum")),
            ],
        )


def multilabel_margin() -> Made:
    x = normal(3, 4)
    lists = torch.tensor([[0, 3, -1, -1], [1, -1, -1, -1], [2, 0, 3, -1]])
    hot = torch.zeros(3, 4, dtype=torch.long)
    for i, row in enumerate(lists):
        hot[i, row[row >= 0]] = 1
    yield (
        document(logits=x, labels=lists),
        [
            ("multihot-as-indices", F.multilabel_margin_loss(x, hot)),
            ("reduction-sum", F.multilabel_margin_loss(x, lists, reduction="sum")),
            ("sum-over-classes", F.multilabel_margin_loss(x, lists) * 4),
        ],
    )


# -- sequences --


def ctc() -> Made:
    for t, n, c in ((6, 2, 4), (7, 3, 5)):
        raw = normal(t, n, c)
        log_p = raw.log_softmax(-1).round(decimals=6)
        targets = torch.tensor([[1, 2, 1], [3, 1, 2], [2, 3, 1]][:n])
        lengths, frames = torch.tensor([3, 2, 1][:n]), torch.tensor([t, t - 1, t - 2][:n])
        each = F.ctc_loss(log_p, targets, frames, lengths, reduction="none")
        padded = F.ctc_loss(log_p, targets, frames, torch.full((n,), 3), reduction="mean")
        yield (
            document(log_probs=log_p, targets=targets, input_lengths=frames, target_lengths=lengths),
            [
                ("ctc-not-div-length", each.mean()),
                ("ctc-div-input-length", (each / frames).mean()),
                ("ctc-div-all-lengths", each.sum() / lengths.sum()),
                ("ctc-div-all-input-lengths", each.sum() / frames.sum()),
                ("ctc-target-padding", padded),
                ("ctc-full-input-lengths", F.ctc_loss(log_p, targets, torch.full((n,), t), lengths)),
                ("ctc-blank", F.ctc_loss(log_p, targets, frames, lengths, blank=c - 1)),
                ("probs-as-logprobs", F.ctc_loss(log_p.exp(), targets, frames, lengths)),
                ("reduction-sum", each.sum()),
                ("log-base-10", F.ctc_loss(log_p, targets, frames, lengths) / math.log(10)),
                ("probs-as-logits", F.ctc_loss(log_p.exp().log_softmax(-1), targets, frames, lengths)),
            ],
        )
        yield (
            document(log_probs=log_p, targets=targets, input_lengths=frames, target_lengths=lengths, reduction="sum"),
            [
                ("ctc-div-length", F.ctc_loss(log_p, targets, frames, lengths)),
                ("reduction-mean", each.mean()),
            ],
        )
        yield (
            document(log_probs=raw, targets=targets, input_lengths=frames, target_lengths=lengths),
            [
                ("renormalised", F.ctc_loss(log_p, targets, frames, lengths)),
            ],
        )
    log_p = normal(2, 2, 4).log_softmax(-1).round(decimals=6)
    targets, frames, lengths = torch.tensor([[1, 1], [3, 0]]), torch.tensor([2, 2]), torch.tensor([2, 1])
    each = F.ctc_loss(log_p, targets, frames, lengths, reduction="none", zero_infinity=True) / lengths
    given = {"targets": targets, "input_lengths": frames, "target_lengths": lengths}
    yield (
        document(log_probs=log_p, zero_infinity=True, **given),
        [
            ("ctc-inf-dropped", each[each > 0].mean()),
        ],
    )


# -- masks --


def dice() -> Made:
    import monai.losses

    smp = _regions.smp()
    from kornia.losses import dice_loss

    for n, h, w in ((2, 2, 3), (3, 3, 3)):
        p, t = uniform(0.05, 0.95, n, h, w), bits(n, h, w)
        t[1] = 0
        t[1, 0, 0] = 1
        tp, size = (p * t).sum(), p.sum() + t.sum()
        each, sizes = (p * t).sum((1, 2)), p.sum((1, 2)) + t.sum((1, 2))
        q, u = p[:, None], t[:, None]
        binary = (p > 0.5).double()
        with_ = {"sigmoid": False, "smooth_nr": 0.0, "smooth_dr": 0.0}
        yield (
            document(logits=p, labels=t, mode="binary", from_logits=False, overlap="product"),
            [
                ("dice-per-image", monai.losses.DiceLoss(**with_)(q, u)),
                ("dice-squared", monai.losses.DiceLoss(squared_pred=True, **with_)(q, u)),
                ("dice-squared", 1 - 2 * tp / ((p * p).sum() + (t * t).sum())),
                ("iou-vs-dice", smp.JaccardLoss("binary", from_logits=False, smooth=0.0)(q, u)),
                ("dice-smooth-1", 1 - (2 * tp + 1) / (size + 1)),
                ("dice-smooth-1", smp.DiceLoss("binary", from_logits=False, smooth=1.0)(q, u)),
                ("dice-smooth-1", 1 - ((2 * each + 1) / (sizes + 1)).mean()),
                ("dice-smooth-1", (1 - (each + 1) / (sizes / 2 + 1)).mean()),
                ("one-minus-missing", 2 * tp / size),
                ("negative-coefficient", -2 * tp / size),
                ("dice-log", -(2 * tp / size).log()),
                ("dice-thresholded", 1 - 2 * (binary * t).sum() / (binary.sum() + t.sum())),
                ("sigmoid-twice", smp.DiceLoss("binary")(q, u)),
                ("dice-2-missing", 1 - tp / size),
                ("labels-flipped", 1 - 2 * (p * (1 - t)).sum() / (p.sum() + (1 - t).sum())),
                (
                    "dice-with-background",
                    1 - (2 * tp / size + 2 * ((1 - p) * (1 - t)).sum() / ((1 - p).sum() + (1 - t).sum())) / 2,
                ),
            ],
        )
    for b, c, h, w in ((2, 3, 2, 3), (3, 4, 3, 3)):
        x, y = normal(b, c, h, w), integers(c, b, h, w)
        y[0, 0, :2] = torch.tensor([0, 1])
        y.view(-1)[: c + 1] = torch.arange(c + 1) % c
        hot, p = F.one_hot(y, c).movedim(-1, 1).double(), x.softmax(1)
        tp, size = (p * hot).sum((0, 2, 3)), (p + hot).sum((0, 2, 3))
        yield (
            document(logits=x, labels=y, overlap="product"),
            [
                ("dice-without-background", (1 - 2 * tp / size)[1:].mean()),
                ("dice-micro", dice_loss(x, y, average="micro", eps=0.0)),
                ("dice-micro", keras.losses.Dice()(hot.movedim(1, -1).numpy(), p.movedim(1, -1).numpy())),
                (
                    "dice-per-image",
                    monai.losses.DiceLoss(smooth_nr=0, smooth_dr=0, softmax=True, to_onehot_y=True)(x, y[:, None]),
                ),
                ("iou-vs-dice", (1 - tp / (size - tp)).mean()),
                ("one-minus-missing", (2 * tp / size).mean()),
                ("dice-squared", (1 - 2 * tp / (p * p + hot).sum((0, 2, 3))).mean()),
                ("dice-mode", (1 - 2 * (x.sigmoid() * hot).sum((0, 2, 3)) / (x.sigmoid() + hot).sum((0, 2, 3))).mean()),
                (
                    "probs-as-logits",
                    (lambda r: (1 - 2 * (r * hot).sum((0, 2, 3)) / (r + hot).sum((0, 2, 3))).mean())(p.softmax(1)),
                ),
                ("dice-smooth-1", (1 - (2 * tp + 1) / (size + 1)).mean()),
            ],
        )
        yield (
            document(logits=x, labels=y, overlap="product", classes=list(range(1, c))),
            [
                ("dice-with-background", (1 - 2 * tp / size).mean()),
            ],
        )


def tversky() -> Made:
    import monai.losses

    for n, m, a in ((2, 6, 0.3), (3, 8, 0.2)):
        p, t = uniform(0.05, 0.95, n, m), bits(n, m)
        t[1, 2] = 1
        q, u = p[:, None], t[:, None]
        tp, fp, fn = (p * t).sum(), (p * (1 - t)).sum(), ((1 - p) * t).sum()
        b = round(1 - a, 1)
        own = {"mode": "binary", "from_logits": False, "overlap": "product", "alpha": a, "beta": b}
        swapped = keras.losses.Tversky(alpha=a, beta=b)(t.numpy().ravel(), p.numpy().ravel())
        yield (
            document(logits=p, labels=t, **own),
            [
                ("tversky-swap", 1 - tp / (tp + b * fp + a * fn)),
                ("tversky-swap", swapped),
                ("dice-per-image", monai.losses.TverskyLoss(alpha=a, beta=b, smooth_nr=0, smooth_dr=0)(q, u)),
                ("one-minus-missing", tp / (tp + a * fp + b * fn)),
                ("param-default", 1 - tp / (tp + fp / 2 + fn / 2)),
            ],
        )


def jaccard() -> Made:
    for n, m in ((2, 6), (3, 8)):
        p, t = uniform(0.05, 0.95, n, m), bits(n, m)
        t[1, 2] = 1
        tp, size = (p * t).sum(), p.sum() + t.sum()
        each, sizes = (p * t).sum(1), p.sum(1) + t.sum(1)
        yield (
            document(logits=p, labels=t, mode="binary", from_logits=False, overlap="product"),
            [
                ("dice-vs-iou", 1 - 2 * tp / size),
                ("dice-per-image", (1 - each / (sizes - each)).mean()),
                ("one-minus-missing", tp / (size - tp)),
                ("dice-smooth-1", 1 - (tp + 1) / (size - tp + 1)),
                ("dice-log", -(tp / (size - tp)).log()),
                ("dice-2-missing", 1 - tp / size),
            ],
        )


def giou() -> Made:
    a = torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 4.0, 3.0], [0.0, 1.0, 2.0, 5.0]])
    b = torch.tensor([[1.0, 1.0, 3.0, 4.0], [1.0, 2.0, 5.0, 4.0], [3.0, 2.0, 5.0, 6.0]])
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    area = [(c[:, 2:] - c[:, :2]).prod(1) for c in (a, b)]
    both = (high - low).clamp(0).prod(1)
    union = area[0] + area[1] - both
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    value = both / union - (hull - union) / hull
    yield (
        document(input=a, target=b),
        [
            ("one-minus-missing", value.mean()),
            ("reduction-sum", (1 - value).sum()),
            ("iou-for-giou", (1 - both / union).mean()),
        ],
    )


LOSSES = [
    ce,
    perplexity,
    nll,
    focal_softmax,
    brier,
    bce_logits,
    bce,
    focal,
    hinge,
    squared_hinge,
    multilabel_soft_margin,
    mse,
    l1,
    huber,
    smooth_l1,
    mape,
    msle,
    pinball,
    log_cosh,
    kl,
    js,
    poisson_nll,
    gaussian_nll,
    cosine,
    cosine_embedding,
    triplet,
    info_nce,
    nt_xent,
    multi_margin,
    categorical_hinge,
    margin_ranking,
    hinge_embedding,
    multilabel_margin,
    ctc,
    dice,
    tversky,
    jaccard,
    giou,
]


def main() -> None:
    asked = sys.argv[1:]
    lines = []
    for loss in LOSSES:
        command = loss.__name__.replace("_", "-")
        if asked and command not in asked:
            continue
        for given, wrong in loss():
            made = [[name, float(number)] for name, number in wrong if number is not None]
            lines.append(json.dumps({"command": command, "document": given, "wrong": made}) + "\n")
    FILE.write_text("".join(lines))
    print(f"{len(lines)} documents, {sum(len(json.loads(line)['wrong']) for line in lines)} wrong numbers")


if __name__ == "__main__":
    main()

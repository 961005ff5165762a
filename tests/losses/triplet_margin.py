from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.losses.cosine_distance import vectors


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    names = ("anchor", "positive", "negative")
    values: dict[str, Any] = dict(zip(names, vectors(draw, rows, tame, 3), strict=True))
    values["margin"] = draw(st.sampled_from([1.0, 0.0625, 3.0]))
    values["p"] = draw(st.sampled_from([2.0, 1.0, 3.0, math.inf]))
    values["swap"] = draw(st.booleans())
    if tame:
        flat = [values[n].reshape(-1, values[n].shape[-1]) for n in names]
        for a, p, n in zip(*flat, strict=True):
            near, far, between = (float(distance(x, y, values["p"], 1e-6)) for x, y in ((a, p), (a, n), (p, n)))
            least = min(far, between) if values["swap"] else far
            sizes = np.sort(np.abs([a - p, a - n]), axis=1)
            smooth = sizes.min() > 1e-3 and (sizes.shape[1] < 2 or (sizes[:, -1] - sizes[:, -2]).min() > 1e-3)
            assume(smooth and abs(near - least + values["margin"]) > 1e-3 and abs(far - between) > 1e-3)
    return values


def distance(x: Any, y: Any, p: float, eps: float) -> Any:
    sizes = [abs(mpf(float(a)) - mpf(float(b)) + mpf(eps)) for a, b in zip(x, y, strict=True)]
    return max(sizes) if math.isinf(p) else mp.fsum(s ** mpf(p) for s in sizes) ** (1 / mpf(p))


def reference(row: dict[str, Any]) -> dict[str, Any]:
    a, p, n, eps = row["anchor"], row["positive"], row["negative"], row["eps"]
    near, far, between = (distance(x, y, row["p"], eps) for x, y in ((a, p), (a, n), (p, n)))
    least = min(far, between) if row["swap"] else far
    steps = {
        "anchor": a,
        "positive": p,
        "negative": n,
        "a - p + eps": [mpf(x) - mpf(y) + mpf(eps) for x, y in zip(a, p, strict=True)],
        "a - n + eps": [mpf(x) - mpf(y) + mpf(eps) for x, y in zip(a, n, strict=True)],
        "d(a, p)": near,
        "d(a, n)": far,
        "d(p, n)": between,
    }
    value = max(mpf(0), near - least + mpf(row["margin"]))
    size = near + least + max(abs(mpf(x)) for x in (*a, *p, *n))  # distances, and differences within them, that cancel
    return {"value": value, "divisor": 1, "counts": True, "steps": steps, "size": size}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(3,), (1, 3), (4, 5), (5, 40)]:
        for options in (
            {},
            {"swap": True},
            {"p": 1.0, "margin": 0.2},
            {"p": 3.5, "swap": True},
            {"p": math.inf},
            {"p": 0.5},
            {"eps": 0.1, "margin": 2.0},
        ):
            anchor, positive, negative = (rng.normal(0, 1, shape) for _ in range(3))
            if shape == (4, 5):
                positive[0] = anchor[0]
            p, n = torch.tensor(positive), torch.tensor(negative)

            def function(x: Any, reduction: str, p: Any = p, n: Any = n, options: Any = options) -> Any:
                return F.triplet_margin_loss(x, p, n, reduction=reduction, **options)

            yield {"anchor": anchor, "positive": positive, "negative": negative, **options}, function
    tie = np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]]), np.array([[0.5, 3.0]])
    broadcast = rng.normal(0, 1, (1, 3)), rng.normal(0, 1, (4, 3)), rng.normal(0, 1, (4, 1))
    for (anchor, positive, negative), options in [(tie, {"swap": True, "eps": 0.0, "margin": 9.0}), (broadcast, {})]:
        p, n = torch.tensor(positive), torch.tensor(negative)

        def more(x: Any, reduction: str, p: Any = p, n: Any = n, options: Any = options) -> Any:
            return F.triplet_margin_loss(x, p, n, reduction=reduction, **options)

        yield {"anchor": anchor, "positive": positive, "negative": negative, **options}, more


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    optax = _claims.optax()
    for shape in [(1, 3), (4, 1), (3, 4), (5, 2), (2, 6)]:
        a, b, c = (_claims.numbers(rng, *shape) for _ in range(3))
        given = {"anchor": a, "positive": b, "negative": c}
        yield "PyTorch", given, torch.nn.TripletMarginLoss()(*map(torch.tensor, (a, b, c)))
        p = int(rng.choice([2, 4]))
        loss = optax.losses.triplet_margin_loss(a, b, c, norm_degree=p, eps=0.0)
        yield "optax", given | {"p": p, "eps": 0.0, "reduction": "none"}, loss

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses._predictions import inputs
from tests.losses._regions import smp


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    width = draw(st.sampled_from([0.5, 5.0] if tame else [1e-300, 0.1, 5.0, 700.0]))
    curvature = draw(st.sampled_from([0.5, 2.0] if tame else [1e-10, 0.5, 1e10]))
    return inputs(draw, rows, tame, (0.0, width)) | {"width": width, "curvature": curvature}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, w, c = mpf(row["input"]) - mpf(row["target"]), mpf(row["width"]), mpf(row["curvature"])
    value = w * mp.log(1 + abs(e) / c) if abs(e) < w else abs(e) - w + w * mp.log(1 + w / c)
    steps = {"input": row["input"], "target": row["target"], "error": e, "|error|": abs(e)}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """smp keeps it in losses._functional, without a name of its own.

    .torch/bin/pip install segmentation-models-pytorch==0.6.0
    """
    import torch

    wing_loss = smp()._functional.wing_loss

    for shape in [(), (5,), (2, 3, 4)]:
        for options in ({}, {"width": 10.0, "curvature": 2.0}, {"width": 0.5}):
            target = rng.normal(0, 5, shape)

            def function(x: Any, reduction: str, target: Any = target, options: Any = options) -> Any:
                return wing_loss(x, torch.tensor(target), reduction=reduction, **options)

            yield {"input": rng.normal(0, 5, shape), "target": target, **options}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for given, function in golden_cases(rng):
        yield "smp", given, function(torch.tensor(given["input"]), "mean")

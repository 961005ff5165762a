"""kornia: Kornia.

charbonnier: charbonnier_loss (--epsilon 1, and 1 less)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.libraries._ways import At, Way, axis_1, one_hot, softmax

IMPORTS = "import torch\nfrom kornia import losses\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"


def conventions(at: At) -> Iterator[Way]:
    if at.name == "charbonnier" and len(at.first) > 0:
        reduction = f"reduction={at.reduction!r}"
        code = f"loss = losses.charbonnier_loss(input, target, {reduction})"
        call = at.call.having(epsilon=1.0)
        yield Way("", call.computing(lambda: call.own_terms.value - 1), code, "epsilon is 1, and 1 less")
    elif at.name == "focal-softmax" and at.by_index and len(at.first) > 1 and at.reduction == "mean":
        yield from _focal(at)
    elif at.name == "dice" and at.reduction == "mean" and len(at.first) == 4 and at["from_logits"]:
        yield from _dice(at)


def _focal(at: At) -> Iterator[Way]:
    if at.ignored or (at.call.get("alpha") is not None and not (np.asarray(at["alpha"]) == 1).all()):
        yield Way("", None, why="weights the first class by 1 - alpha")
        return
    p, t = softmax(at.call.x), one_hot(at)
    rows = at.call.computing(lambda: -(t * (1 - p) ** at["gamma"] * np.log(p)).sum(axis=-1) / t.shape[-1])
    code = f"{axis_1(at)}loss = losses.focal_loss(logits, labels, None, gamma={at['gamma']!r}, reduction='mean')"
    yield Way("focal_loss", rows, code, "rows times classes")


def _dice(at: At) -> Iterator[Way]:
    if at["mode"] != "multiclass" or at.has("classes") or "labels" in at.by_class:
        yield Way("", None, why="takes class indices")
        return
    if (at.call.t == at["ignore_index"]).any():
        return
    changes = {"overlap": "product", "empty": "formula", "per_image": True, "smooth_nr": 0.0, "smooth_dr": 1e-8}
    for average in ("macro", "micro"):
        call = at.call.having(**changes, average=average)
        code = f"{axis_1(at)}loss = losses.dice_loss(logits, labels, average={average!r})"
        why = "image by image" if average == "macro" else "all classes of an image pooled"
        yield Way(f"dice_loss, {average}", call, code, why)

"""What the references of losses that are a function of the label's probability have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf

from tests.losses.cross_entropy import log_softmax

Function = Callable[[Any], Any]  # of a log-probability


def reference(row: dict[str, Any], of: Function, name: str, column: Function, alpha: list[float]) -> dict[str, Any]:
    z, label = row["logits"], row["labels"]
    lp = log_softmax(z)
    classes = range(len(z))
    counts = isinstance(label, list) or label != row["ignore_index"]
    hot = label if isinstance(label, list) else [float(counts and c == label) for c in classes]
    each = [mpf(alpha[c]) * mpf(hot[c]) * of(lp[c]) for c in classes]
    steps = {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "exp(z - max)": [mp.exp(mpf(x) - max(z)) for x in z],
        "softmax": [mp.exp(x) for x in lp],
        "log softmax": lp,
        name.format(""): [column(x) for x in lp],
        "alpha": alpha,
        "target": hot,
        "loss": each,
        "label": label,
    }
    if counts and not isinstance(label, list):
        steps |= {"softmax[y]": mp.exp(lp[label]), "log softmax[y]": lp[label], "alpha[y]": alpha[label]}
        steps[name.format("[y]")] = column(lp[label])
    return {"value": mp.fsum(each), "divisor": counts * 1, "counts": counts, "steps": steps}

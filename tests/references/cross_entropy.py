from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def log_softmax(z: list[float]) -> list[Any]:
    lse = mp.log(mp.fsum(mp.exp(mpf(x)) for x in z))
    return [mpf(x) - lse for x in z]


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, label, e = row["logits"], row["labels"], mpf(row["label_smoothing"])
    classes = len(z)
    w = row["weight"] or [1.0] * classes
    lp = log_softmax(z)
    if isinstance(label, list):
        counts, divisor = True, 1
        hot = label
    else:
        counts = label != row["ignore_index"]
        divisor = w[label] if counts else 0
        hot = [float(c == label) for c in range(classes)]
    target = [(1 - e) * mpf(q) + e / classes for q in hot]
    terms = [mpf(w[c]) * target[c] * -lp[c] for c in range(classes)]
    steps = {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "exp(z - max)": [mp.exp(mpf(x) - max(z)) for x in z],
        "softmax": [mp.exp(x) for x in lp],
        "log softmax": lp,
        "target": target if counts else [0] * classes,
        "class weight": w,
        "loss": terms if counts else [0] * classes,
        "label": label,
        "weight": divisor,
        "mean of -log softmax": mp.fsum(mpf(w[c]) * -lp[c] for c in range(classes)) / classes,
    }
    if not isinstance(label, list) and counts:
        steps |= {"logit[y]": z[label], "softmax[y]": mp.exp(lp[label]), "log softmax[y]": lp[label]}
    return {"value": mp.fsum(terms) if counts else 0, "divisor": divisor, "counts": counts, "steps": steps}

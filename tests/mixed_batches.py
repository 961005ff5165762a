"""Makes mixed_batches.jsonl.gz: a thousand batches of every kind with PyTorch's loss, as one JSON Lines stream.

.torch/bin/python -m tests.mixed_batches
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

SHAPES = [(3,), (1, 4), (3, 2), (4, 3), (4, 3), (4, 3), (2, 3, 4), (2, 3, 2, 3), (1, 2, 2, 1, 2)]


def document(rng: np.random.Generator, number: int) -> dict[str, Any]:
    shape = SHAPES[rng.integers(len(SHAPES))]
    axis = 0 if len(shape) == 1 else 1
    classes = shape[axis]
    values: dict[str, Any] = {"logits": np.round(rng.normal(0, 4, shape), 4).tolist()}
    if rng.random() < 0.3:
        q = rng.random(shape)
        values["labels"] = (q / q.sum(axis=axis, keepdims=True)).tolist()
    else:
        rows = () if axis == 0 else (shape[0], *shape[2:])
        labels = rng.integers(0, classes, rows)
        if rng.random() < 0.3:
            values["ignore_index"] = int(rng.integers(0, classes))
        elif rng.random() < 0.3:
            labels = np.where(rng.random(rows) < 0.2, -100, labels)
        if np.all(labels == values.get("ignore_index", -100)):
            values.pop("ignore_index", None)
            labels = np.abs(labels) % classes
        values["label" if rng.random() < 0.2 else "labels"] = labels.tolist()
    if rng.random() < 0.3:
        values["weight"] = np.round(rng.random(classes) + 0.1, 3).tolist()
    if rng.random() < 0.2:
        values["label_smoothing"] = round(float(rng.random()), 2)
    if rng.random() < 0.2:
        values["reduction"] = ["mean", "sum", "none"][rng.integers(3)]
    if rng.random() < 0.5:
        values["id"] = number if rng.random() < 0.5 else f"batch {number}"
    return values


def main() -> None:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(20261122)
    lines = []
    for number in range(1000):
        values = document(rng, number)
        labels = torch.tensor(values.get("labels", values.get("label")))
        loss = F.cross_entropy(
            torch.tensor(values["logits"]),
            labels,
            torch.tensor(values["weight"]) if "weight" in values else None,
            ignore_index=values.get("ignore_index", -100),
            label_smoothing=values.get("label_smoothing", 0.0),
            reduction=values.get("reduction", "mean"),
        )
        lines.append(json.dumps({"document": values, "loss": loss.tolist()}) + "\n")
    packed = gzip.compress("".join(lines).encode(), mtime=0)
    (Path(__file__).parent / "mixed_batches.jsonl.gz").write_bytes(packed)


if __name__ == "__main__":
    main()

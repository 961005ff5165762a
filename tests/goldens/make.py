"""Makes the golden files: what the library that defines a loss answers, in float64.

    python -m venv .torch && .torch/bin/pip install torch==2.13.0 numpy
    .torch/bin/python -m tests.goldens.make [NAME ...]

Each module beside this one is a loss: `cases(rng)` yields the arguments of losscli's function as a dictionary, and a
function that computes the same with the other library, of the first argument (which is differentiated) and the
reduction. A module with a constant LIBRARY gets a NumPy array, and no gradient is asked for. Further items name what
is left out because losscli means something else there, which then has a test of its own. The tests need none of it:
they read the .jsonl files.
"""

from __future__ import annotations

import json
import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


def made(name: str) -> int:
    """Write one golden file; the number of cases."""
    module: Any = import_module(f"tests.goldens.{name}")
    if not hasattr(module, "LIBRARY"):
        import torch

        torch.set_default_dtype(torch.float64)
    lines = []
    for arguments, function, *left_out in module.cases(np.random.default_rng(20261122)):
        first = next(iter(arguments))
        record: dict[str, Any] = {"arguments": {k: plain(v) for k, v in arguments.items()}}
        for reduction in getattr(module, "REDUCTIONS", ("none", "mean", "sum")):
            given = np.asarray(arguments[first], dtype=np.float64)
            if hasattr(module, "LIBRARY"):
                record[reduction] = plain(np.asarray(function(given, reduction)))
                continue
            x = torch.tensor(given, requires_grad=True)
            loss = function(x, reduction)
            record[reduction] = plain(loss.detach().numpy())
            if reduction in ("mean", "sum") and x.numel():
                loss.backward()
                assert x.grad is not None
                record[f"grad {reduction}"] = plain(x.grad.numpy())
        for key in left_out:
            record.pop(key, None)
        lines.append(json.dumps(record) + "\n")
    (HERE / f"{name}.jsonl").write_text("".join(lines))
    return len(lines)


def plain(value: Any) -> Any:
    """Lists and numbers, with NaN and the infinities as strings."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def main() -> None:
    names = sys.argv[1:] or [
        p.stem for p in sorted(HERE.glob("*.py")) if p.stem not in ("make", "mixed") and p.stem[0] != "_"
    ]
    for name in names:
        print(f"{name}: {made(name)} cases")


if __name__ == "__main__":
    main()

"""Makes the golden files: what another library, the one that defines a loss, answers in float64.

    python -m venv .torch && .torch/bin/pip install torch==2.13.0 -e '.[test]'
    .torch/bin/python -m tests.goldens [NAME ...]

tests/README.md says what a golden case is. Some losses need a further library, which their file names. The tests need
none of them: they read tests/losses/NAME.jsonl.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "losses"
SEED = 20261122


def made(name: str) -> int:
    """Write one golden file; the number of cases."""
    module: Any = import_module(f"tests.losses.{name}")
    if not hasattr(module, "GOLDEN_LIBRARY"):
        import torch

        torch.set_default_dtype(torch.float64)
    lines = []
    for arguments, function, *left_out in module.golden_cases(np.random.default_rng(SEED)):
        first = next(iter(arguments))
        record: dict[str, Any] = {"arguments": {k: plain(v) for k, v in arguments.items()}}
        for reduction in getattr(module, "GOLDEN_REDUCTIONS", ("none", "mean", "sum")):
            given = np.asarray(arguments[first], dtype=np.float64)
            if hasattr(module, "GOLDEN_LIBRARY"):
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
    (FOLDER / f"{name}.jsonl").write_text("".join(lines))
    return len(lines)


def plain(value: Any) -> Any:
    """Lists and numbers, with NaN and the infinities as strings."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def main() -> None:
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    if len(names) == 1:
        print(f"{names[0]}: {made(names[0])} cases")
        return
    for name in names:  # each in a process of its own, for they set up Keras, and PyTorch itself, in different ways
        subprocess.run([sys.executable, "-m", "tests.goldens", name], check=True)


if __name__ == "__main__":
    main()

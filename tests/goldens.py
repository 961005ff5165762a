"""Makes the golden files: what another library, the one that defines a loss, answers in float64; and those of the
claims: what each library that the loss's file names answers to the same input.

    python -m venv .torch && .torch/bin/pip install torch==2.13.0 -e '.[test]'
    .torch/bin/python -m tests.goldens [--claims] [NAME ...]

With --claims, only the claims are made. tests/README.md says what a golden case is and what a claim is. Some losses
need a further library, which their file names. The tests need none of them: they read tests/losses/NAME.jsonl and
tests/losses/NAME.claims.jsonl.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from tests.catalogue import ENTRIES, FOLDER, claims_file, library_lines

SEED = 20261122
PACKAGES = {  # what each key of a library line is called where it is installed from
    "PyTorch": "torch", "Keras": "keras", "KerasHub": "keras-hub", "optax": "optax", "JAX": "jax",
    "sklearn": "scikit-learn", "SciPy": "scipy", "smp": "segmentation-models-pytorch", "MONAI": "monai",
    "Kornia": "kornia", "pml": "pytorch-metric-learning", "torchmetrics": "torchmetrics",
}  # fmt: skip
FORMULA = {"torchvision"}  # has no wheel for this environment: its published formula answers instead


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


def made_claims(name: str) -> int:
    """Write the claims of one loss, a line of the file for each library line of its card; the number of cases."""
    module: Any = import_module(f"tests.losses.{name}")
    entry = next(entry for entry in ENTRIES if entry.path.stem == name)
    import torch

    torch.set_default_dtype(torch.float64)
    cases: dict[str, list[Any]] = {}
    for library, arguments, answer in module.claims(np.random.default_rng(SEED)):
        given = {name: rounded(plain(value)) for name, value in arguments.items()}
        cases.setdefault(library, []).append({"arguments": given, "answer": rounded(plain(np.asarray(answer)))})
    lines = []
    for line in library_lines(entry):
        library = line.partition(":")[0]
        by = f"formula of {library}" if library in FORMULA else f"{PACKAGES[library]} {version(PACKAGES[library])}"
        if library in cases:
            lines.append(json.dumps({"line": line, "by": by, "cases": cases[library]}) + "\n")
    claims_file(entry).write_text("".join(lines))
    return sum(map(len, cases.values()))


def rounded(value: Any) -> Any:
    """Eight digits are enough: a claim is about what is computed, not about the last digits."""
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


def plain(value: Any) -> Any:
    """Lists and numbers, with NaN and the infinities as strings."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def main() -> None:
    names = [name for name in sys.argv[1:] if name != "--claims"] or sorted(p.stem for p in FOLDER.glob("[!_]*.py"))
    if "--claims" not in sys.argv:
        for name in names:  # each in a process of its own, for they set up Keras, and PyTorch itself, in different ways
            code = f"from tests.goldens import made; print('{name}:', made('{name}'), 'cases')"
            subprocess.run([sys.executable, "-c", code], check=True)
    for name in names:
        print(f"{name}: {made_claims(name)} cases of claims")


if __name__ == "__main__":
    main()

"""Runs the programs of --code where the libraries are, and writes down what they print.

    python -m tests.programs

For each command line of tests/questions.py and each way of each library, the program is run, and what it prints is
compared with what --compare says. tests/programs.jsonl keeps a digest of the program and its number, so that the tests
see, without the libraries, whether either has changed since. The environment is that of the claims, which
tests/README.md describes; torchvision, which has no wheel for it, runs without its compiled operators.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from losscli.catalogue import Entry
from losscli.libraries._comparison import each_way
from losscli.libraries._ways import Way
from tests.goldens import plain
from tests.questions import asked

FILE = Path(__file__).with_name("programs.jsonl")


def key(entry: Entry, way: Way) -> str:
    return f"{entry.name} {way.how}".strip() + " by hand" * bool(way.by_hand)


def digest(program: str) -> str:
    return hashlib.sha256(program.encode()).hexdigest()[:12]


def close(a: Any, b: Any) -> bool:
    """To 1e-6 of the number; some of Keras, smp and MONAI is float32 inside."""
    return bool(np.allclose(np.ravel(a).astype(float), np.ravel(b).astype(float), rtol=1e-6, atol=2e-7, equal_nan=True))


def printed(program: str) -> Any:
    """What a program prints, run in this process."""
    import torch

    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(program, "program", "exec"), {})
    finally:
        torch.set_default_dtype(torch.float32)
    return json.loads(out.getvalue().replace("inf", "Infinity").replace("nan", "NaN"))


def declare_operators_of_torchvision() -> None:
    import torch

    library = torch.library.Library("torchvision", "DEF")
    declare_operators_of_torchvision.kept = library  # type: ignore[attr-defined]  # as long as the process lives
    while True:
        try:
            import torchvision.ops  # noqa: F401  it is here to be imported
        except RuntimeError as error:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
            if missing is None:
                raise
            library.define(f"{missing[1]}(Tensor a) -> Tensor")
            for name in [name for name in sys.modules if name.startswith("torchvision")]:
                del sys.modules[name]
        else:
            return


def main() -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    warnings.simplefilter("ignore")
    declare_operators_of_torchvision()
    wrong = count = 0
    lines = []
    for line, result in asked():
        ways = {}
        for entry, way, program, number in each_way(result):
            count += 1
            found = printed(program)
            if not close(found, plain(np.asarray(number))):
                wrong += 1
                print(f"{line}\n{program}prints {found}, but --compare says {number}\n")
            ways[key(entry, way)] = [digest(program), plain(found)]
        lines.append(json.dumps({"line": line, "ways": ways}) + "\n")
    print(f"{count} programs, {wrong} wrong")
    if wrong:
        sys.exit(1)
    FILE.write_text("".join(lines))


if __name__ == "__main__":
    main()

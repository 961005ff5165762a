"""Code that runs as it stands: the imports, the input, and what a library does with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from losscli.libraries._ways import At, Way

FEW = 2_000  # numbers that are written out
WIDTH = 110
MAKERS = {"numpy": "np.array", "torch": "torch.tensor", "jax": "jnp.array"}
FROM_NUMPY = {"numpy": "{}", "torch": "torch.from_numpy({})", "jax": "jnp.array({})"}


def snippet(
    library: ModuleType, title: str, at: At, way: Way, given: Mapping[str, Any], loaded: Mapping[str, str]
) -> str:
    """The whole program; `given` are the arrays as the user has them, `loaded` the code that reads those of files."""
    lines = [f"# {title} {way.by_hand}"] if way.by_hand else []
    imports = library.IMPORTS.split("\n")
    extra = [line for line in way.code.split("\n") if line.startswith(("import ", "from "))]
    code = "\n".join(line for line in way.code.split("\n") if not line.startswith(("import ", "from ")))
    data = [_data(library.ARRAYS, name, a, at, loaded.get(name)) for name, a in given.items()]
    text = "\n".join(data)
    if loaded and "import numpy as np" not in imports:
        extra.insert(0, "import numpy as np")
    if "json." in text:
        extra = ["import json", "from pathlib import Path", *extra]
    if "inf" in _words(text) or "nan" in _words(text):
        extra.insert(0, "from math import inf, nan")
    shown = "print(loss.tolist())" if at.reduction == "none" else "print(float(loss))"
    heading = [*extra, *imports]
    heading = [line for line in heading if line.startswith(("import ", "from "))] + [
        line for line in heading if not line.startswith(("import ", "from "))
    ]
    return "\n".join([*lines, *heading, "", *data, "", code, shown]) + "\n"


def _words(text: str) -> set[str]:
    return set(text.replace("[", " ").replace("]", " ").replace(",", " ").replace("-", " ").split())


def _data(arrays: str, name: str, a: Any, at: At, loaded: str | None) -> str:
    used = at.call.get(name)
    whole = used is not None and used.dtype.kind == "i"
    if loaded is not None:
        read = f"{loaded}.astype(np.{'int64' if whole else 'float64'})"
        return f"{name} = {FROM_NUMPY[arrays].format(read)}"
    a = np.asarray(a)
    values = a.astype(np.int64 if whole else np.float64).tolist()
    maker = MAKERS[arrays]
    return f"{name} = {maker}({_literal(values, len(name) + len(maker) + 4)})"


def _literal(values: Any, used: int) -> str:
    """Nested lists as code, a row on a line where they do not fit on one."""
    text = repr(values)
    if used + len(text) <= WIDTH or not isinstance(values, list):
        return text
    if any(isinstance(v, list) for v in values):
        return "[\n" + "".join(f"    {_indented(_literal(v, 4))},\n" for v in values) + "]"
    lines, line = [], ""
    for word in (f"{v!r}, " for v in values):
        if len(line) + len(word) > WIDTH - 4:
            lines.append(line.rstrip())
            line = ""
        line += word
    return "[\n" + "".join(f"    {each}\n" for each in [*lines, line.rstrip()]) + "]"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")

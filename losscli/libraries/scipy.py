"""scipy: SciPy.

js: jensenshannon (axis=-1; its square root; scales p and t to sum to 1)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.declare import Floats
from losscli.libraries._ways import At, Way, by_all

IMPORTS = "import numpy as np\nimport scipy.spatial\nimport scipy.special\nimport scipy.stats"
ARRAYS = "numpy"


def conventions(at: At) -> Iterator[Way]:
    if at.name == "js":
        yield from _js(at)
    elif at.name == "huber":
        w = "weight * " if at.has("weight") else ""
        code = f"rows = {w}scipy.special.huber({at['delta']!r}, input - target)\n{at.reduced()}"
        yield at.own(code, by_hand="has no weights: multiply yourself" if w else "")
    elif at.name == "kl" and at.reduction != "none" and len(set(at.shapes.values())) == 1 and at.first:
        yield from _kl(at)


def _js(at: At) -> Iterator[Way]:
    code = at.last("np") + "rows = scipy.spatial.distance.jensenshannon(probs, target, axis=-1)"
    call = at.call.having(probs=_scaled(at["probs"]), target=_scaled(at["target"]))
    yield Way("", call.computing(lambda: np.sqrt(call.own_terms.value)), f"{code}\n{at.reduced()}", "the square root")
    yield Way("squared", call, f"{code} ** 2\n{at.reduced()}", by_hand="gives the square root")


def _kl(at: At) -> Iterator[Way]:
    last = at.axis in (None, len(at.first) - 1)
    if not last:
        return
    t = np.exp(at["target"]) if at["log_target"] else at["target"]
    p, t = _scaled(np.exp(at.call.x)), _scaled(t)
    with np.errstate(all="ignore"):
        each = np.where(t > 0, t * np.log(np.where(t > 0, t, 1) / p), 0).sum(axis=-1)
    target = "np.exp(target)" if at["log_target"] else "target"
    code = f"rows = scipy.stats.entropy({target}, np.exp(log_probs), axis=-1)\n"
    code += "loss = rows.sum()" if at.reduction == "sum" else "loss = rows.mean()"
    call = at.call.computing(lambda: each)
    yield Way("", call if at.reduction == "sum" else call.reduced(by_all), code, "the rows, each scaled to sum to 1")


def _scaled(p: Floats) -> Floats:
    scaled: Floats = p / p.sum(axis=-1, keepdims=True)
    return scaled

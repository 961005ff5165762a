from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

REDUCTIONS = ("none",)


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(), (6,), (3, 2), (2, 3, 4)]:
        yield {"logits": rng.normal(0, 10, shape)}, lambda x, _: F.logsigmoid(x)
    yield {"logits": np.array([700.0, -700.0, 0.0, np.inf, -np.inf, np.nan])}, lambda x, _: F.logsigmoid(x)

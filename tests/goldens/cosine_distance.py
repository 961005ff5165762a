"""PyTorch's cosine similarity, which can be differentiated; scikit-learn's cosine distance is 1 minus the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._keras import reduced


def cases(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(3,), (4, 1), (1, 3), (4, 5), (2, 3, 4), (5, 40)]:
        for scale in (0.1, 10):
            input1, input2 = rng.normal(0, scale, shape), rng.normal(0, 1, shape)

            def each(x: Any, other: Any = input2) -> Any:
                return 1 - F.cosine_similarity(x, torch.tensor(other), dim=-1)

            yield {"input1": input1, "input2": input2}, reduced(each)
    nought = np.array([[0.0, 0.0], [1.0, 2.0]])

    def of_zeros(x: Any) -> Any:
        return 1 - F.cosine_similarity(x, torch.tensor(nought[::-1].copy()), dim=-1)

    # PyTorch's gradient of a vector of zeros depends on its eps
    yield {"input1": nought, "input2": nought[::-1]}, reduced(of_zeros), "grad mean", "grad sum"

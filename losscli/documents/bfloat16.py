"""bfloat16, which NumPy lacks."""

from __future__ import annotations

import numpy as np

from losscli.declare import AnyArray


class BFloat16(np.ndarray):
    """bfloat16 as its 16 bits: the upper half of a float32."""


def plain_dtype(a: AnyArray) -> AnyArray:
    """The array in a dtype that NumPy computes with."""
    return (np.asarray(a).astype(np.uint32) << 16).view(np.float32) if isinstance(a, BFloat16) else a

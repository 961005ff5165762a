"""bfloat16, which NumPy lacks: the upper half of a float32."""

from __future__ import annotations

import numpy as np

from losscli.declare import AnyArray

# A field, not the bare 16 bits: any view keeps it, and NumPy refuses to compute with it instead of taking the bits
# for the number.
BFLOAT16 = np.dtype([("bfloat16", "<u2")])


def plain_dtype(a: AnyArray) -> AnyArray:
    """The array in a dtype that NumPy computes with."""
    return (a["bfloat16"].astype(np.uint32) << 16).view(np.float32) if a.dtype == BFLOAT16 else a

"""jax: JAX.

log-sigmoid: jax.nn.log_sigmoid
log-softmax: jax.nn.log_softmax (--class-axis -1)
sigmoid: jax.nn.sigmoid
softmax: jax.nn.softmax (--class-axis -1)
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way
from losscli.libraries.numpy import FORMULAS, LOOPS, textbook

IMPORTS = """import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)"""
ARRAYS = "jax"


def conventions(at: At) -> Iterator[Way]:
    if at.name in FORMULAS and at.name not in LOOPS:
        yield at.own(textbook(at, "jnp"))

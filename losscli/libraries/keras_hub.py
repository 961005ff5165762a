"""keras-hub: KerasHub.

perplexity: Perplexity (from_logits=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way, tokens

IMPORTS = "import keras_hub\nimport numpy as np"
ARRAYS = "numpy"


def conventions(at: At) -> Iterator[Way]:
    if at.name != "perplexity":
        return
    if at["bits"] or at.reduction != "mean":
        yield Way("", None, why="gives the perplexity only")
        return
    code = tokens(at, "np")
    if at.ignored:
        yield Way("", None, why="ignores one token, mask_token_id")
        return
    code += "metric = keras_hub.metrics.Perplexity(from_logits=True, dtype='float64')\n"
    yield at.own(f"{code}metric.update_state(labels, logits)\nloss = metric.result()")

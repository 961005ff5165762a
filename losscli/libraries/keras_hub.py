"""keras-hub: KerasHub.

perplexity: Perplexity (from_logits=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way

IMPORTS = "import keras_hub\nimport numpy as np"
ARRAYS = "numpy"


def conventions(at: At) -> Iterator[Way]:
    if at.name != "perplexity":
        return
    if at["bits"] or at.reduction != "mean":
        yield Way("", None, why="gives the perplexity only")
        return
    code = at.last("np")
    if len(at.first) == 2:
        code += "logits, labels = logits[None], labels[None]\n"
    if at["shift"]:
        code += "logits, labels = logits[:, :-1], labels[:, 1:]\n"
    if at.ignored:
        code += f"labels = np.where(labels == {at['ignore_index']!r}, -1, labels)\n"
        yield Way("", None, why="ignores one token, mask_token_id")
        return
    code += "metric = keras_hub.metrics.Perplexity(from_logits=True, dtype='float64')\n"
    yield at.own(f"{code}metric.update_state(labels, logits)\nloss = metric.result()")

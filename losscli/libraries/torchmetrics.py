"""torchmetrics: torchmetrics.

perplexity: Perplexity
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way, tokens

IMPORTS = "import torch\nfrom torchmetrics.text import Perplexity\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"


def conventions(at: At) -> Iterator[Way]:
    if at.name != "perplexity":
        return
    if at["bits"] or at.reduction != "mean":
        yield Way("", None, why="gives the perplexity only")
        return
    code = tokens(at, "torch")
    ignore = f"ignore_index={at['ignore_index']!r}" if at.ignored else ""
    yield at.own(f"{code}loss = Perplexity({ignore})(logits, labels)")

"""pml: pml.

arcface: ArcFaceLoss (pytorch-metric-learning; from embeddings; the margin in degrees)
nt-xent: NTXentLoss (pytorch-metric-learning)
supcon: SupConLoss (pytorch-metric-learning; temperature=0.07; 0 where all labels are equal)
"""

from __future__ import annotations

from collections.abc import Iterator

from losscli.libraries._ways import At, Way, as_nt_xent

SAME = ("nt-xent",)
IMPORTS = "import torch\nfrom pytorch_metric_learning import losses\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"


def conventions(at: At) -> Iterator[Way]:
    if at.name not in ("nt-xent", "supcon", "info-nce", "arcface"):
        return
    if at.name == "arcface":
        yield Way("", None, why="takes embeddings and makes the cosines itself")
        return
    if at.reduction != "mean":
        yield Way("", None, why="gives the mean only")
    elif at.name == "nt-xent":
        yield at.own(f"loss = losses.NTXentLoss(temperature={at['temperature']!r})(embeddings, labels)")
    elif at.name == "supcon":
        if len(set(at["labels"].tolist())) > 1:
            yield at.own(f"loss = losses.SupConLoss(temperature={at['temperature']!r})(embeddings, labels)")
    elif at.name == "info-nce":
        code = f"both, labels = torch.cat([anchor, positive]), torch.arange({at.first[0]}).repeat(2)\n"
        code += f"loss = losses.NTXentLoss(temperature={at['temperature']!r})(both, labels)"
        yield Way("NTXentLoss", as_nt_xent(at), code, "NT-Xent: both ways, all others negative")

"""The inputs on which --compare and --code are shown to be right, as command lines: every loss's examples, and these.

README of tests says how the libraries themselves answer to them.
"""

# ruff: noqa: E501  a command line is one line

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from losscli.catalogue import Entry, find
from losscli.commands._reading import Reading, documents
from losscli.compute.loss import Loss
from losscli.compute.result import Result
from losscli.compute.settings import Settings
from losscli.declare import flag
from losscli.libraries.numpy import FORMULAS
from tests.catalogue import LOSSES

Z = "'0.3,-1.2,2.1; 1.5,0.2,-0.7; -0.4,0.9,1.1; 2.2,-0.3,0.6'"
DEEP = "'[[[0.3,1.5],[-1.2,0.2],[2.1,-0.7]],[[-0.4,2.2],[0.9,-0.3],[1.1,0.6]]]'"
PIXELS = "'[[[[2,-1],[0.5,3]],[[1,-2],[0.3,0.7]],[[-0.5,1.1],[0.9,-0.2]]],[[[0.1,1],[-2,0.4]],[[1.2,0.3],[0.8,-1]],[[0.6,0.2],[1.4,0.9]]]]'"
MASK = "'[[[0,1],[2,1]],[[1,0],[0,2]]]'"
HOLES = "'[[[0,1],[255,1]],[[1,0],[255,2]]]'"
SOFT = "'0.7,0.2,0.1; 0.1,0.8,0.1; 0.3,0.3,0.4; 0.2,0.5,0.3'"
X = "'2.5,0.4,2,8; 1,-1,0.5,3'"
T = "'3,-0.5,2,5; 0.5,1,0.2,2.5'"
P = "'0.9,0.2,0.6; 0.6,0.1,0.4'"
BITS = "'1,0,1; 1,1,0'"
SCORES = "'2,-1,0.3; 0.5,3,-0.8'"
SIGNS = "'1,-1,1; 1,1,-1'"
VECTORS = "'1,2,0.5; 0.3,-1,2; 1.5,0.2,0.1; -0.4,0.8,1.1'"
OTHERS = "'0.9,1.8,0.7; 0.5,-0.6,1.2; 1.1,0.4,-0.3; -0.2,1,0.9'"
FRAMES = "'[[[-0.9,-1.2,-1.1],[-2,-0.4,-1.7]],[[-0.3,-2.1,-1.9],[-1.2,-0.8,-1.3]],[[-1.5,-0.6,-1.4],[-0.5,-1.6,-1.7]],[[-1.1,-1.0,-1.2],[-0.7,-1.3,-1.5]]]'"
REGIONS = ("dice", "jaccard", "tversky", "focal-tversky")

EXTRA = [
    f"ce --logits {Z} --labels 0,1,2,1 --weight 1,2,0.5",
    f"ce --logits {Z} --labels 0,1,2,1 --weight 1,2,0.5 --reduction sum",
    f"ce --logits {Z} --labels 0,1,2,1 --weight 1,2,0.5 --reduction none",
    f"ce --logits {Z} --labels 0,-100,2,1",
    f"ce --logits {Z} --labels 0,-100,2,1 --weight 1,2,0.5 --label-smoothing 0.2",
    f"ce --logits {Z} --labels 0,1,2,1 --ignore-index 1",
    f"ce --logits {Z} --labels 0,1,2,1 --label-smoothing 0.1",
    f"ce --logits {Z} --labels 0,1,2,1 --label-smoothing 0.1 --weight 1,2,0.5",
    f"ce --logits {Z} --labels {SOFT}",
    f"ce --logits {Z} --labels {SOFT} --label-smoothing 0.1 --weight 1,2,0.5",
    f"ce --logits {DEEP} --labels '0,1; 2,1' --weight 1,2,0.5",
    f"ce --logits {PIXELS} --labels {MASK} --ignore-index 1",
    f"ce --logits {DEEP} --class-axis -1 --labels '0,1,1; 1,0,1'",
    f"nll --log-probs {Z} --labels 0,1,2,-100 --weight 1,2,0.5",
    "nll --log-probs '-inf,0; -0.7,-0.7' --labels 0,1",
    "nll --log-probs '-0.5,-1.5,-1.7; -2,-0.3,-2.2' --labels 0,1 --reduction sum",
    "linear-ce --hidden '0.5,-1; 2,0; 1,1' --linear-weight '1,0; 0,1; 1,1' --labels 2,-100,1 --weight 1,2,0.5",
    "linear-ce --hidden '0.5,-1; 2,0; 1,1' --linear-weight '1,0; 0,1; 1,1' --labels 2,0,1 --label-smoothing 0.1",
    f"focal-softmax --logits {Z} --labels 0,1,2,1",
    f"focal-softmax --logits {Z} --labels 0,1,2,1 --alpha 1 --gamma 1.5",
    f"focal-softmax --logits {Z} --labels 0,1,2,-100 --alpha 0.5,1,2",
    f"focal-softmax --logits {Z} --labels {SOFT} --reduction sum",
    f"focal-softmax --logits {PIXELS} --labels {MASK} --alpha 1",
    f"poly --logits {Z} --labels 0,1,2,1 --epsilon 1",
    f"poly --logits {Z} --labels 0,1,2,-100 --reduction sum",
    f"gce --logits {Z} --labels 0,1,-100,1 --q 0.7",
    "arcface --cosines '0.8,0.3,-0.1; 0.2,0.6,0.1; 0.1,0.2,0.5' --labels 0,1,-100 --scale 10",
    "brier --probs '0.1,0.7,0.2; 0.5,0.2,0.3' --labels 1,0",
    "brier --probs '0.1,0.7,0.2; 0.5,0.2,0.3' --labels 1,0 --scale-by-half yes --reduction sum",
    f"perplexity --logits {Z} --labels 0,1,2,-100",
    f"perplexity --logits {Z} --labels 0,1,2,1 --shift --bits",
    f"bce --probs {P} --labels {BITS} --weight 1,2,0.5",
    f"bce --probs {P} --labels {BITS} --reduction sum",
    "bce --probs 1,0,0.5 --labels 0,1,1",
    f"bce --probs {P} --labels '0.9,0.1,0.5; 1,0.3,0'",
    f"bce-logits --logits {SCORES} --labels {BITS} --weight 1,2,0.5 --pos-weight 2,1,3",
    f"bce-logits --logits {SCORES} --labels {BITS} --weight 1,2,0.5",
    f"bce-logits --logits {SCORES} --labels {BITS} --reduction sum",
    f"bce-logits --logits {SCORES} --labels {BITS} --pos-weight 2,1,3 --reduction none",
    f"multilabel-soft-margin --logits {SCORES} --labels {BITS} --weight 1,2,0.5",
    f"multilabel-soft-margin --logits {SCORES} --labels {BITS} --reduction sum",
    f"focal --logits {SCORES} --labels {BITS} --alpha -1",
    f"focal --logits {SCORES} --labels {BITS} --reduction sum",
    f"focal --logits {SCORES} --labels {BITS} --alpha 0.6 --gamma 1.5",
    f"hinge --logits {SCORES} --labels {SIGNS} --reduction sum",
    f"squared-hinge --logits {SCORES} --labels {SIGNS} --reduction sum",
    f"soft-margin --logits {SCORES} --labels {SIGNS}",
    f"mse --input {X} --target {T} --weight '1,2,1,0.5; 1,1,3,1'",
    f"mse --input {X} --target {T} --reduction sum",
    f"mse --input {X} --target {T} --reduction none",
    f"l1 --input {X} --target {T} --weight '1,2,1,0.5; 1,1,3,1'",
    f"l1 --input {X} --target {T} --reduction sum",
    f"huber --input {X} --target {T} --delta 0.5",
    f"huber --input {X} --target {T} --weight '1,2,1,0.5; 1,1,3,1'",
    f"smooth-l1 --input {X} --target {T} --beta 0.5",
    f"smooth-l1 --input {X} --target {T} --beta 2 --reduction sum",
    f"log-cosh --input {X} --target {T}",
    f"mape --input {X} --target {T} --reduction sum",
    f"mape --input {X} --target {T} --epsilon 0.3",
    "msle --input '2.5,5; 4,8' --target '3,5; 2.5,7' --reduction sum",
    f"charbonnier --input {X} --target {T} --epsilon 1",
    f"pinball --input {X} --target {T} --quantile 0.3 --reduction sum",
    f"wing --input {X} --target {T} --width 1 --curvature 2",
    "kl --log-probs '-0.1,-2.3; -0.7,-0.7; -1,-0.4' --target '0.8,0.2; 0.5,0.5; 0,1'",
    "kl --log-probs '-0.1,-2.3; -0.7,-0.7' --target '0.8,0.2; 0.5,0.5' --reduction sum",
    "kl --log-probs '-0.1,-2.3; -0.7,-0.7' --target '-0.2,-1.6; -0.9,-0.5' --log-target",
    "kl --log-probs '-0.1,-2.3; -0.7,-0.7' --target '-0.2,-1.6; -0.9,-0.5' --log-target --reduction batchmean",
    "js --probs '0.9,0.1; 0.5,0.5' --target '0.8,0.2; 1,0' --reduction sum",
    "poisson-nll --input 1.5,3.2,0.7 --target 2,3,0 --no-log-input",
    "poisson-nll --input 1.5,3.2,0.7 --target 2,3,0 --no-log-input --eps 1e-7 --reduction sum",
    "gaussian-nll --input '2.5,0; 2,8' --target '3,-0.5; 2,7' --var '0.5,1; 2,0' --reduction sum",
    "gaussian-nll --input 2.5,0,2,8 --target 3,-0.5,2,7 --var 0.5,1,2,1 --full --eps 0.7",
    "tweedie --input 0.5,0.5,2,2 --target 2,0.1,1,4 --power 2",
    "tweedie --input 0.5,0.5,2,2 --target 2,0.1,1,4 --power 3 --reduction sum",
    f"cosine --input1 {VECTORS} --input2 {OTHERS}",
    f"cosine --input1 {VECTORS} --input2 {OTHERS} --reduction sum",
    f"cosine-embedding --input1 {VECTORS} --input2 {OTHERS} --labels 1,-1,1,-1 --margin 0.2",
    f"info-nce --anchor {VECTORS} --positive {OTHERS} --temperature 0.5",
    f"info-nce --anchor {VECTORS} --positive {OTHERS} --temperature 0.5 --reduction sum",
    f"nt-xent --embeddings {VECTORS} --labels 0,0,1,1 --temperature 0.5 --reduction sum",
    f"supcon --embeddings {VECTORS} --labels 0,0,1,1 --temperature 0.5 --reduction sum",
    f"triplet --anchor {VECTORS} --positive {OTHERS} --negative '0,1,1; 1,0,0; 0.5,0.5,1; -1,1,1' --p 1",
    f"triplet --anchor {VECTORS} --positive {OTHERS} --negative '0,1,1; 1,0,0; 0.5,0.5,1; -1,1,1' --swap --reduction sum",
    f"triplet --anchor {VECTORS} --positive {OTHERS} --negative '0,1,1; 1,0,0; 0.5,0.5,1; -1,1,1' --margin 0.3",
    "margin-ranking --input1 0.5,2,1 --input2 1,1.5,3 --labels 1,1,-1 --margin 0.5 --reduction sum",
    "hinge-embedding --input 0.3,0.4,2.5 --labels 1,-1,-1 --reduction sum",
    f"multi-margin --logits {Z} --labels 0,1,2,1 --weight 1,2,0.5",
    f"multi-margin --logits {Z} --labels 0,1,2,1",
    f"multi-margin --logits {Z} --labels 0,1,2,1 --margin 0.5 --p 2 --reduction sum",
    f"categorical-hinge --logits {Z} --labels 0,1,2,1",
    "categorical-hinge --logits '-3,-2,0.5; 0.5,-1,-2' --labels 2,0 --reduction sum",
    "multilabel-margin --logits '2,0.5,-1; 0.5,1,0' --labels '0,1,-1; 2,-1,-1' --reduction sum",
    f"ctc --log-probs {FRAMES} --targets '1,2; 2,2'",
    f"ctc --log-probs {FRAMES} --targets '1,2; 2,0' --target-lengths 2,1 --input-lengths 4,3",
    f"ctc --log-probs {FRAMES} --targets '1,2; 2,0' --target-lengths 2,1 --reduction sum",
    f"ctc --log-probs {FRAMES} --targets '0,1; 1,1' --blank 2 --reduction sum",
    "giou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,4; 2,2,3,5' --reduction sum",
    "diou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,4; 2,2,3,5' --reduction sum",
    "ciou --input '0,0,2,2; 0,0,1,1' --target '1,1,3,4; 2,2,3,5' --reduction sum --eps 0.01",
    *(
        f"{loss} {call}"
        for loss in REGIONS
        for call in (
            f"--logits {PIXELS} --labels {MASK}",
            f"--logits {PIXELS} --labels {MASK} --per-image --overlap product --empty formula --smooth-nr 1 --smooth-dr 1",
            f"--logits {PIXELS} --labels {MASK} --average micro --overlap product --empty formula",
            f"--logits {PIXELS} --labels {HOLES} --ignore-index 255",
            f"--logits {PIXELS} --labels {MASK} --classes 1,2 --reduction sum",
            "--mode binary --logits '[[[2,-1],[0.5,3]],[[1,-2],[0.3,0.7]]]' --labels '[[[1,0],[0,1]],[[1,1],[0,0]]]'",
            "--mode binary --no-from-logits --logits '[[[0.9,0.1],[0.5,0.3]],[[0.7,0.2],[0.3,0.7]]]' --labels '[[[1,0],[0,1]],[[0,0],[0,0]]]'",
            "--mode multilabel --class-axis -1 --logits '[[[2,-1],[0.5,3]],[[1,-2],[0.3,0.7]]]' --labels '[[[1,0],[0,1]],[[1,1],[0,0]]]'",
        )
    ),
    f"tversky --logits {PIXELS} --labels {MASK} --alpha 0.3 --beta 0.7",
    "dice --mode binary --no-from-logits --logits '[[[1,1],[1,1]]]' --labels '[[[0,0],[0,0]]]'",
    "dice --mode binary --no-from-logits --logits '[[[0,0],[0,0]]]' --labels '[[[0,0],[0,0]]]'",
    f"lovasz-softmax --logits {PIXELS} --labels {MASK} --per-image",
    f"lovasz-softmax --logits {PIXELS} --labels {HOLES} --ignore-index 255 --empty formula",
]  # fmt: skip


def asked() -> Iterator[tuple[str, Result]]:
    """Each command line with its result; a loss whose formula is not written out has no programs."""
    for entry in (entry for entry in LOSSES if entry.name in FORMULAS):
        for line in [*entry.examples, *(f"losscli {extra}" for extra in EXTRA)]:
            words = shlex.split(line)
            if "$(" not in line and find("losses", words[1]) == entry:
                yield line, result_of(entry, words[2:])


def result_of(entry: Entry, words: list[str]) -> Result:
    """The result of a command line, without what it says about output."""
    values: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    parameters = entry.declaration.parameters
    spelt = {flag(s): name for name, p in parameters.items() for s in p.spellings}
    rest = [word for word in words if word not in ("--grad", "--steps", "--json")]
    while rest:
        word = rest.pop(0)
        name = spelt.get(word.replace("--no-", "--", 1), "")
        if word in ("--reduction", "--class-axis"):
            settings[word[2:].replace("-", "_")] = rest.pop(0)
        elif name and not parameters[name].choices and isinstance(parameters[name].default, bool):
            values[name] = not word.startswith("--no-")
        else:
            values[spelt[word]] = rest.pop(0)
    if "class_axis" in settings:
        settings["class_axis"] = int(settings["class_axis"])
    (document,) = documents(entry, values, Reading(), ())
    return Loss(entry).result(document, Settings(**settings))  # type: ignore[arg-type]  # it is no error

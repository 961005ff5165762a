"""Whole processes at the prompt, with one sample of five classes."""

from __future__ import annotations

from functools import partial

from tests.benchmarks.measure import (
    LOSSCLI,
    TIMED,
    agree,
    at_least,
    at_most,
    faster,
    has,
    in_turns,
    longer,
    python,
    run,
    show,
)

LOGITS = "0.15,-0.34,0.12,0.67,0.55"
SAMPLE = (LOSSCLI, "ce", "--logits", LOGITS, "--label", "2")
IMPORTS = "import typer, numpy"
TORCH = f"import torch; print(torch.nn.functional.cross_entropy(torch.tensor([{LOGITS}]), torch.tensor(2)).item())"


def main(quick: bool) -> None:
    commands = {
        "python": python("pass"),
        "imports": python(IMPORTS),
        "value": (*SAMPLE, "-q"),
        "table": SAMPLE,
        "version": (LOSSCLI, "--version"),
        "help": (LOSSCLI, "--help"),
    }
    times = in_turns({name: partial(run, *command) for name, command in commands.items()}, 5 if quick else 40)
    imports = f'python -c "{IMPORTS}"'
    rows = [
        longer("losscli ce ... -q", imports, times["value"], times["imports"], at_most(1.15)),
        longer("losscli ce ...", imports, times["table"], times["imports"], at_most(1.5)),
        longer("losscli --version", imports, times["version"], times["imports"], at_most(0.7)),
        longer("losscli --help", imports, times["help"], times["imports"], None),
        longer("losscli ce ... -q", "python -c pass", times["value"], times["python"], None),
    ]
    show("At the prompt: whole processes, time over the other's time", TIMED, rows)
    if has("torch"):
        value, torch = partial(run, *SAMPLE, "-q"), partial(run, *python(TORCH))
        agree("ce", float(value().output), float(torch().output), 1e-6)
        times = in_turns({"value": value, "torch": torch}, 2 if quick else 8)
        row = faster("losscli ce ... -q", 'python -c "import torch; ..."', times["value"], times["torch"], at_least(8))
        show("At the prompt: whole processes, times as fast as the other", TIMED, [row])

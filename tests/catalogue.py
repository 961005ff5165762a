"""The losses and functions of losscli, and what the tests have for each of them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from losscli.catalogue import Entry, commands

FOLDER = Path(__file__).parent / "losses"
FEWEST = 5  # lines of a golden file

MOST = 52  # characters of a summary: one line beside the names of the commands on 80 columns


def named(entry: Entry) -> str:
    return entry.name or entry.path.stem


def module_of(entry: Entry) -> Any:
    """The module that holds the reference and the golden cases of a loss."""
    return import_module(f"tests.losses.{entry.path.stem}")


def file_of(entry: Entry) -> Path:
    return FOLDER / f"{entry.path.stem}.py"


def golden_file(entry: Entry) -> Path:
    return FOLDER / f"{entry.path.stem}.jsonl"


def golden_lines(entry: Entry) -> list[str]:
    return golden_file(entry).read_text().splitlines() if golden_file(entry).exists() else []


def library_lines(entry: Entry) -> list[str]:
    """What losscli/libraries/ says computes the same as a loss."""
    return [f"{library}: {claim}" for library, claim in entry.facts().items()]


def claims_file(entry: Entry) -> Path:
    return FOLDER / f"{entry.path.stem}.claims.jsonl"


def claims(entry: Entry) -> dict[str, list[Any]]:
    """Library lines, as they read when their claims were made, and the cases that show that they are true."""
    file = claims_file(entry)
    records = map(json.loads, file.read_text().splitlines() if file.exists() else [])
    return {record["line"]: record["cases"] for record in records}


@cache
def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    except SyntaxError:  # pytest says so when it collects the tests of a loss, and `missing` of a loss
        return ast.Module([], [])


@cache
def _defined(path: Path) -> set[str]:
    """The names that a module defines. It is read as text, for it may itself be what is importing this one."""
    names: set[str] = set()
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def defined(entry: Entry) -> set[str]:
    return _defined(file_of(entry))


def has_reference(entry: Entry) -> bool:
    return bool(defined(entry) & {"reference", "reference_batch"})


def missing(entry: Entry) -> Iterator[tuple[str, str]]:
    """What a loss and its tests lack: a word for each thing, and what to do about it."""
    of_the_loss = list(missing_in_the_loss(entry))
    yield from of_the_loss
    if not {what for what, _ in of_the_loss} & NEEDED:
        yield from missing_in_the_tests(entry)


def missing_in_the_loss(entry: Entry) -> Iterator[tuple[str, str]]:
    """What the file of a loss lacks. It is read as text, for it may be in no state to be imported."""
    text = entry.path.read_text()
    try:
        ast.parse(text)
    except SyntaxError as error:
        yield "syntax", f"LOSS cannot be read: {error.msg}, line {error.lineno}."
        return
    if entry.path.stem not in _defined(entry.path):
        yield "function", NO_FUNCTION
    if not entry.is_function and not _has_gradient(entry.path):
        yield "gradient", NO_GRADIENT
    if not text.startswith('"""') or not entry.name or not entry.summary:
        yield "first line", NO_FIRST_LINE
        return
    if not entry.summary.endswith(".") or len(entry.summary) > MOST:
        yield "summary", LONG_SUMMARY.replace("SUMMARY", entry.summary)
    if not entry.card.startswith("    "):
        yield "formula", NO_FORMULA
    if not entry.facts():
        yield "library", NO_LIBRARY
    if len(entry.examples) != 3:
        yield "examples", NO_EXAMPLES.replace("FOUND", str(len(entry.examples)))
    function = next((n for n in _tree(entry.path).body if getattr(n, "name", "") == entry.path.stem), None)
    docstring = ast.get_docstring(function, clean=False) or "" if isinstance(function, ast.FunctionDef) else ""
    if function is not None and not ("\n        " in docstring and "Source: " in docstring):
        yield "docstring", NO_DOCSTRING


def _has_gradient(path: Path) -> bool:
    """Whether the Terms that a loss makes itself have a gradient, the third argument."""
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Terms"]
    return not made or any(len(call.args) > 2 or any(k.arg == "grad" for k in call.keywords) for call in made)


def missing_in_the_tests(entry: Entry) -> Iterator[tuple[str, str]]:
    """What the tests of a loss lack."""
    lines = len(golden_lines(entry))
    if not file_of(entry).exists():
        yield "file", NO_FILE
        return
    if not has_reference(entry):
        yield "reference", NO_REFERENCE
    if "golden_cases" not in defined(entry):
        yield "golden cases", NO_CASES
    elif not golden_file(entry).exists():
        yield "golden file", NO_GOLDENS
    elif lines < FEWEST:
        yield "golden file", TOO_FEW.replace("LINES", str(lines))
    shown = claims(entry)
    for line in library_lines(entry):
        if line not in shown:
            yield f"claim about {line.partition(':')[0]}", NO_CLAIM.replace("LINE", line)
    for line in shown:
        if line not in library_lines(entry):
            yield f"no line about {line.partition(':')[0]}", NO_LINE.replace("LINE", line)


NEEDED = {"syntax", "function", "gradient", "first line"}  # what a loss cannot be tested without

NO_FUNCTION = """LOSS defines no function NAME: a loss is the function that is named like its file."""

NO_GRADIENT = """LOSS returns Terms without grad: a function that gives the gradient of the sum of the values with
respect to the first argument, in the shape of that."""

NO_FIRST_LINE = """LOSS has no first line that names the command: \"""command: One sentence that ends with a stop."""

LONG_SUMMARY = f"""The first line of LOSS says 'SUMMARY', but it needs a stop at its end, and help has room for {MOST}
characters."""

NO_FORMULA = """The docstring of LOSS does not go on with the formula: after a blank line, indented by four blanks."""

NO_LIBRARY = """No library has the command of LOSS: a file in losscli/libraries/ needs a line such as `mse: MSELoss`."""

NO_EXAMPLES = """The docstring of LOSS has FOUND examples, but three are needed, each a line that begins with
`    losscli ` and runs."""

NO_DOCSTRING = """The docstring of the function NAME lacks its formula, indented by eight blanks, or a line
`Source: ...` that says where the loss was published and which library defines it."""

NO_FILE = f"""tests/losses/NAME.py is missing. Create it with
- reference(row): what the textbook's formula, in mpmath, gives for one row;
- golden_cases(rng): inputs, and what another library answers to them.
Then `python -m tests.goldens NAME` makes tests/losses/NAME.jsonl, which needs at least {FEWEST} lines.
tests/README.md says more."""

NO_REFERENCE = """tests/losses/NAME.py lacks reference(row): what the textbook's formula, in mpmath, gives for one row,
as a dictionary with the keys "value", "divisor", "counts" and "steps". Where the value of a row depends on other rows,
it is reference_batch(arguments), with COUPLES_ROWS = True. tests/README.md says more."""

NO_CASES = f"""tests/losses/NAME.py lacks golden_cases(rng). It yields at least {FEWEST} pairs: the arguments as a
dictionary, and a function of the first of them and the reduction by which another library computes the same.
Then `python -m tests.goldens NAME` makes tests/losses/NAME.jsonl. tests/README.md says more."""

NO_GOLDENS = """tests/losses/NAME.jsonl is missing. `python -m tests.goldens NAME` makes it, where PyTorch is installed.
tests/README.md says more."""

TOO_FEW = f"""tests/losses/NAME.jsonl has LINES lines, but needs at least {FEWEST}. Let golden_cases in NAME.py
yield more, and make the file anew with `python -m tests.goldens NAME`. tests/README.md says more."""

NO_CLAIM = """losscli/libraries/ says of this loss

    LINE

but tests/losses/NAME.claims.jsonl has no case that shows it. Let claims(rng) in NAME.py yield the library, arguments
of losscli as the line says, and the library's answer. Then `python -m tests.goldens --claims NAME` makes the file. A
line that was reworded needs this, too: its cases must show what it says now. tests/README.md says more."""

NO_LINE = """tests/losses/NAME.claims.jsonl shows a line that no file in losscli/libraries/ has:

    LINE

`python -m tests.goldens --claims NAME` makes the file anew. tests/README.md says more."""

ALL = list(commands())
ENTRIES = [entry for entry in ALL if not {what for what, _ in missing_in_the_loss(entry)} & NEEDED]
LOSSES = [entry for entry in ENTRIES if not entry.is_function]
REFERENCED = [entry for entry in ENTRIES if has_reference(entry)]
REFERENCED_LOSSES = [entry for entry in REFERENCED if not entry.is_function]
GOLDEN = [entry for entry in ENTRIES if golden_file(entry).exists()]
CLAIMED = [entry for entry in ENTRIES if claims_file(entry).exists()]

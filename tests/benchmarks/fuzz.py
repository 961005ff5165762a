"""Coverage-guided fuzzing of everything that reads a user's bytes; run by hand, for minutes or for a night.

    python -m venv .fuzz && .fuzz/bin/pip install '.[test]' atheris
    .fuzz/bin/python -m tests.benchmarks.fuzz CORPUS [-max_total_time=600 ...]

CORPUS is a folder that keeps what was found to reach new code; the options are those of libFuzzer. It stops at the
first input that raises anything but an error that a user sees, and writes that input to a file. What was found belongs
into the table of tests/test_errors.py.
"""

from __future__ import annotations

import io
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["losscli"]):
    from losscli.catalogue import find
    from losscli.commands._result import ResultAnswer
    from losscli.compute import loss as compute_
    from losscli.compute.arrays import as_array
    from losscli.compute.settings import Settings
    from losscli.documents import formats as formats
    from losscli.documents.formats import csv, json, jsonl, npy, npz, safetensors, txt  # noqa: F401  imported to be instrumented
    from losscli.documents.keys import Keys
    from losscli.errors import LosscliError
    from losscli.reports import Show
    from losscli.reports import json as json_report
    from losscli.reports import table as table_report

DOCUMENTS = ["jsonl", "json", "csv", "tsv", "npz", "safetensors", "jsonl.gz", "npz.gz"]
ARRAYS = ["npy", "json", "csv", "txt", "npy.gz"]
LIMIT = 1 << 20  # bytes a document may unpack to: a bomb is to be refused, not to go off
FOLDER = tempfile.TemporaryDirectory()
CE = find("losses", "ce")
assert CE is not None
LOSS = compute_.Loss(CE)


def read(data: bytes) -> None:
    """Read the bytes as the form that the first of them names, and compute what can be computed."""
    if not data:
        return
    choice, content = data[0] % (len(DOCUMENTS) + len(ARRAYS) + 2), data[1:]
    try:
        if choice < len(DOCUMENTS):
            compute(formats.documents(written(content, DOCUMENTS[choice]), LIMIT))
        elif choice < len(DOCUMENTS) + len(ARRAYS):
            as_array("logits", formats.array(written(content, ARRAYS[choice - len(DOCUMENTS)]), LIMIT), ["cat", "dog"])
        elif choice == len(DOCUMENTS) + len(ARRAYS):
            compute(jsonl.lines_or_text(io.BytesIO(content), "standard input", LIMIT))
        else:
            as_array("logits", txt.literal(content.decode("utf-8", "surrogateescape")))
    except LosscliError:
        pass


def written(content: bytes, ending: str) -> str:
    path = Path(FOLDER.name, f"x.{ending}")
    path.write_bytes(content)
    return str(path)


def compute(chunks: object) -> None:
    resolved = Keys(CE.declaration).resolved(chunks)  # type: ignore[arg-type, union-attr]  # as found above
    results = list(
        compute_.results(LOSS, resolved, Settings(threads=1), lambda warnings: None, skip=lambda error: None)
    )
    if results:
        one = Show(steps=len(results) == 1)
        json_report.write(ResultAnswer(iter(results[:1]), one, "json"), io.StringIO())
        table_report.write(ResultAnswer(iter(results), Show(max_rows=4), "table"), io.StringIO())


def main() -> None:
    warnings.simplefilter("ignore")
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


def seeds() -> None:
    """Begin with one good example of each form."""
    from tests.test_properties import ARRAY_FILES, WHOLE

    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for i, ending in enumerate(DOCUMENTS):
        (folder / f"document-{ending}").write_bytes(bytes([i]) + WHOLE.get(ending, WHOLE["jsonl"]))
    for i, ending in enumerate(ARRAYS):
        (folder / f"array-{ending}").write_bytes(bytes([len(DOCUMENTS) + i]) + ARRAY_FILES[ending])
    for i, text in enumerate([WHOLE["jsonl"], b"0.5, 0.25; 1 2"]):
        (folder / f"stream-{i}").write_bytes(bytes([len(DOCUMENTS) + len(ARRAYS) + i]) + text)


if __name__ == "__main__":
    seeds()
    main()

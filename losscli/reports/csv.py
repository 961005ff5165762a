"""csv, tsv: A table for spreadsheets: one line a batch; with --steps, --grad or the reduction none, one line a row."""

from __future__ import annotations

import csv
from typing import TextIO

from losscli.reports import Answer


def write(answer: Answer, out: TextIO) -> None:
    writer = csv.writer(out, delimiter="\t" if answer.format == "tsv" else ",", lineterminator="\n")
    header: list[str] = []
    for names, lines in answer.columns():
        if names != header:
            header = names
            writer.writerow(header)
        writer.writerows(lines)
        out.flush()

"""Runs the benchmarks that are named, or all."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from tests.benchmarks.measure import available_threads, processor

NAMES = ("prompt", "arrays", "losses", "streams", "accuracy", "why")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Ratios, beside their targets.")
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES), help="which ones (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it runs, not how fast it is")
    asked = parser.parse_args()
    files = [name for name in asked.names if name.endswith(".jsonl")]  # of cases, for why
    names = [name for name in asked.names if name not in files]
    if unknown := set(names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    del sys.path[0]  # `-m` puts the checkout first; measured is the losscli that is installed
    try:
        import losscli
    except ImportError:
        sys.exit("losscli is not installed in this environment: pip install '.[test]' torch==2.13.0 duckdb polars")
    print(f"losscli {losscli.__version__} in {os.path.dirname(losscli.__file__)}")
    print(f"{processor()}, {available_threads()} cores, Python {sys.version.split()[0]}")
    for name in names or NAMES:
        import_module(f"tests.benchmarks.{name}").main(asked.quick, *([files] if name == "why" else []))


if __name__ == "__main__":
    main()

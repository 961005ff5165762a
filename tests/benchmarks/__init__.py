"""How fast, how lean and how exact losscli is, as ratios against a named alternative in the same run.

    python -m venv .bench && .bench/bin/pip install '.[test]' torch==2.13.0 duckdb polars
    .bench/bin/python -m tests.benchmarks [prompt|arrays|streams|accuracy|why ...] [--quick]

Each module beside this one is a benchmark: `main(quick)` prints its tables. Subjects take turns (A B A B ...), so that
whatever else the machine does meets all of them; a ratio is that of the fastest runs, and beside it stands the median
of the ratios within each turn. Both answers are compared before anything is timed. Data is made in a temporary folder,
and removed.
"""

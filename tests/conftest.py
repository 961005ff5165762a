from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from mpmath import mp

import losscli

mp.dps = 400  # exp(-700) beside 1, and more digits to spare

settings.register_profile(
    "ci", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure() -> None:
    """Refuse to test two copies of losscli at once, of which the installed one may be old."""
    here = Path(losscli.__file__).parent.resolve()
    code = "import losscli, pathlib; print(pathlib.Path(losscli.__file__).parent.resolve(), end='')"
    done = subprocess.run(  # in a directory from which Python does not find the checkout by itself
        [sys.executable, "-c", code], cwd=Path(sys.executable).parent, capture_output=True, text=True, check=False
    )
    if done.stdout != str(here):
        raise pytest.UsageError(
            f"The tests import losscli from {here}, but the installed program imports it from "
            f"{done.stdout or 'nowhere'}. Run `pip install -e '.[test]'` first."
        )

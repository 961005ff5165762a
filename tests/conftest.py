from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from mpmath import mp

mp.dps = 400  # exp(-700) beside 1, and more digits to spare

settings.register_profile(
    "ci", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

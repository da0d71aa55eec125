"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "relnews",
    deadline=None,  # a shared machine may stall at any example
    suppress_health_check=[HealthCheck.too_slow],  # the same
    derandomize="CI" in os.environ,  # a change is judged by its own examples; people explore
)
settings.load_profile("relnews")

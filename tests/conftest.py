"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("relnews", deadline=None)  # a shared machine may stall at any example
settings.load_profile("relnews")

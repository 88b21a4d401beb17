"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no defect: no generated case is held against a clock.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

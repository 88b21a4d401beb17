"""What holds for every test: no clock of hypothesis, and nobody finds what another one set up in the process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.unit.log_lines import fresh_log

# A busy machine is no defect: no generated case is held against a clock.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Logging as a new process finds it: a handler that stays would write to the stderr of a test that is over."""
    with fresh_log():
        yield

"""What is written to the log, line by line."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def fresh_log() -> Iterator[logging.Logger]:
    """The `samo` logger as a new process finds it, and as it was afterwards."""
    logger = logging.getLogger("samo")
    before = logger.handlers[:], logger.level, logger.propagate
    logger.handlers[:], logger.propagate = [], True
    logger.setLevel(logging.NOTSET)
    try:
        yield logger
    finally:
        logger.handlers[:], level, logger.propagate = before
        logger.setLevel(level)


def lines_on_stderr(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """All lines written since the last call; each must be one JSON object, or Cloud Logging cannot read it."""
    sys.stderr.flush()
    return [dict(json.loads(line)) for line in captured.readouterr().err.splitlines()]

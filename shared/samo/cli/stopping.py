"""Ctrl-C that waits for the thing in hand: the first one asks to stop, the second one ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[], bool]]:
    """Inside, says whether SIGINT or SIGTERM has asked to stop. For the main thread only."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the system's signature
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        click.echo("stopping after the current one; again to stop at once", err=True)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The trace (W3C Trace Context) that an event belongs to, carried from the message to what it causes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str | None:
    """The `traceparent` of the event being handled, or None."""
    return _current.get()


@contextmanager
def traced(traceparent: str | None) -> Iterator[None]:
    """Make `traceparent` current within the block; a malformed one is dropped, as the standard demands."""
    valid = traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else None
    token = _current.set(valid)
    try:
        yield
    finally:
        _current.reset(token)

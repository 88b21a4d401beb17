"""What becomes known of a delivery while it is worked on, for its line in the log; never a user's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import msgspec

from samo.domain.transcript import EngineUse


@dataclass(slots=True)
class DeliveryNotes:
    """Of one delivery: what made its result, why that was a fallback, and the seconds spent on loading models.

    Of a long recording also how many windows it has, and how many were done when somebody last looked.
    """

    made_by: EngineUse | None = None
    fallback: str | None = None
    load_s: float | None = None
    windows: int | None = None
    windows_done: int | None = None


_current: ContextVar[DeliveryNotes | None] = ContextVar("delivery_notes", default=None)


@contextmanager
def taking_notes() -> Iterator[DeliveryNotes]:
    """The notes that are taken within the block, in this thread."""
    notes = DeliveryNotes()
    token = _current.set(notes)
    try:
        yield notes
    finally:
        _current.reset(token)


def note_result(document: msgspec.Struct) -> None:
    """Keep what the document says of its making: `made_by`, and `fallback_reason` where it has one."""
    if (notes := _current.get()) is not None:
        notes.made_by = getattr(document, "made_by", None)
        notes.fallback = getattr(document, "fallback_reason", None)


def note_load(seconds: float) -> None:
    """Add the time that one model took to load."""
    if (notes := _current.get()) is not None:
        notes.load_s = (notes.load_s or 0.0) + seconds


def note_windows(*, done: int, of: int) -> None:
    """Keep how far a long recording has come."""
    if (notes := _current.get()) is not None:
        notes.windows_done, notes.windows = done, of

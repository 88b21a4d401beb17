"""Points in time as they stand in documents."""

from __future__ import annotations

from datetime import UTC, datetime

from samo.ports import Clock


def timestamp(clock: Clock) -> str:
    """Now, as RFC 3339 in UTC with milliseconds: `2026-11-20T09:30:00.000Z`."""
    now = datetime.fromtimestamp(clock.now_s(), UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

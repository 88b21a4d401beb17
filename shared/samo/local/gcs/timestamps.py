"""Times as Google's APIs write them: RFC 3339 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp() -> str:
    """Now, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

"""Points in the past as people give them on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

_AGO = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment(text: str | None, now: datetime) -> str | None:
    """`2d`, `2026-11-20` or `2026-11-20T09:30:00Z` as it would stand in a document. Raises `click.BadParameter`."""
    if text is None:
        return None
    try:
        if ago := _AGO.fullmatch(text):
            then = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        else:
            then = datetime.fromisoformat(text)
            then = then if then.tzinfo else then.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text} is no time; use 30m, 12h, 7d, 2026-11-20 or 2026-11-20T09:30:00Z", param_hint="--since"
        ) from None
    return then.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

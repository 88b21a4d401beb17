"""The option that says whose recordings a command is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def user_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--user NAME`, by default `me`: the first part of the names of recordings."""
    return click.option("--user", metavar="NAME", default="me", show_default=True, callback=_named, help=help_text)


def _named(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value or "/" in value:
        raise click.BadParameter("a user is a name without slashes, and not an empty one")
    return value

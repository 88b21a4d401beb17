"""Commands that need more than the plain installation brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def installed_extra(extra: str, doing: str) -> Iterator[None]:
    """A module that is missing inside becomes one line: what is missing for `doing`, and the extra that brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"{doing} needs {error.name}: install the extra with `pip install 'samo[{extra}]'`"
        raise click.ClickException(message) from error

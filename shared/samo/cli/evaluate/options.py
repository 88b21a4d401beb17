"""Options that the commands of `samo evaluate` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

threads_option = click.option(
    "--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads of each model."
)


def data_option(rows: str) -> Callable[[Command], Command]:
    """`--data`, a file that has to exist; `rows` says what is in it."""
    return click.option(
        "--data", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help=rows
    )


def json_option(printed: str) -> Callable[[Command], Command]:
    """`--json`, as the argument `as_json`; `printed` says what that prints."""
    return click.option("--json", "as_json", is_flag=True, help=printed)

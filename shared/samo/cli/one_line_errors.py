"""Named errors as a command line shows them."""

from __future__ import annotations

from typing import Any

import click

from samo.cli.output import guarded_output
from samo.domain.errors import SamoError
from samo.settings import SettingsError


class OneLineErrors(click.Group):
    """A group whose named errors, and those of the system, become one line on stderr and exit status 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        with guarded_output():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except (SamoError, SettingsError) as error:
            raise click.ClickException(str(error)) from error

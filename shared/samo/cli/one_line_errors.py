"""Named errors as a command line shows them."""

from __future__ import annotations

from typing import Any

import click

from samo.domain.errors import SamoError
from samo.settings import SettingsError


class OneLineErrors(click.Group):
    """A group whose named errors become one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except (SamoError, SettingsError) as error:
            raise click.ClickException(str(error)) from error

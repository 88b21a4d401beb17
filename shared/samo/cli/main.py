"""The command `samo` and what all of its subcommands share."""

from __future__ import annotations

import logging

import click

from samo import __version__
from samo.canonical_log import setup_logging
from samo.cli.bench import bench
from samo.cli.cost import cost
from samo.cli.dead_letters import dead_letters
from samo.cli.emotions import emotions
from samo.cli.evaluate import evaluate
from samo.cli.failures import failures
from samo.cli.models import models
from samo.cli.one_line_errors import OneLineErrors
from samo.cli.process import process
from samo.cli.reprocess import reprocess
from samo.cli.schemas import schemas
from samo.cli.status import status
from samo.cli.up import up


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="samo")
@click.option("--verbose", is_flag=True, help="Write each stage's log lines to stderr.")
def main(*, verbose: bool) -> None:
    """Voice journals to insight: transcript, emotions over time and a summary."""
    if verbose:
        setup_logging()
    else:
        logging.getLogger("samo").addHandler(logging.NullHandler())


main.add_command(bench)
main.add_command(dead_letters)
main.add_command(cost)
main.add_command(emotions)
main.add_command(evaluate)
main.add_command(failures)
main.add_command(models)
main.add_command(process)
main.add_command(reprocess)
main.add_command(schemas)
main.add_command(status)
main.add_command(up)

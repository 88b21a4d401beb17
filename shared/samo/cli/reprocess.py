"""`samo reprocess`: the results of stored recordings made again by today's models."""

from __future__ import annotations

import click

from samo.cli.counting import counted
from samo.cli.deployment import on_deployment
from samo.cli.output import one_line
from samo.cli.stopping import stopped_by_signals
from samo.domain.names import StageName
from samo.operations.remaking import Remaker
from samo.operations.reprocessing import Reprocessing
from samo.settings import ReprocessingSettings, SettingsError
from samo.wiring.clock import SystemClock
from samo.wiring.commands import scratch_pipelines, scratch_stores
from samo.wiring.places import open_store, open_topic

_FROM: dict[str, frozenset[StageName]] = {
    "transcription": frozenset({"transcription", "emotion", "summarization"}),
    "emotion": frozenset({"emotion"}),
    "summarization": frozenset({"summarization"}),
    "insights": frozenset(),
}


@click.command()
@click.argument("prefix")
@click.option(
    "--from",
    "stages",
    type=click.Choice(list(_FROM)),
    multiple=True,
    default=("transcription",),
    show_default=True,
    help="What is made again, with what follows from it; may be given twice: --from emotion --from summarization.",
)
@click.option("--announce", is_flag=True, help="Tell consumers of each new insight, with an event of its own.")
@click.option("--dry-run", is_flag=True, help="Print the insights that would be made again, and change nothing.")
@click.option("--restart", is_flag=True, help="Begin anew where an earlier run was ended.")
@on_deployment(ReprocessingSettings)
def reprocess(
    prefix: str,
    *,
    stages: tuple[str, ...],
    announce: bool,
    dry_run: bool,
    restart: bool,
    settings: ReprocessingSettings,
) -> None:
    """Make the insights of all entries that start with PREFIX (user/entry) again, in this process.

    The documents are swapped one entry after the other, the replaced ones kept below superseded/. Nobody is told unless
    --announce is given. May be ended at any time; the next call goes on. Exit status 1 if any entry was kept as it was.
    """
    if announce and settings.insights_topic is None:
        raise SettingsError("SAMO_INSIGHTS_TOPIC is not set, and --announce needs it")
    results = open_store(settings.results)
    chosen = frozenset[StageName]().union(*(_FROM[each] for each in stages))
    run = Reprocessing(results, SystemClock(), prefix, chosen, announce=announce, restart=restart and not dry_run)
    names = run.waiting()
    if dry_run:
        for name in names:
            click.echo(one_line(name))
        click.echo(f"{len(names)} would be made again", err=True)
        return
    if run.resumed:
        click.echo(f"going on with the run of {run.run.started_at}", err=True)
    remaker = Remaker(
        results,
        open_store(settings.recordings),
        scratch_pipelines(settings),
        scratch_stores,
        chosen,
        open_topic(settings.insights_topic) if announce and settings.insights_topic else None,
    )
    remade = kept = 0
    with stopped_by_signals() as stopping, counted("reprocessing", len(names)) as advance:
        for name, ended in run.remake(names, remaker, stopping):
            advance()
            if ended.ended == "kept":
                kept += 1
                click.echo(one_line(f"{name}: kept as it is: {ended.reason}"), err=True)
            else:
                remade += 1
    left = len(names) - remade - kept
    if not names:
        click.echo(one_line(f"no insight that begins with {prefix} waits to be made again"), err=True)
    click.echo(f"{remade} made again, {kept} kept as they are" + (f", {left} left: run it again" if left else ""))
    if kept or left:
        raise click.exceptions.Exit(1)

"""`samo failures`: what ended without a result, why, and once more."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from samo.cli.counting import counted
from samo.cli.deployment import on_deployment
from samo.cli.one_line_errors import OneLineErrors
from samo.cli.output import one_line
from samo.cli.since import moment
from samo.cli.stopping import stopped_by_signals
from samo.domain.errors import LeaseHeld, PermanentError
from samo.domain.names import STAGES, StageName
from samo.leases import Leases
from samo.operations.failures import FailureUnknown, RecordedFailure, find_failure, list_failures
from samo.operations.retrying import RETRY_LEASE_S, Retrier
from samo.operations.starting import NotRetriable, StageTopics
from samo.settings import FailureListSettings, RetrySettings
from samo.wiring.clock import SystemClock
from samo.wiring.places import open_store, open_topic

_stage = click.option("--stage", type=click.Choice(STAGES), help="Only failures of this stage.")
_code = click.option("--code", help="Only failures with this code, such as recording_empty.")


@click.group(cls=OneLineErrors)
def failures() -> None:
    """Failures: recordings that ended without a result, and messages that named none."""


@failures.command("list")
@_stage
@_code
@click.option("--since", metavar="WHEN", help="Only those recorded since: 12h, 7d, 2026-11-20, 2026-11-20T09:30:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@on_deployment(FailureListSettings)
def list_command(
    *, stage: StageName | None, code: str | None, since: str | None, as_json: bool, settings: FailureListSettings
) -> None:
    """List failure records: when, which stage, what code, and the record's name."""
    results = open_store(settings.results)
    found = list_failures(results, stage=stage, code=code, since=moment(since, datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], indent=2, ensure_ascii=False))
        return
    rows = list(found)
    if rows:
        # Redirected, a table keeps its lines whole instead of folding at an imagined terminal's width.
        Console(width=None if sys.stdout.isatty() else 400).print(_table(rows))
    else:
        click.echo("no failures", err=True)


@failures.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@on_deployment(FailureListSettings)
def show(name: str, *, as_json: bool, settings: FailureListSettings) -> None:
    """Show why a recording failed and what its owner can do. NAME is as `list` prints it."""
    found = find_failure(open_store(settings.results), name)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
        return
    failure = found.failure
    if failure is None:
        raise click.ClickException(one_line(f"{name} is no failure record that can be read"))
    recording = failure.recording
    about = f"{recording.name}, generation {recording.generation}" if recording else "a message that named no recording"
    for label, value in (
        ("recording", about),
        ("stage", failure.stage),
        ("when", failure.created_at),
        ("code", failure.code),
        ("reason", failure.reason),
        ("advice", failure.advice),
        ("retry", _retry_of(found)),
    ):
        click.echo(f"{label:10}{one_line(value)}")


@failures.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@_stage
@_code
@click.option("--all", "all_", is_flag=True, help="All failures that can be retried.")
@click.option("--yes", is_flag=True, help="Do not ask before more than one is retried.")
@on_deployment(RetrySettings)
def retry(
    names: tuple[str, ...], *, stage: StageName | None, code: str | None, all_: bool, yes: bool, settings: RetrySettings
) -> None:
    """Take failure records away and set their stages off again: by NAME, by --stage and --code, or --all.

    Safe to repeat, and to end at any time: the next retry ends what this one began. Exit status 1 if any could not be
    retried, with a line for each.
    """
    if bool(names) == bool(stage or code or all_):
        raise click.UsageError("give NAMEs, or --stage, --code or --all")
    results = open_store(settings.results)
    chosen = names or tuple(
        each.name for each in list_failures(results, stage=stage, code=code) if _obstacle(each) is None
    )
    if not chosen:
        click.echo("no failures that can be retried", err=True)
        return
    if not names and not yes and sys.stdin.isatty():
        click.confirm(f"Retry {len(chosen)} failures?", abort=True, err=True)
    retrier = Retrier(
        results,
        Leases(open_store(settings.leases), SystemClock(), duration_s=RETRY_LEASE_S),
        StageTopics(
            recordings=open_topic(settings.recordings_topic),
            transcripts=open_topic(settings.transcripts_topic),
            analyses=open_topic(settings.analyses_topic),
        ),
    )
    if not _retry_all(retrier, chosen):
        raise click.exceptions.Exit(1)


def _retry_all(retrier: Retrier, names: Iterable[str]) -> bool:
    waiting = list(names)
    complete = True
    with stopped_by_signals() as stopping, counted("retrying", len(waiting)) as advance:
        for name in waiting:
            if stopping():
                click.echo("stopped; the rest is as it was", err=True)
                return False
            try:
                failure = retrier.retry(name)
            except LeaseHeld:
                complete = False
                click.echo(one_line(f"{name}: not retried: a worker is on it; try again in a minute"), err=True)
            except (FailureUnknown, NotRetriable, PermanentError) as error:
                complete = False
                click.echo(one_line(f"{name}: not retried: {error}"), err=True)
            else:
                about = failure.recording.name if failure.recording else name
                click.echo(one_line(f"{about}: {failure.stage} set off again"))
            advance()
    return complete


def _obstacle(found: RecordedFailure) -> str | None:
    """Why a record cannot be retried."""
    if found.failure is None:
        return "the record cannot be read"
    if found.failure.recording is None:
        return "the message named no recording, so there is nothing to set off again"
    return None


def _retry_of(found: RecordedFailure) -> str:
    if (obstacle := _obstacle(found)) is not None:
        return f"not possible: {obstacle}"
    if found.interrupted:
        return f"interrupted; end it with: samo failures retry {shlex.quote(found.name)}"
    return f"samo failures retry {shlex.quote(found.name)}"


def _as_json(found: RecordedFailure) -> dict[str, object]:
    obstacle = _obstacle(found)
    return {
        "name": found.name,
        "failure": msgspec.to_builtins(found.failure),
        "interrupted": found.interrupted,
        "retriable": obstacle is None,
        "obstacle": obstacle,
    }


def _table(rows: list[RecordedFailure]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("when", "stage", "code", "name"):
        table.add_column(heading, overflow="fold")
    for each in rows:
        failure = each.failure
        cells = (failure.created_at, failure.stage, failure.code) if failure else ("?", "?", "document_invalid")
        note = " (retry interrupted)" if each.interrupted else ""
        table.add_row(*(Text(one_line(cell)) for cell in (*cells, each.name + note)))
    return table

"""`samo dead-letters`: what a stage gave up on, shown and replayed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from samo.cli.counting import counted
from samo.cli.deployment import ADVICE, on_deployment
from samo.cli.extras import installed_extra
from samo.cli.one_line_errors import OneLineErrors
from samo.cli.output import one_line
from samo.cli.stopping import stopped_by_signals
from samo.domain.names import STAGES, StageName
from samo.operations.dead_letters import DeadLetter, list_letters, replay_letters
from samo.settings import DeadLetterSettings, SettingsError, variable_of
from samo.wiring.places import open_dead_letters, open_topic

_HEARS: Mapping[StageName, str] = {
    "transcription": "recordings_topic",
    "emotion": "transcripts_topic",
    "summarization": "transcripts_topic",
    "insights": "analyses_topic",
}

_stage = click.option("--stage", type=click.Choice(STAGES), help="Only letters of this stage.")
_subscription = click.option(
    "--subscription", metavar="NAME", help="projects/{project}/subscriptions/{subscription}, with --stage."
)
_limit = click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most, per stage.")


@click.group("dead-letters", cls=OneLineErrors)
def dead_letters() -> None:
    """Dead letters: messages that a stage failed to handle, attempt after attempt."""


@dead_letters.command("list")
@_stage
@_subscription
@_limit
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@on_deployment(DeadLetterSettings)
def list_command(
    *,
    stage: StageName | None,
    subscription: str | None,
    limit: int,
    as_json: bool,
    settings: DeadLetterSettings,
) -> None:
    """List what waits, and leave it there: stage, object, when, attempts. Never what a message says."""
    rows: list[DeadLetter] = []
    for each, name in _subscriptions(settings, stage, subscription).items():
        with installed_extra("cloud", "reading dead letters"):
            rows += list_letters(open_dead_letters(name), each, limit)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(rows), indent=2, ensure_ascii=False))
    elif rows:
        Console(width=None if sys.stdout.isatty() else 400).print(_table(rows))
    else:
        click.echo("no dead letters", err=True)


@dead_letters.command()
@_stage
@_subscription
@_limit
@on_deployment(DeadLetterSettings)
def replay(*, stage: StageName | None, subscription: str | None, limit: int, settings: DeadLetterSettings) -> None:
    """Publish what waits to the topic that its stage hears, as it was published first, and take it off the list.

    Every stage on that topic hears it; what is done already is only told again. Safe to repeat and to end at any time.
    """
    subscriptions = _subscriptions(settings, stage, subscription)
    topics = {each: getattr(settings, _HEARS[each]) for each in subscriptions}
    if missing := sorted({variable_of(_HEARS[each]) for each, topic in topics.items() if topic is None}):
        raise _not_set(missing)
    count = 0
    with (
        installed_extra("cloud", "replaying dead letters"),
        stopped_by_signals() as stopping,
        counted("replaying", None) as advance,
    ):
        for each, name in subscriptions.items():
            queue, topic = open_dead_letters(name), open_topic(topics[each])
            for letter in replay_letters(queue, topic, each, limit, stopping):
                count += 1
                advance()
                click.echo(one_line(f"{_about(letter)}: sent to {each} again"))
    click.echo(f"{count} replayed", err=True)


def _subscriptions(
    settings: DeadLetterSettings, stage: StageName | None, subscription: str | None
) -> dict[StageName, str]:
    if subscription is not None:
        if stage is None:
            raise click.UsageError("--subscription needs --stage: whose dead letters are these?")
        return {stage: subscription}
    found: dict[StageName, str] = {}
    missing = []
    for each in STAGES if stage is None else (stage,):
        field = f"{each}_dead_letters"
        if (name := getattr(settings, field)) is None:
            missing.append(variable_of(field))
        else:
            found[each] = name
    if missing:
        raise _not_set(missing)
    return found


def _not_set(variables: Sequence[str]) -> SettingsError:
    return SettingsError("; ".join(f"{variable} is not set" for variable in variables) + f". {ADVICE}")


def _about(letter: DeadLetter) -> str:
    if letter.recording is None:
        return f"message {letter.message_id}"
    return f"{letter.recording.name} ({letter.recording.generation})"


def _table(rows: list[DeadLetter]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("published", "stage", "attempts", "object (generation)"):
        table.add_column(heading, overflow="fold")
    for each in rows:
        attempts = "?" if each.attempts is None else str(each.attempts)
        table.add_row(*(Text(one_line(cell)) for cell in (each.published_at, each.stage, attempts, _about(each))))
    return table

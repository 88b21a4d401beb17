"""`samo status`: where an entry is."""

from __future__ import annotations

import json

import click
import msgspec

from samo.cli.deployment import on_deployment
from samo.cli.output import one_line
from samo.operations.status import EntryStatus, StageStatus, entry_status
from samo.settings import StatusSettings
from samo.wiring.clock import SystemClock
from samo.wiring.places import open_store

EXIT_STATUS = {"done": 0, "in progress": 3, "failed": 4}


@click.command()
@click.argument("entry")
@click.option("--generation", type=int, help="Of the uploaded object; by default the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
@on_deployment(StatusSettings)
def status(entry: str, *, generation: int | None, as_json: bool, settings: StatusSettings) -> None:
    """Show which stages of ENTRY are done, at work, failed or waiting. ENTRY is user/entry or the uploaded object.

    Exit status 0 when the insight is there, 3 while it is on its way, 4 when the recording failed, 1 for every error.
    """
    found = entry_status(
        entry,
        generation,
        results=open_store(settings.results),
        leases=open_store(settings.leases),
        recordings=open_store(settings.recordings) if settings.recordings else None,
        clock=SystemClock(),
    )
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False))
    else:
        for line in _lines(found):
            click.echo(one_line(line))
    raise click.exceptions.Exit(EXIT_STATUS[found.state])


def _lines(found: EntryStatus) -> list[str]:
    superseded = ", superseded by a newer upload" if found.superseded else ""
    lines = [f"{found.recording.name}, generation {found.recording.generation}{superseded}: {found.state}"]
    for stage in found.stages:
        lines.append(f"  {stage.stage:14} {stage.state:8} {'; '.join(_facts(stage))}".rstrip())
        if stage.advice:
            lines.append(f"  {'':23} {stage.advice}")
    if found.other_generations:
        told = ", ".join(str(generation) for generation in found.other_generations)
        lines.append(f"  other generations: {told}")
    return lines


def _facts(stage: StageStatus) -> list[str]:
    waits_for = stage.waits_for or ""
    facts = (
        waits_for if waits_for.startswith("nothing") else _told("for", waits_for),
        f"{stage.code}: {stage.reason}" if stage.code else "",
        "handed over to the job" if stage.windows_done is not None else "",
        _told("since", stage.since),
        "" if stage.windows_done is None else f"{stage.windows_done} of {stage.windows or '?'} windows done",
        _told("lease until", stage.until),
        _told("owner", stage.owner),
        _told("attempt", stage.attempt),
        _told("by", stage.made_by and " ".join(filter(None, (stage.made_by.engine, stage.made_by.version)))),
        "degraded: a part failed" if stage.degraded else "",
        _told("revision", stage.revision),
        stage.object or "",
    )
    return [fact for fact in facts if fact]


def _told(label: str, value: object) -> str:
    return f"{label} {value}" if value else ""

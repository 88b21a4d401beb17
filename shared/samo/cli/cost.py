"""`samo cost`: what a deployment costs, from measured stage times and the price list."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click
import msgspec

from samo.cli.output import print_json
from samo.cost.estimate import Estimate, PriceList, estimate, job_transcription, shipped_price_list
from samo.cost.measurements import StageTimes, read_measurements

# The three that short and long entries, and instances that always or never have to start, are shown at.
ENTRY_MINUTES = (0.25, 3.0, 15.0)
COLD_SHARES = (0.0, 0.1, 1.0)
JOB = (60.0, 8)


@click.command()
@click.option(
    "--measurements",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Written by `samo bench stages --json`; by default those that ship.",
)
@click.option("--entry-min", type=click.FloatRange(min=0, min_open=True), help="Minutes of one recording.")
@click.option("--cold-share", type=click.FloatRange(0, 1), help="Share of requests for which an instance starts.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def cost(measurements: Path | None, entry_min: float | None, cold_share: float | None, *, as_json: bool) -> None:
    """What a thousand recorded minutes and an idle month cost, in US dollars."""
    measured = read_measurements(measurements or Path(str(files("samo.cost") / "measurements.json")))
    told = _with(shipped_price_list(), entry_min=entry_min, cold_share=cold_share)
    found = estimate(measured, told)
    if as_json:
        print_json(found)
    else:
        click.echo(render(measured, told, found))


def render(measured: StageTimes, told: PriceList, found: Estimate) -> str:
    """The tables for a person; docs/deploy.md holds them."""
    minutes, tasks = JOB
    lines = [
        f"Recordings of {found.entry_min:g} minutes; {found.cold_share:.0%} of requests start an instance.",
        f"Stage times: {measured.command}, {measured.vcpu} vCPU, {measured.memory_gib} GiB, engine {measured.engine}.",
        f"Prices: us-central1, {told.prices.as_of}, without free tiers: {told.prices.sources[0]}",
        *([] if told.prices.checked else ["UNCHECKED: nobody has held these prices against that page and the others."]),
        "",
        f"{'1,000 recorded minutes':<40}{'$':>8}",
        *(f"  {part:<38}{dollars:>8.3f}" for part, dollars in found.parts.items()),
        f"  {'together':<38}{found.thousand_minutes:>8.3f}",
        f"{'an idle month':<40}{found.idle_month:>8.3f}",
        "",
        f"{'1,000 minutes, together':<40}" + "".join(f"{f'cold {share:.0%}':>11}" for share in COLD_SHARES),
    ]
    for entry_min in ENTRY_MINUTES:
        row = (estimate(measured, _with(told, entry_min=entry_min, cold_share=share)) for share in COLD_SHARES)
        shown = "".join(f"{each.thousand_minutes:>11.3f}" for each in row)
        lines.append(f"  {f'recordings of {entry_min:g} min':<38}{shown}")
    dollars = job_transcription(measured, told, recording_min=minutes, tasks=tasks)
    lines.append(f"  {f'transcribed by jobs ({minutes:g} min, {tasks} tasks)':<38}{dollars:>8.3f}")
    return "\n".join(lines)


def _with(told: PriceList, *, entry_min: float | None, cold_share: float | None) -> PriceList:
    changed = {"entry_min": entry_min, "cold_share": cold_share}
    given = {name: value for name, value in changed.items() if value is not None}
    return msgspec.structs.replace(told, assumptions=msgspec.structs.replace(told.assumptions, **given))

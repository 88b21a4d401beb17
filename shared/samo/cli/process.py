"""`samo process`: files in, insights out, in this process."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import click
from rich.console import Console

from samo.adapters.directory import DirectoryStore
from samo.cli.activity import shown_on
from samo.cli.hint_options import checked_hotwords, checked_language
from samo.cli.insight_view import show_insight
from samo.cli.output import one_line, print_json, system_error
from samo.cli.termination import ended_by_signals
from samo.cli.user_option import user_option
from samo.domain.errors import SamoError
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import insight_name, report_name
from samo.domain.summary import SummaryFocus, SummaryLength, SummaryOptions, SummaryStyle
from samo.embedded import EmbeddedPipeline
from samo.settings import SummaryEngine
from samo.wiring.commands import embedded_pipeline, local_jobs

BUSY_WITH = {
    "transcription": "listening",
    "emotion": "reading emotions",
    "summarization": "summarising",
    "insights": "joining",
}
"""What a stage does, as told while it takes long."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keep all documents below this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the insight documents as a JSON array.")
@user_option("Whose recordings these are.")
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="pocketsphinx is a labelled stand-in for machines without Whisper weights.",
)
@click.option(
    "--language",
    metavar="CODE",
    callback=lambda _context, _parameter, tag: checked_language(tag),
    help="What is spoken, as en or pt-BR; found out if not given.",
)
@click.option(
    "--hotwords",
    metavar="TEXT",
    callback=lambda _context, _parameter, words: checked_hotwords(words),
    help="Names and words that are likely to be said.",
)
@click.option("--summary-length", type=click.Choice(["short", "medium", "long"]), default="medium", show_default=True)
@click.option("--summary-style", type=click.Choice(["paragraph", "bullets"]), default="paragraph", show_default=True)
@click.option(
    "--summary-focus",
    type=click.Choice(["general", "emotional"]),
    default="emotional",
    show_default=True,
    help="About all that was said, or about what was felt.",
)
@click.option(
    "--summary-engine",
    type=click.Choice(["auto", "extractive"]),
    default="auto",
    show_default=True,
    help="auto lets a model write where one is published; extractive quotes the entry.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads per model.")
@click.option(
    "--tasks",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Transcribe long recordings in so many processes, which share the threads.",
)
def process(
    files: tuple[Path, ...],
    out: Path | None,
    *,
    as_json: bool,
    user: str,
    speech_engine: str,
    language: str | None,
    hotwords: str | None,
    summary_length: SummaryLength,
    summary_style: SummaryStyle,
    summary_focus: SummaryFocus,
    summary_engine: SummaryEngine,
    threads: int,
    tasks: int,
) -> None:
    """Turn recordings (wav, mp3, m4a, mp4, aac, ogg, opus, flac, webm) and written entries (txt) into insights."""
    insights: list[Insight] = []
    failed = False
    with (
        ended_by_signals(),
        tempfile.TemporaryDirectory(prefix="samo-") as scratch,
        ExitStack() as held,
        shown_on(Console(stderr=True)) as activity,
    ):
        hints = {name: value for name, value in (("language", language), ("hotwords", hotwords)) if value}
        current = ""
        results = out or Path(scratch, "results")
        jobs = None
        if tasks > 1:
            each = max(1, threads // tasks)
            jobs = local_jobs(Path(scratch), results, speech_engine=speech_engine, threads=each)
            held.callback(jobs.close)
        pipeline = embedded_pipeline(
            Path(scratch),
            results,
            speech_engine=speech_engine,
            summary_options=SummaryOptions(length=summary_length, style=summary_style, focus=summary_focus),
            summary_engine=summary_engine,
            threads=threads,
            progress=lambda stage: activity.begins(f"{current}: {BUSY_WITH[stage]}"),
            jobs=jobs,
            tasks=tasks,
        )
        for file in files:
            current = one_line(str(file))
            insight, problem = _process(pipeline, file, user, hints)
            activity.pauses()
            if insight is None:
                failed = True
                click.echo(one_line(f"{file}: {problem}"), err=True)
                continue
            insights.append(insight)
            if not as_json:
                show_insight(Console(), insight, title=current)
                _show_places(out, insight)
    if as_json:
        print_json(insights)
    sys.exit(1 if failed else 0)


def _process(pipeline: EmbeddedPipeline, file: Path, user: str, hints: Mapping[str, str]) -> tuple[Insight | None, str]:
    """The insight, or None and what happened and what to do."""
    try:
        if obstacle := _obstacle(file):
            return None, obstacle
        result = pipeline.process(file, user=user, metadata=hints)
    except SamoError as error:
        return None, f"{error.code}: {error}"
    except OSError as error:
        return None, error.strerror or system_error(error)
    if isinstance(result, Failure):
        return None, f"{result.code}: {result.reason}. {result.advice}"
    return result, ""


def _obstacle(file: Path) -> str | None:
    """Why this cannot be a recording at all; None for a file. Raises `OSError`."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return "no such file"
    if S_ISDIR(mode):
        return "a folder; name the files in it"
    if not S_ISREG(mode):
        return "a pipe, a socket or a device; save what comes from it as a file first"
    return None


def _show_places(out: Path | None, insight: Insight) -> None:
    if out is None:
        return
    documents = DirectoryStore(out)
    for label, name in (("document", insight_name(insight.recording)), ("report  ", report_name(insight.recording))):
        place = out / documents.path_of(name).relative_to(out.absolute())  # relative where `out` is
        click.echo(f"  {label}  {one_line(str(place))}")
    click.echo()

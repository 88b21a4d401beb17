"""`samo process`: files in, insights out, in this process."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
import msgspec
from rich.console import Console

from samo.cli.insight_view import show_insight
from samo.domain.errors import SamoError
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import insight_name, report_name
from samo.embedded import EmbeddedPipeline
from samo.wiring import embedded_pipeline

_WORDS = {
    "transcription": "listening",
    "emotion": "reading emotions",
    "summarization": "summarising",
    "insights": "joining",
}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keep all documents below this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the insight documents as a JSON array.")
@click.option("--user", default="me", show_default=True, help="Whose recordings these are.")
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="pocketsphinx is a labelled stand-in for machines without Whisper weights.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads per model.")
def process(
    files: tuple[Path, ...], out: Path | None, *, as_json: bool, user: str, speech_engine: str, threads: int
) -> None:
    """Turn recordings (wav, mp3, m4a, mp4, aac, ogg, opus, flac, webm) and written entries (txt) into insights."""
    progress = Console(stderr=True)
    insights: list[Insight] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="samo-") as scratch, progress.status("starting") as status:
        current = ""
        pipeline = embedded_pipeline(
            Path(scratch),
            out or Path(scratch, "results"),
            speech_engine=speech_engine,
            threads=threads,
            progress=lambda stage: status.update(f"{current}: {_WORDS[stage]}"),
        )
        for file in files:
            current = file.name
            insight, problem = _process(pipeline, file, user)
            if insight is None:
                failed = True
                click.echo(f"{file}: {problem}", err=True)
                continue
            insights.append(insight)
            if not as_json:
                status.stop()
                show_insight(Console(), insight)
                _show_places(out, insight)
                status.start()
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(insights), indent=2) + b"\n")
    sys.exit(1 if failed else 0)


def _process(pipeline: EmbeddedPipeline, file: Path, user: str) -> tuple[Insight | None, str]:
    """The insight, or None and one line that says what happened and what to do."""
    if not file.is_file():
        return None, "no such file"
    try:
        result = pipeline.process(file, user=user)
    except SamoError as error:
        return None, f"{error.code}: {error}"
    except OSError as error:
        return None, f"{error.strerror}"
    if isinstance(result, Failure):
        return None, f"{result.code}: {result.reason}. {result.advice}"
    return result, ""


def _show_places(out: Path | None, insight: Insight) -> None:
    if out is not None:
        click.echo(f"  document  {out / insight_name(insight.recording)}")
        click.echo(f"  report    {out / report_name(insight.recording)}\n")

"""`samo evaluate transcription`: word errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from samo.cli.evaluate.options import data_option, json_option, threads_option
from samo.cli.extras import installed_extra
from samo.cli.hint_options import checked_language
from samo.cli.output import print_json

if TYPE_CHECKING:
    from samo.modelling.transcripts.evaluation import TranscriptionEvaluation


@click.command("transcription")
@data_option('A JSON object a line: {"audio": path relative to the file, "text": what is said}.')
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="Whose transcripts; pocketsphinx is the stand-in.",
)
@click.option(
    "--language",
    metavar="CODE",
    callback=lambda _context, _parameter, tag: checked_language(tag),
    help="What is spoken, as en or pt; found out if not given.",
)
@threads_option
@json_option("Print JSON.")
def evaluate_transcription(
    data: Path, speech_engine: str, language: str | None, *, threads: int, as_json: bool
) -> None:
    """Word and character error rate with bootstrap intervals, and the speed, of a speech engine."""
    with installed_extra("evaluation", "judging transcripts"):
        found = _judged_transcripts(data, speech_engine, language, threads)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found.engine} {found.model or ''}".rstrip() + f" on {found.n} recordings, {found.audio_s:.1f} s")
    for name, rate in (("WER", found.wer), ("CER", found.cer)):
        click.echo(f"  {name}  {rate.value:.3f}  [{rate.low:.3f}, {rate.high:.3f}]")
    click.echo(f"  RTF  {found.rtf:.3f}")


def _judged_transcripts(data: Path, speech_engine: str, language: str | None, threads: int) -> TranscriptionEvaluation:
    from samo.domain.hints import TranscriptionHints
    from samo.modelling.progress import Progress
    from samo.modelling.transcripts.evaluation import judge
    from samo.modelling.transcripts.examples import read_spoken_examples
    from samo.settings import MAX_AUDIO_S
    from samo.wiring.engines import open_transcriber
    from samo.wiring.model_stores import local_models

    examples = read_spoken_examples(data)
    transcriber = open_transcriber(speech_engine, local_models(), channel="stable", threads=threads, max_s=MAX_AUDIO_S)
    listening = Progress(f"transcripts by {speech_engine}", len(examples))
    return judge(
        transcriber,
        examples,
        name=data.name,
        engine=speech_engine,
        hints=TranscriptionHints(language=language),
        advance=listening.advance,
    )

"""`samo up`: the whole cloud stack on this machine, with a folder to drop files into."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samo.cli.termination import ended_by_signals
from samo.cli.up_models import models_for_up
from samo.cli.user_option import user_option

if TYPE_CHECKING:
    from samo.domain.names import StageName

FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@user_option("Whose recordings the files in FOLDER/inbox are; those in FOLDER/inbox/SOMEBODY are somebody's.")
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="pocketsphinx is a labelled stand-in for machines without Whisper weights.",
)
def up(folder: Path, *, user: str, speech_engine: str) -> None:
    """Serve FOLDER: drop files into its inbox, find insights and failure records in its results.

    Runs Google's Pub/Sub emulator, a Cloud Storage server and the four functions until Ctrl-C. The folder stays, the
    buckets and what waits in Pub/Sub live as long as the command. Needs Java 17 and the Pub/Sub emulator of the Google
    Cloud SDK. Models come from the store that SAMO_MODELS names, or from the
    bundled one; those for speech and summaries, where it has none, from the user's cache.
    """
    from samo.local.drop_folder import serve_folder
    from samo.local.functions import Functions

    def say(line: str) -> None:
        click.echo(line, err=True)

    models = models_for_up(speech_engine)
    for line in models.lines:
        say(line)
    speech = {"SAMO_MODELS": models.transcription, "SAMO_SPEECH_ENGINE": speech_engine}
    summaries = {"SAMO_SUMMARY_MODELS": models.summarization}
    of_stage: dict[StageName, dict[str, str]] = {"transcription": speech, "summarization": summaries}
    functions = Functions(source=FUNCTIONS, models=models.all, of_stage=of_stage)
    try:
        with ended_by_signals():
            serve_folder(folder, functions, say, user=user)
    except KeyboardInterrupt:  # the way to end it, and no error
        raise click.exceptions.Exit(128 + signal.SIGINT) from None

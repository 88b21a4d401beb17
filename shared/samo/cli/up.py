"""`samo up`: the whole cloud stack on this machine, with a folder to drop files into."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from samo.wiring import bundled_models_folder, cached_models_folder

FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--user", default="me", show_default=True, help="Whose recordings the files in FOLDER/inbox are.")
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="pocketsphinx is a labelled stand-in for machines without Whisper weights.",
)
def up(folder: Path, *, user: str, speech_engine: str) -> None:
    """Serve FOLDER: drop files into its inbox, find insights and failure records in its results.

    Runs Google's Pub/Sub emulator, a Cloud Storage server and the four functions until Ctrl-C. Needs Java 17 and the
    Pub/Sub emulator of the Google Cloud SDK.
    """
    from samo.local.drop_folder import serve_folder
    from samo.local.functions import Functions

    # As Ctrl-C does it: on the way out the stack stops its processes and removes the uploaded recordings.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    functions = Functions(
        source=FUNCTIONS,
        models=bundled_models_folder().resolve().as_uri(),
        of_stage={
            "transcription": {
                "SAMO_MODELS": cached_models_folder().resolve().as_uri(),
                "SAMO_SPEECH_ENGINE": speech_engine,
            }
        },
    )
    serve_folder(folder, functions, lambda line: click.echo(line, err=True), user=user)

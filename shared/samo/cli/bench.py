"""`samo bench`: how fast and how small, measured here and now, beside the reference implementations."""

from __future__ import annotations

import wave
from pathlib import Path

import click
import msgspec

from samo.cli.extras import installed_extra
from samo.cli.one_line_errors import OneLineErrors
from samo.cli.output import print_json
from samo.inference.speech.whisper_sizes import WHISPER_SIZES

SPEECH_SIZES = tuple(WHISPER_SIZES)


@click.group(cls=OneLineErrors)
def bench() -> None:
    """Measure speed and size on this machine."""


@bench.command()
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads of all engines.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="The best of so many counts.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def emotion(*, threads: int, rounds: int, as_json: bool) -> None:
    """The published emotion model: a sentence, batches of 64 against PyTorch in float32, a long transcript, memory."""
    from samo.modelling.emotion.benchmark import measure_emotion

    _print(measure_emotion(threads=threads, rounds=rounds), as_json=as_json)


@bench.command()
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="CPU threads of all engines.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.option("--check", is_flag=True, help="Exit with 1 where a figure is not what is asked for; on an idle machine.")
def summary(*, threads: int, rounds: int, as_json: bool, check: bool) -> None:
    """A T5 of the shape of t5-small, 512 tokens in, 64 out, against Hugging Face in float32 and CTranslate2 in INT8.

    All engines run the same random weights, one after the other in each round.
    """
    with installed_extra("modelling", "the bench"):
        from samo.modelling.t5.benchmark import broken_limits, measure_summary
    figures = measure_summary(threads=threads, rounds=rounds)
    _print(figures, as_json=as_json)
    if check and (broken := broken_limits(figures)):
        raise click.ClickException("; ".join(broken))


@bench.command()
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def agreement(*, threads: int, as_json: bool) -> None:
    """How often INT8 writes what float32 writes: random T5 weights, tiny and in the shape of t5-small, 50 inputs."""
    with installed_extra("modelling", "the bench"):
        from samo.modelling.t5.agreement import measure_agreement
    measured = measure_agreement(threads=threads)
    if as_json:
        print_json(measured)
        return
    click.echo("| weights | search | tokens | KL, nats | exact | prefix |\n|---|---|---|---|---|---|")
    for each in measured:
        shares = f"{each.tokens:.3f} | {each.kl:.4f} | {each.exact:.2f} | {each.prefix:.2f}"
        click.echo(f"| {each.model} | {each.search} | {shares} |")


@bench.command()
@click.option(
    "--clip",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("examples/recording.wav"),
    show_default=True,
    help="Speech, at most ten minutes, to make longer recordings of.",
)
@click.option(
    "--size", type=click.Choice(SPEECH_SIZES), default="base", show_default=True, help="Shape of the Whisper."
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads of the engine.")
@click.option("--rounds", type=click.IntRange(min=1), default=2, show_default=True, help="The best of so many counts.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=6.0, show_default=True, help="For the speed.")
@click.option(
    "--long-minutes", type=click.FloatRange(min=0.1), default=120.0, show_default=True, help="For the memory."
)
@click.option("--fan-out-minutes", type=click.FloatRange(min=0.1), default=20.0, show_default=True, help="For the job.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def transcription(
    *,
    clip: Path,
    size: str,
    threads: int,
    rounds: int,
    minutes: float,
    long_minutes: float,
    fan_out_minutes: float,
    as_json: bool,
) -> None:
    """Our transcription against bare faster-whisper on the same windows; memory; decoding; a job of 1, 2 and 4 tasks.

    Weights are random and of the true shape. Memory by length and the job are measured with the size tiny.
    """
    from samo.modelling.transcripts.benchmark.speed import measure_transcription

    figures = measure_transcription(
        clip,
        size=size,
        threads=threads,
        rounds=rounds,
        minutes=minutes,
        long_minutes=long_minutes,
        fan_out_minutes=fan_out_minutes,
        say=lambda line: click.echo(line, err=True),
    )
    if as_json:
        print_json(figures)
        return
    for name, value in msgspec.to_builtins(figures).items():
        click.echo(f"{name:18} {value}")


@bench.command("speech-sizes")
@click.argument("sizes", nargs=-1, required=True, type=click.Choice(SPEECH_SIZES))
@click.option(
    "--clip",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("examples/recording.wav"),
    show_default=True,
    help="Speech, at most ten minutes, to make the recording of.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads of the engine.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=2.0, show_default=True, help="Of the recording.")
@click.option("--batch", type=click.IntRange(min=1), default=4, show_default=True, help="Pieces side by side.")
def speech_sizes(*, sizes: tuple[str, ...], clip: Path, threads: int, minutes: float, batch: int) -> None:
    """The table of Whisper sizes: disk, load time, memory, speed plain and batched, as rows of Markdown."""
    from samo.modelling.transcripts.benchmark.sizes import measure_size

    click.echo("| size | on disk MB | load s | peak memory MB | real-time factor | batched |")
    click.echo("|---|---|---|---|---|---|")
    for size in sizes:
        row = measure_size(clip, size, threads=threads, minutes=minutes, batch=batch)
        click.echo(f"| {size} | {row.disk_mb} | {row.load_s} | {row.rss_mb} | {row.rtf} | {row.batched_rtf} |")


@bench.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--engine", type=click.Choice(["whisper", "pocketsphinx"]), default="whisper", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, which `samo cost --measurements` reads.")
def stages(recording: Path, engine: str, *, as_json: bool) -> None:
    """Each stage's time on a wav file, warm and when it has just started, on all processors of this machine."""
    from samo.cost.stage_bench import measure_stages

    try:
        with wave.open(str(recording), "rb") as file:
            audio_s = file.getnframes() / file.getframerate()
    except (wave.Error, EOFError) as error:
        raise click.ClickException(f"{recording.name} is no wav file: {str(error) or 'it ends too early'}") from error
    command = f"samo bench stages {recording.as_posix()} --engine {engine}"
    figures = measure_stages(recording, audio_s=audio_s, engine=engine, command=command)
    if as_json:
        print_json(figures)
        return
    for name, found in figures.stages.items():
        click.echo(f"{name:18} {found.warm_s:8.3f} s warm {found.cold_extra_s:8.3f} s more at a start")


def _print(figures: msgspec.Struct, *, as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for name, value in msgspec.to_builtins(figures).items():
        click.echo(f"{name:18} {value}")

"""`samo bench transcription`: our speed beside bare faster-whisper's, memory, decoding and the job."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from samo.domain.window_plan import SAMPLE_RATE_HZ
from samo.modelling.transcripts.benchmark.engines import (
    RECORDING,
    bare_whisper,
    hear_bare,
    hear_batched,
    publish_random,
    rss_mb,
    transcriber,
)
from samo.modelling.transcripts.benchmark.fan_out import fan_out
from samo.modelling.transcripts.benchmark.seconds import seconds
from samo.modelling.transcripts.benchmark.speech import speech_of, window_speech
from samo.modelling.transcripts.random_whisper import random_whisper

BATCH = 4
"""Per piece, 8 or 12 are no faster, and 2 is slower."""

Say = Callable[[str], None]
"""Shows one line to the person who waits."""

# Of each half minute, where nobody asks how fast a decoder is.
_FEW_TOKENS = 8


class TranscriptionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, with random weights of the true shape.

    `rtf` is seconds of work for a second of recording, from the file to the transcript. `bare_rtf` is that of
    faster-whisper on the speech of the same windows, already in memory; `batched_rtf` that of its batched pipeline,
    `BATCH` pieces side by side. `overhead` is how much longer ours takes for the windows than bare, as a share: reading
    them from the file once more, the gates and the document; `overhead_from_file` adds the plan, which is to decode and
    search the whole file for speech. `decode_vad_x` is how many times faster than real time that goes.

    `peak_rss_mb` is the peak of a process that transcribes `minutes`. The other two are those of 5 minutes and of
    `long_minutes`, heard by a `tiny` that says `_FEW_TOKENS` tokens of each half minute: what grows with length is not
    its decoder. `wall_s` maps a number of tasks to the seconds that `fan_out_minutes` took with so many, each on one
    thread, and `same_words` says whether all of them made the same segments.
    """

    size: str
    threads: int
    minutes: float
    rtf: float
    bare_rtf: float
    batched_rtf: float
    overhead: float
    overhead_from_file: float
    peak_rss_mb: float
    rss_5_minutes_mb: float
    rss_long_mb: float
    rss_ratio: float
    long_minutes: float
    decode_vad_x: float
    fan_out_minutes: float
    wall_s: dict[str, float]
    same_words: bool


def measure_transcription(
    clip: Path,
    *,
    size: str,
    threads: int,
    minutes: float,
    long_minutes: float,
    fan_out_minutes: float,
    rounds: int,
    say: Say,
) -> TranscriptionFigures:
    """Measure everything, on speech made of `clip` and pauses; `say` tells what has been done."""
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
        folder = Path(scratch)
        models = folder / "models"
        publish_random(random_whisper(folder / "weights", size), models, size)
        speech = speech_of(clip, folder / "speech.wav", minutes=minutes)
        best = _alternate(speech, models, folder / "weights", threads=threads, rounds=rounds)
        say(", ".join(f"{name.removesuffix('_s')} {each:.1f} s" for name, each in best._asdict().items()))
        terse = folder / "terse-models"
        publish_random(random_whisper(folder / "terse", "tiny", tokens=_FEW_TOKENS), terse, "tiny")
        rss_5, rss_long = (
            rss_mb(speech_of(clip, folder / "memory.wav", minutes=length), terse, threads)
            for length in (5.0, long_minutes)
        )
        say(f"memory: {rss_5} MB for 5 minutes, {rss_long} MB for {long_minutes:g}")
        tiny = folder / "tiny-models"
        publish_random(random_whisper(folder / "tiny", "tiny"), tiny, "tiny")
        tasks = fan_out(speech_of(clip, folder / "fan-out.wav", minutes=fan_out_minutes), tiny, say)
        duration_s = minutes * 60
        return TranscriptionFigures(
            size=size,
            threads=threads,
            minutes=minutes,
            rtf=round((best.plan_s + best.windows_s) / duration_s, 4),
            bare_rtf=round(best.bare_s / duration_s, 4),
            batched_rtf=round(best.batched_s / duration_s, 4),
            overhead=round(best.windows_s / best.bare_s - 1, 4),
            overhead_from_file=round((best.plan_s + best.windows_s) / best.bare_s - 1, 4),
            peak_rss_mb=rss_mb(speech, models, threads),
            rss_5_minutes_mb=rss_5,
            rss_long_mb=rss_long,
            rss_ratio=round(rss_long / rss_5, 3),
            long_minutes=long_minutes,
            decode_vad_x=round(duration_s / best.plan_s, 1),
            fan_out_minutes=fan_out_minutes,
            wall_s=tasks.wall_s,
            same_words=tasks.same_words,
        )


class _Best(NamedTuple):
    """Seconds for one recording: our plan of it, its windows with the transcript, and the same windows by others."""

    plan_s: float
    windows_s: float
    bare_s: float
    batched_s: float


def _alternate(audio: Path, models: Path, weights: Path, *, threads: int, rounds: int) -> _Best:
    """The best of so many rounds for each of them, one after the other in each round."""
    ours = transcriber(models, threads)
    model = bare_whisper(weights, threads)
    plan = ours.plan(audio, RECORDING)  # loads the model as well: no round does
    assert plan is not None, "nothing told it to stop"
    windows = window_speech(audio)
    hear_bare(model, [windows[0][: 30 * SAMPLE_RATE_HZ]], plan.language)
    acts: tuple[Callable[[], object], ...] = (
        lambda: ours.plan(audio, RECORDING),
        lambda: ours.merge(plan, ours.listen(audio, plan, range(len(plan.windows))), created_at="now"),
        lambda: hear_bare(model, windows, plan.language),
    )
    timed = [[seconds(act) for act in acts] for _ in range(rounds)]
    plan_s, windows_s, bare_s = (min(of_act) for of_act in zip(*timed, strict=True))
    return _Best(plan_s, windows_s, bare_s, seconds(lambda: hear_batched(model, windows, plan.language, batch=BATCH)))

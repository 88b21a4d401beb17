"""`samo bench speech-sizes`: what each size of Whisper costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import msgspec

from samo.domain.window_plan import SAMPLE_RATE_HZ
from samo.inference.speech.whisper_model import load_whisper
from samo.modelling.transcripts.benchmark.engines import hear_bare, hear_batched, publish_random, rss_mb
from samo.modelling.transcripts.benchmark.seconds import seconds
from samo.modelling.transcripts.benchmark.speech import speech_of, window_speech
from samo.modelling.transcripts.random_whisper import random_whisper


class SizeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table of sizes.

    `rtf` is seconds of work for a second of speech in faster-whisper, with each half minute asked once; `batched_rtf`
    that in its batched pipeline. `rss_mb` is the peak of a process that transcribes with ours.
    """

    size: str
    disk_mb: float
    load_s: float
    rss_mb: float
    rtf: float
    batched_rtf: float


def measure_size(clip: Path, size: str, *, threads: int, minutes: float, batch: int) -> SizeFigures:
    """One row of the table of sizes, with so many pieces side by side in `batched_rtf`."""
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
        folder = Path(scratch)
        weights = random_whisper(folder / size, size)
        manifest = publish_random(weights, folder / "models", size)
        audio = speech_of(clip, folder / "speech.wav", minutes=minutes)
        started = time.perf_counter()
        model = load_whisper(weights, manifest, threads=threads)
        load_s = time.perf_counter() - started
        [speech, *_] = window_speech(audio)
        # Each half minute once: how often one is asked again depends on the weights, and random ones may be unsure.
        bare_s = seconds(lambda: hear_bare(model, [speech], None, temperature=0.0))
        batched_s = seconds(lambda: hear_batched(model, [speech], None, batch=batch))
        return SizeFigures(
            size=size,
            disk_mb=round(sum(path.stat().st_size for path in weights.iterdir()) / 1e6, 1),
            load_s=round(load_s, 2),
            rss_mb=rss_mb(audio, folder / "models", threads),
            rtf=round(bare_s * SAMPLE_RATE_HZ / len(speech), 4),
            batched_rtf=round(batched_s * SAMPLE_RATE_HZ / len(speech), 4),
        )

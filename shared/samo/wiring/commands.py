"""Pipelines in this process, for the commands that bring a file to its insight or make insights anew."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from samo.domain.errors import ModelUnavailable
from samo.domain.summary import SummaryOptions
from samo.embedded import EmbeddedPipeline, JobsHere, Progress
from samo.ports import ObjectStore
from samo.settings import (
    MAX_AUDIO_BYTES,
    MAX_JOB_AUDIO_S,
    MAX_TEXT_BYTES,
    ReprocessingSettings,
    SummaryEngine,
    variable_of,
)
from samo.wiring.clock import SystemClock
from samo.wiring.engines import open_emotion_reader, open_summarizer, open_transcriber
from samo.wiring.model_stores import cached_models, local_model_urls, local_models
from samo.wiring.places import open_store

if TYPE_CHECKING:
    from samo.adapters.local_jobs import LocalJobs


def embedded_pipeline(
    scratch: Path,
    out: Path,
    *,
    speech_engine: str,
    summary_options: SummaryOptions,
    summary_engine: SummaryEngine,
    threads: int,
    progress: Progress,
    jobs: JobsHere | None = None,
    tasks: int = 1,
) -> EmbeddedPipeline:
    """All four stages in this process: recordings and leases below `scratch`, results below `out`."""
    from samo.adapters.directory import DirectoryStore

    models = local_models()
    return EmbeddedPipeline(
        recordings=DirectoryStore(scratch / "recordings", "recordings"),
        results=DirectoryStore(out, "results"),
        leases=DirectoryStore(scratch / "leases", "leases"),
        transcriber=open_transcriber(speech_engine, models, channel="stable", threads=threads, max_s=MAX_JOB_AUDIO_S),
        emotion_reader=open_emotion_reader(models, channel="stable", threads=threads),
        summarizer=open_summarizer(
            models, channel="stable", threads=threads, options=summary_options, engine=summary_engine
        ),
        clock=SystemClock(),
        max_audio_bytes=MAX_AUDIO_BYTES,
        max_text_bytes=MAX_TEXT_BYTES,
        progress=progress,
        jobs=jobs,
        tasks=tasks,
    )


def local_jobs(scratch: Path, out: Path, *, speech_engine: str, threads: int) -> LocalJobs:
    """The transcription job as processes of this machine, over the stores of `embedded_pipeline`."""
    from samo.adapters.local_jobs import LocalJobs
    from samo.inference.model_store.store import ModelStore

    (first, *others), stores = local_model_urls(), local_models()
    models = first
    for url, store in zip((first, *others), stores, strict=True):
        try:
            ModelStore([store]).choose("transcription", "")
        except ModelUnavailable:
            continue
        models = url
        break
    settings = {
        "recordings": (scratch / "recordings").resolve().as_uri(),
        "results": out.resolve().as_uri(),
        "leases": (scratch / "leases").resolve().as_uri(),
        "models": models,
        "transcripts_topic": (scratch / "transcripts").resolve().as_uri(),
        "threads": str(threads),
        "speech_engine": speech_engine,
        "max_audio_bytes": str(MAX_AUDIO_BYTES),
    }
    variables = {variable_of(field): value for field, value in settings.items()}
    return LocalJobs((sys.executable, "-m", "samo.local.transcription_task"), variables)


def scratch_pipelines(settings: ReprocessingSettings) -> Callable[[ObjectStore, ObjectStore], EmbeddedPipeline]:
    """Pipelines over a bucket of results and one of leases, all with the same engines, which load on first use."""
    models = [open_store(settings.models), cached_models()] if settings.models else local_models()
    options = SummaryOptions(length=settings.summary_length, style=settings.summary_style, focus=settings.summary_focus)
    transcriber = open_transcriber(
        settings.speech_engine,
        models,
        channel=settings.channel,
        threads=settings.threads,
        max_s=settings.max_audio_s,
    )
    reader = open_emotion_reader(models, channel=settings.channel, threads=settings.threads)
    summarizer = open_summarizer(
        models, channel=settings.channel, threads=settings.threads, options=options, engine=settings.summary_engine
    )

    def over(results: ObjectStore, leases: ObjectStore) -> EmbeddedPipeline:
        return EmbeddedPipeline(
            recordings=open_store(settings.recordings),
            results=results,
            leases=leases,
            transcriber=transcriber,
            emotion_reader=reader,
            summarizer=summarizer,
            clock=SystemClock(),
            max_audio_bytes=settings.max_audio_bytes,
            max_text_bytes=settings.max_text_bytes,
            progress=lambda _: None,
        )

    return over


@contextmanager
def scratch_stores(results: str) -> Iterator[tuple[ObjectStore, ObjectStore]]:
    """A bucket of results with this name, and one of leases, in a temporary folder that goes with the block."""
    from samo.adapters.directory import DirectoryStore

    with tempfile.TemporaryDirectory(prefix="samo-") as folder:
        yield DirectoryStore(Path(folder, "results"), bucket=results), DirectoryStore(Path(folder, "leases"))

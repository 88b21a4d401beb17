"""Composition root: settings → adapters → stage. The only module that knows both sides; adapters load on demand."""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from samo.domain.errors import ModelUnavailable
from samo.domain.names import StageName
from samo.domain.recording import RecordingRef
from samo.domain.summary import SummaryOptions
from samo.embedded import EmbeddedPipeline, JobsHere, Progress
from samo.job import Job, task_place
from samo.leases import Leases
from samo.ports import (
    Clock,
    DeadLetterQueue,
    EmotionReader,
    JobLauncher,
    MessageTopic,
    ObjectStore,
    Summarizer,
    Transcriber,
)
from samo.settings import (
    MAX_AUDIO_BYTES,
    MAX_JOB_AUDIO_S,
    MAX_TEXT_BYTES,
    EmotionSettings,
    InsightsSettings,
    ReprocessingSettings,
    SettingsError,
    SummarizationSettings,
    SummaryEngine,
    TranscriptionJobSettings,
    TranscriptionSettings,
    read_settings,
    variable_of,
)
from samo.stages.effect import EffectRunner
from samo.stages.emotion import EmotionStage
from samo.stages.hand_over import JobDesk
from samo.stages.insights import InsightsStage
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.summarization import SummarizationStage
from samo.stages.transcription import TranscriptionStage
from samo.stages.transcription_job import TranscriptionTask

if TYPE_CHECKING:
    from samo.adapters.local_jobs import LocalJobs


class SystemClock:
    """The wall clock."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()


def open_store(url: str, *, lease_s: float = math.inf) -> ObjectStore:
    """The bucket `gs://name`, or a folder given as `file:///path` or as a path. Nothing is contacted yet.

    A call gives up well before a lease of `lease_s` ends.
    """
    if url.startswith("gs://"):
        from samo.adapters.deadlines import STORE
        from samo.adapters.gcs import GcsStore

        return GcsStore(url.removeprefix("gs://").rstrip("/"), deadlines=STORE.within(lease_s))
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(_path_of(url))


def open_prefix(url: str) -> tuple[ObjectStore, str]:
    """`gs://bucket/prefix` as its bucket and what its objects' names start with; a folder, with an empty prefix."""
    if not url.startswith("gs://"):
        return open_store(url), ""
    bucket, _, prefix = url.removeprefix("gs://").partition("/")
    prefix = prefix.strip("/")
    return open_store(f"gs://{bucket}"), f"{prefix}/" if prefix else ""


def open_topic(url: str, *, lease_s: float = math.inf) -> MessageTopic:
    """The topic `projects/{project}/topics/{topic}`, or a folder given as `file:///path`. Nothing is contacted yet.

    A call gives up well before a lease of `lease_s` ends.
    """
    if url.startswith("projects/"):
        from samo.adapters.deadlines import TOPIC
        from samo.adapters.pubsub import PubsubTopic

        return PubsubTopic(url, deadlines=TOPIC.within(lease_s))
    if not url.startswith("file://"):  # a short name is no folder to lose events in
        raise SettingsError(f"{url} is no topic; use projects/{{project}}/topics/{{topic}} or file:///folder")
    from samo.adapters.spool import DirectoryTopic

    return DirectoryTopic(_path_of(url))


def open_job(url: str) -> JobLauncher:
    """The job `projects/{project}/locations/{location}/jobs/{job}`, or a program `file:///path/job.py` of this machine.

    Nothing is contacted or started yet.
    """
    if url.startswith("projects/"):
        from samo.adapters.run_jobs import CloudRunJobs

        return CloudRunJobs(url)
    if not url.startswith("file://"):
        raise SettingsError(f"{url} is no job; use projects/{{project}}/locations/{{location}}/jobs/{{job}}")
    from samo.adapters.local_jobs import LocalJobs

    return LocalJobs((sys.executable, str(_path_of(url))), {}, shares_log=True)


def open_dead_letters(subscription: str) -> DeadLetterQueue:
    """The subscription `projects/{project}/subscriptions/{subscription}`. Nothing is contacted yet."""
    if not subscription.startswith("projects/"):
        raise SettingsError(
            f"{subscription} is no subscription; use projects/{{project}}/subscriptions/{{subscription}}"
        )
    from samo.adapters.dead_letters import DeadLetterSubscription

    return DeadLetterSubscription(subscription)


def bundled_models_folder() -> Path:
    """The model store that ships with the package's sources: `shared/models`, or what SAMO_BUNDLED_MODELS names."""
    beside = Path(__file__).resolve().parents[1] / "models"
    return Path(os.environ.get("SAMO_BUNDLED_MODELS", beside))


def cached_models_folder() -> Path:
    """The user's model store, where `samo models fetch` puts weights."""
    if cache := os.environ.get("XDG_CACHE_HOME"):
        return Path(cache) / "samo" / "models"
    try:
        home = Path.home()
    except RuntimeError:
        raise SettingsError("the model cache has no place: this user has no home folder; set XDG_CACHE_HOME") from None
    return home / ".cache" / "samo" / "models"


def bundled_models() -> ObjectStore:
    """The store in `bundled_models_folder`."""
    return _folder_store(bundled_models_folder())


def cached_models() -> ObjectStore:
    """The store in `cached_models_folder`."""
    return _folder_store(cached_models_folder())


def local_models() -> list[ObjectStore]:
    """Where commands look for models: the store that SAMO_MODELS names, or the bundled one; then the user's cache."""
    url = os.environ.get("SAMO_MODELS")
    if not url:
        return [bundled_models(), cached_models()]
    return [open_store(url) if url.startswith("gs://") else _folder_store(_path_of(url)), cached_models()]


def local_model_urls() -> tuple[str, str]:
    """The URLs of `local_models`, for other processes on this machine."""
    first = os.environ.get("SAMO_MODELS") or bundled_models_folder().resolve().as_uri()
    return first, cached_models_folder().resolve().as_uri()


def open_transcriber(
    engine: str, models: list[ObjectStore], *, channel: str, threads: int, max_s: float
) -> Transcriber:
    """The speech engine: `whisper` with weights from `models`, or the stand-in `pocketsphinx`."""
    if engine == "pocketsphinx":
        from samo.inference.speech.pocketsphinx import PocketsphinxTranscriber

        return PocketsphinxTranscriber(max_duration_s=max_s)
    from samo.inference.model_store.store import ModelStore
    from samo.inference.speech.whisper import whisper_transcriber

    return whisper_transcriber(ModelStore(models, channel=channel), threads=threads, max_duration_s=max_s)


def open_emotion_reader(models: list[ObjectStore], *, channel: str, threads: int) -> EmotionReader:
    """The emotion classifier with weights from `models`."""
    from samo.inference.emotion.reader import onnx_emotion_reader
    from samo.inference.model_store.store import ModelStore

    return onnx_emotion_reader(ModelStore(models, channel=channel), threads=threads)


def open_summarizer(
    models: list[ObjectStore], *, channel: str, threads: int, options: SummaryOptions, engine: SummaryEngine
) -> Summarizer:
    """`auto`: a T5 from `models` where there is one, and extractive otherwise. `extractive`: no model is looked for."""
    if engine == "extractive":
        from samo.inference.summarizer.extractive import ExtractiveSummarizer

        return ExtractiveSummarizer(options)
    from samo.inference.model_store.store import ModelStore
    from samo.inference.summarizer.fallback import t5_summarizer

    return t5_summarizer(ModelStore(models, channel=channel), options, threads=threads, clock=SystemClock())


def transcription_stage(environ: Mapping[str, str] = os.environ) -> TranscriptionStage:
    """Function `transcription`, from its environment."""
    settings = read_settings(TranscriptionSettings, environ)
    clock = SystemClock()
    recordings = StoredRecordings(
        open_store(settings.recordings),
        max_audio_bytes=settings.max_audio_bytes,
        max_text_bytes=settings.max_text_bytes,
    )
    transcriber = open_transcriber(
        settings.speech_engine,
        [open_store(settings.models)],
        channel=settings.channel,
        threads=settings.threads,
        max_s=MAX_JOB_AUDIO_S if settings.job else settings.max_audio_s,
    )
    desk = JobDesk(open_job(settings.job), clock, max_tasks=settings.job_tasks) if settings.job else None
    spoken = SpokenEntries(
        recordings,
        open_store(settings.results),
        transcriber,
        clock,
        desk=desk,
        budget_s=settings.budget_s,
        # What takes half of the budget to look at takes many times the budget to transcribe.
        planning_s=settings.budget_s / 2,
    )
    return TranscriptionStage(recordings, open_store(settings.leases), spoken, _speech_runner(settings, clock), clock)


def transcription_job(environ: Mapping[str, str] = os.environ) -> Job:
    """One task of the job `transcription`, from its environment."""
    settings = read_settings(TranscriptionJobSettings, environ)
    clock = SystemClock()
    recordings = StoredRecordings(
        open_store(settings.recordings), max_audio_bytes=settings.max_audio_bytes, max_text_bytes=MAX_TEXT_BYTES
    )
    transcriber = open_transcriber(
        settings.speech_engine,
        [open_store(settings.models)],
        channel=settings.channel,
        threads=settings.threads,
        max_s=settings.max_audio_s,
    )
    task = TranscriptionTask(
        recordings,
        open_store(settings.results),
        open_store(settings.leases),
        transcriber,
        _speech_runner(settings, clock),
        Leases(open_store(settings.leases), clock, duration_s=settings.lease_s),
        clock,
        wait=time.sleep,
        patience_s=2 * settings.lease_s,
    )
    ref = RecordingRef(bucket=recordings.bucket, name=settings.recording_name, generation=settings.recording_generation)
    return Job(task, ref, task_place(environ, max_retries=settings.max_retries))


def emotion_stage(environ: Mapping[str, str] = os.environ) -> EmotionStage:
    """Function `emotion`, from its environment."""
    settings = read_settings(EmotionSettings, environ)
    clock = SystemClock()
    return EmotionStage(
        open_store(settings.results),
        open_emotion_reader([open_store(settings.models)], channel=settings.channel, threads=settings.threads),
        _runner("emotion", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock),
        clock,
    )


def summarization_stage(environ: Mapping[str, str] = os.environ) -> SummarizationStage:
    """Function `summarization`, from its environment."""
    settings = read_settings(SummarizationSettings, environ)
    clock = SystemClock()
    models = [open_store(settings.models)]
    options = SummaryOptions(length=settings.summary_length, style=settings.summary_style, focus=settings.summary_focus)
    return SummarizationStage(
        open_store(settings.results),
        open_emotion_reader(models, channel=settings.channel, threads=settings.threads),
        open_summarizer(
            [*models, open_store(settings.summary_models)] if settings.summary_models else models,
            channel=settings.channel,
            threads=settings.threads,
            options=options,
            engine=settings.summary_engine,
        ),
        _runner("summarization", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock),
        clock,
    )


def insights_stage(environ: Mapping[str, str] = os.environ) -> InsightsStage:
    """Function `insights`, from its environment."""
    settings = read_settings(InsightsSettings, environ)
    clock = SystemClock()
    return InsightsStage(
        open_store(settings.results),
        _runner("insights", settings.results, settings.leases, settings.insights_topic, settings.lease_s, clock),
        clock,
    )


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


def _speech_runner(settings: TranscriptionSettings | TranscriptionJobSettings, clock: Clock) -> EffectRunner:
    topic = settings.transcripts_topic
    return _runner("transcription", settings.results, settings.leases, topic, settings.lease_s, clock)


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


def _runner(stage: StageName, results: str, leases: str, topic: str, lease_s: float, clock: Clock) -> EffectRunner:
    return EffectRunner(
        stage,
        open_store(results, lease_s=lease_s),
        Leases(open_store(leases, lease_s=lease_s), clock, duration_s=lease_s),
        open_topic(topic, lease_s=lease_s),
        clock,
    )


def _folder_store(folder: Path) -> ObjectStore:
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(folder, bucket=str(folder))  # errors then say where they looked


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise SettingsError(f"{parts.scheme}:// is no kind of store; use gs://bucket or file:///folder")
    return Path(unquote(parts.path) if parts.scheme == "file" else url)

"""Who is measured: our transcriber on random weights, and faster-whisper called directly, plain and batched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faster_whisper import BatchedInferencePipeline, WhisperModel

from samo.adapters.directory import DirectoryStore
from samo.domain.recording import RecordingRef
from samo.domain.window_plan import SAMPLE_RATE_HZ
from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe, publish
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import Samples
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from samo.modelling.own_process import in_a_process_of_its_own, peak_rss_mb
from samo.modelling.transcripts.benchmark.half_minutes import half_minutes
from samo.settings import MAX_JOB_AUDIO_S

RECORDING = RecordingRef(bucket="recordings", name="bench/speech.wav", generation=1)


def publish_random(weights: Path, models: Path, size: str) -> Manifest:
    """Publish the weights in a store of models of their own."""
    manifest = Manifest(
        task="transcription",
        version=f"random-{size}",
        engine="ctranslate2",
        files=describe(weights),
        licence="none",
        provenance=Provenance(base="random", data="none", command="samo bench transcription"),
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    publish(DirectoryStore(models), weights, manifest, channel="stable")
    return manifest


def transcriber(models: Path, threads: int) -> WhisperTranscriber:
    """Ours, as it is deployed."""
    store = ModelStore([DirectoryStore(models)])
    return whisper_transcriber(store, threads=threads, max_duration_s=MAX_JOB_AUDIO_S)


def rss_mb(audio: Path, models: Path, threads: int) -> float:
    """The peak of a process of its own that transcribes the file with ours, in MB."""
    (peak,) = in_a_process_of_its_own(transcribe_once, audio, models, threads=threads)
    return round(peak, 1)


def transcribe_once(audio: Path, models: Path, threads: int) -> tuple[float]:
    """Transcribe the file: this process's peak resident memory in MB."""
    transcriber(models, threads).transcribe(audio, RECORDING, created_at="")
    return (peak_rss_mb(),)


def bare_whisper(weights: Path, threads: int) -> WhisperModel:
    """faster-whisper as it comes, with the options that ours is loaded with."""
    return WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)


def hear_bare(model: WhisperModel, windows: Sequence[Samples], language: str | None, **options: Any) -> None:
    """faster-whisper on the speech of each window, one half minute after the other, as ours calls it."""
    for speech in windows:
        _listen(model, speech, language, **options)


def hear_batched(model: WhisperModel, windows: Sequence[Samples], language: str | None, *, batch: int) -> None:
    """Its batched pipeline, `batch` pieces side by side, none of them asked again at a higher temperature."""
    for speech in windows:
        clips = [
            {"start": piece.start / SAMPLE_RATE_HZ, "end": piece.end / SAMPLE_RATE_HZ} for piece in half_minutes(speech)
        ]
        _listen(BatchedInferencePipeline(model), speech, language, clip_timestamps=clips, batch_size=batch)


def _listen(engine: Any, speech: Samples, language: str | None, **options: Any) -> None:
    segments, _ = engine.transcribe(
        speech,
        language=language,
        word_timestamps=True,
        condition_on_previous_text=False,
        without_timestamps=False,
        **options,
    )
    for _ in segments:
        continue

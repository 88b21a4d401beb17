"""Function and job `transcription`, from their environment."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from samo.domain.recording import RecordingRef
from samo.job import Job, task_place
from samo.leases import Leases
from samo.ports import Clock
from samo.settings import (
    MAX_JOB_AUDIO_S,
    MAX_TEXT_BYTES,
    TranscriptionJobSettings,
    TranscriptionSettings,
    read_settings,
)
from samo.stages.effect import EffectRunner
from samo.stages.hand_over import JobDesk
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.transcription import TranscriptionStage
from samo.stages.transcription_job import TranscriptionTask
from samo.wiring.clock import SystemClock
from samo.wiring.effects import effect_runner
from samo.wiring.engines import open_transcriber
from samo.wiring.places import open_job, open_store


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


def _speech_runner(settings: TranscriptionSettings | TranscriptionJobSettings, clock: Clock) -> EffectRunner:
    topic = settings.transcripts_topic
    return effect_runner("transcription", settings.results, settings.leases, topic, settings.lease_s, clock)

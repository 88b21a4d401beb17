"""The whole pipeline in one process, over a directory: the same stages, the same documents, no cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from samo.adapters.in_process import InProcessBroker
from samo.boundary import Stage, deliver
from samo.domain.documents import decode
from samo.domain.errors import PermanentError, SamoError
from samo.domain.events import TranscriptReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import StageName, failure_name, insight_name
from samo.domain.recording import RecordingRef
from samo.leases import Leases
from samo.messages import Message
from samo.ports import Clock, EmotionReader, JobLauncher, ObjectStore, Publisher, Summarizer, Transcriber
from samo.stages.effect import EffectRunner, Outcome
from samo.stages.emotion import EmotionStage
from samo.stages.hand_over import JobDesk
from samo.stages.insights import InsightsStage
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.summarization import SummarizationStage
from samo.stages.transcription import TranscriptionStage

LEASE_S = 24 * 60 * 60.0

Progress = Callable[[StageName], None]


class PipelineStalledError(SamoError):
    """Every stage ended, yet there is neither an insight nor a failure record."""

    code = "pipeline_stalled"


class JobsHere(JobLauncher, Protocol):
    """Jobs on this machine."""

    def wait(self) -> None:
        """Return when every task that was started has ended for good."""


class EmbeddedPipeline:
    """Recordings in, insights out. The three stores may lie anywhere; `progress` hears which stage begins.

    With `jobs`, a recording of more than one window is transcribed by at most `tasks` of their tasks.
    """

    def __init__(
        self,
        *,
        recordings: ObjectStore,
        results: ObjectStore,
        leases: ObjectStore,
        transcriber: Transcriber,
        emotion_reader: EmotionReader,
        summarizer: Summarizer,
        clock: Clock,
        max_audio_bytes: int,
        max_text_bytes: int,
        progress: Progress,
        jobs: JobsHere | None = None,
        tasks: int = 1,
    ) -> None:
        self._recordings = recordings
        self._results = results
        self._broker = InProcessBroker()
        self._progress = progress
        self._jobs = jobs
        transcripts, analyses, insights = (self._broker.topic() for _ in range(3))
        self._transcripts = transcripts

        def runner(stage: StageName, topic: Publisher) -> EffectRunner:
            return EffectRunner(stage, results, Leases(leases, clock, duration_s=LEASE_S), topic, clock)

        stored = StoredRecordings(recordings, max_audio_bytes=max_audio_bytes, max_text_bytes=max_text_bytes)
        # With a job, whatever has more than one window is the job's, and all tasks that there may be are wanted.
        desk = None if jobs is None else JobDesk(jobs, clock, max_tasks=tasks, speech_per_task_s=0.0)
        self._transcription = TranscriptionStage(
            stored,
            leases,
            SpokenEntries(stored, results, transcriber, clock, desk=desk),
            runner("transcription", transcripts),
            clock,
        )
        emotion = EmotionStage(results, emotion_reader, runner("emotion", analyses), clock)
        summarization = SummarizationStage(
            results, emotion_reader, summarizer, runner("summarization", analyses), clock
        )
        joining = InsightsStage(results, runner("insights", insights), clock)
        transcripts.subscribe(lambda message: self._deliver(emotion, message))
        transcripts.subscribe(lambda message: self._deliver(summarization, message))
        analyses.subscribe(lambda message: self._deliver(joining, message))

    def process(self, file: Path, *, user: str, metadata: Mapping[str, str] | None = None) -> Insight | Failure:
        """Store the file as a recording of `user`, with hints in its metadata, and carry it through all stages.

        Returns the insight, or the failure record of a recording that cannot be processed. Raises `TransientError`
        when a model is missing or a store cannot be written.
        """
        name = f"{user}/{file.name}"
        stored = self._recordings.upload(name, file, metadata=metadata)
        return self.run(RecordingRef(bucket=self._recordings.bucket, name=name, generation=stored.generation))

    def run(self, ref: RecordingRef) -> Insight | Failure:
        """Carry a stored recording through all stages. Returns and raises as `process`."""
        notice = {"bucket": ref.bucket, "name": ref.name, "generation": str(ref.generation)}
        message = Message(id=f"{ref.name}#{ref.generation}", data=json.dumps(notice).encode())
        outcome = self._deliver(self._transcription, message)
        if outcome.ended == "handed_over" and self._jobs is not None:
            self._jobs.wait()
            self._deliver(self._transcription, message)  # tells of what the tasks have made
        self._broker.drain()
        return self._outcome(ref)

    def run_on(self, event: TranscriptReady) -> Insight | Failure:
        """Carry a transcript that lies among the results through the stages after it. Returns and raises likewise."""
        self._transcripts.publish(event)
        self._broker.drain()
        return self._outcome(event.recording)

    def _deliver(self, stage: Stage, message: Message) -> Outcome:
        self._progress(stage.runner.stage)
        return deliver(stage, message)

    def _outcome(self, ref: RecordingRef) -> Insight | Failure:
        try:
            insight = insight_name(ref)
        except PermanentError:  # a name that no insight can have
            insight = None
        if insight is not None and self._results.stat(insight) is not None:
            return decode(self._results.read(insight), Insight)
        for stage in ("transcription", "insights"):
            name = failure_name(stage, ref)
            if self._results.stat(name) is not None:
                return decode(self._results.read(name), Failure)
        raise PipelineStalledError(f"no stage finished {ref.name}")

"""Emotion: a transcript becomes a reading of each sentence and of the whole entry."""

from __future__ import annotations

from samo.domain.emotion import EmotionReading
from samo.domain.events import TranscriptReady
from samo.domain.names import emotions_name
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.messages import Message, read_payload
from samo.ports import Clock, EmotionReader, ObjectStore
from samo.stages.analysis import analysis_of
from samo.stages.effect import EffectRunner, Outcome
from samo.stages.stored_documents import check_bucket, read_transcript
from samo.stages.timestamps import timestamp


class EmotionStage:
    """Handles `TranscriptReady`."""

    def __init__(self, results: ObjectStore, reader: EmotionReader, runner: EffectRunner, clock: Clock) -> None:
        self.runner = runner
        self._results = results
        self._reader = reader
        self._clock = clock

    def handle(self, message: Message) -> Outcome:
        """Read the emotions of the announced transcript. Raises `EventError` and `TransientError`."""
        event = read_payload(message, TranscriptReady)
        check_bucket(self._results, event)
        ref = event.recording
        return self.runner.run(
            analysis_of(ref, part="emotions", result_name=emotions_name(ref), work=lambda: self._read(ref))
        )

    def _read(self, ref: RecordingRef) -> EmotionReading:
        transcript = read_transcript(self._results, ref)
        sentences = sentences_of(transcript)
        return self._reader.read(sentences, transcript, created_at=timestamp(self._clock))

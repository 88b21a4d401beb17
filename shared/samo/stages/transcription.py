"""Transcription: a stored recording becomes a transcript. A written entry is its own transcript."""

from __future__ import annotations

from samo.domain.errors import EventForeignBucket, PermanentError, TextNotUtf8
from samo.domain.events import TranscriptReady
from samo.domain.names import is_folder_placeholder, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.written_entry import written_entry
from samo.messages import Message, read_object_notice
from samo.ports import Clock, ObjectStore
from samo.stages.checkpoints import Checkpoints
from samo.stages.effect import Effect, EffectRunner, HandedOver, Outcome
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.timestamps import timestamp


class TranscriptionStage:
    """Handles notifications of the recordings bucket."""

    def __init__(
        self,
        recordings: StoredRecordings,
        checkpoints: ObjectStore,
        spoken: SpokenEntries,
        runner: EffectRunner,
        clock: Clock,
    ) -> None:
        self.runner = runner
        self._recordings = recordings
        self._checkpoints = checkpoints
        self._spoken = spoken
        self._clock = clock

    def handle(self, message: Message) -> Outcome:
        """Transcribe the recording that the message announces. Raises `EventError` and `TransientError`."""
        notice = read_object_notice(message)
        ref = notice.ref
        if ref.bucket != self._recordings.bucket:
            raise EventForeignBucket("the event is about a bucket of another deployment")
        if not notice.finalized or is_folder_placeholder(ref.name):
            return Outcome("ignored")
        try:
            result_name = transcript_name(ref)
        except PermanentError as error:
            return self.runner.fail(ref, error)
        checkpoints = Checkpoints(self._checkpoints, ref)
        outcome = self.runner.run(
            Effect(
                recording=ref,
                result_name=result_name,
                work=lambda: self._transcribe(ref, checkpoints),
                announce=lambda pointer: TranscriptReady(recording=ref, object=pointer),
            )
        )
        # A short recording that went well has none; of others there may be some that this delivery has not met.
        if outcome.ended in ("replayed", "failed") or (outcome.ended == "committed" and checkpoints.used):
            checkpoints.clear()
        return outcome

    def _transcribe(self, ref: RecordingRef, checkpoints: Checkpoints) -> Transcript | HandedOver:
        recording = self._recordings.accepted(ref)
        if recording.media == "audio":
            return self._spoken.transcribe(recording, checkpoints)
        return self._from_text(ref)

    def _from_text(self, ref: RecordingRef) -> Transcript:
        try:
            text = self._recordings.text(ref).decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise TextNotUtf8(f"byte {error.start} is not where UTF-8 can have it") from None
        return written_entry(text, ref, created_at=timestamp(self._clock))

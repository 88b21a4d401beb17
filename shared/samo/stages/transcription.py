"""Transcription: a stored recording becomes a transcript. A written entry is its own transcript."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from samo.domain.errors import (
    EventForeignBucket,
    ObjectNotFound,
    PermanentError,
    RecordingEmpty,
    RecordingGone,
    RecordingSuperseded,
    RecordingTooLarge,
    StoreUnavailable,
    TextNotUtf8,
    TextTooLong,
)
from samo.domain.events import TranscriptReady
from samo.domain.hints import hints_of
from samo.domain.names import is_folder_placeholder, parse_recording_name, transcript_name
from samo.domain.recording import Recording, RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.written_text import written_words
from samo.messages import Message, read_object_notice
from samo.ports import Clock, ObjectStore, Transcriber
from samo.stages.effect import Effect, EffectRunner, Outcome
from samo.stages.subtitle_files import write_subtitles
from samo.stages.timestamps import timestamp


class TranscriptionStage:
    """Handles notifications of the recordings bucket.

    `max_audio_bytes` and `max_text_bytes` bound what is read; the length in seconds is the transcriber's to bound.
    """

    def __init__(
        self,
        recordings: ObjectStore,
        results: ObjectStore,
        transcriber: Transcriber,
        runner: EffectRunner,
        clock: Clock,
        *,
        max_audio_bytes: int,
        max_text_bytes: int,
    ) -> None:
        self.runner = runner
        self._recordings = recordings
        self._results = results
        self._transcriber = transcriber
        self._clock = clock
        self._max_audio_bytes = max_audio_bytes
        self._max_text_bytes = max_text_bytes

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
        return self.runner.run(
            Effect(
                recording=ref,
                result_name=result_name,
                work=lambda: self._transcribe(ref),
                announce=lambda pointer: TranscriptReady(recording=ref, object=pointer),
            )
        )

    def _transcribe(self, ref: RecordingRef) -> Transcript:
        recording = self._live(ref)
        if recording.size == 0:
            raise RecordingEmpty("the object holds 0 bytes")
        spoken = recording.media == "audio"
        limit = self._max_audio_bytes if spoken else self._max_text_bytes
        if recording.size > limit:
            error = RecordingTooLarge if spoken else TextTooLong
            raise error(f"{recording.size} bytes, and at most {limit} are accepted")
        try:
            return self._from_audio(recording) if spoken else self._from_text(ref)
        except ObjectNotFound:  # overwritten or deleted since the look above
            self._live(ref)
            raise StoreUnavailable("the object disappeared and came back while it was read") from None

    def _live(self, ref: RecordingRef) -> Recording:
        info = self._recordings.stat(ref.name)
        if info is None:
            raise RecordingGone("the object no longer exists")
        if info.generation != ref.generation:
            raise RecordingSuperseded(f"generation {ref.generation} was replaced by {info.generation}")
        user, entry, media = parse_recording_name(ref.name)
        return Recording(ref=ref, user=user, entry=entry, media=media, size=info.size, hints=hints_of(info.metadata))

    def _from_text(self, ref: RecordingRef) -> Transcript:
        try:
            text = self._recordings.read(ref.name, generation=ref.generation).decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise TextNotUtf8(f"byte {error.start} does not continue UTF-8") from None
        return Transcript(
            recording=ref,
            source="text",
            text=text,
            # Zero-width and control characters are no words, either.
            empty_reason=None if written_words(text) else "blank_text",
            language=None,
            language_probability=None,
            segments=(),
            confidence=None,
            words_per_minute=None,
            audio=None,
            quality=None,
            dropped=(),
            hints=None,
            warnings=(),
            made_by=None,
            created_at=timestamp(self._clock),
        )

    def _from_audio(self, recording: Recording) -> Transcript:
        ref = recording.ref
        with tempfile.TemporaryDirectory(prefix="samo-") as folder:
            # The suffix stays: it helps the demuxer with formats that have no signature.
            audio = Path(folder, "recording").with_suffix(PurePosixPath(ref.name).suffix.lower())
            with audio.open("wb") as file:
                for chunk in self._recordings.chunks(ref.name, generation=ref.generation):
                    file.write(chunk)
            transcript = self._transcriber.transcribe(
                audio, ref, created_at=timestamp(self._clock), hints=recording.hints
            )
        write_subtitles(self._results, transcript)
        return transcript

"""Uploaded recordings: the generation that counts, and a copy of its bytes for as long as somebody listens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from samo.domain.errors import (
    ObjectNotFound,
    RecordingEmpty,
    RecordingGone,
    RecordingSuperseded,
    RecordingTooLarge,
    StoreUnavailable,
    TextTooLong,
)
from samo.domain.hints import hints_of
from samo.domain.names import parse_recording_name
from samo.domain.recording import Recording, RecordingRef
from samo.ports import ObjectStore


class StoredRecordings:
    """The bucket of recordings; `max_audio_bytes` and `max_text_bytes` bound what is read of it."""

    def __init__(self, store: ObjectStore, *, max_audio_bytes: int, max_text_bytes: int) -> None:
        self._store = store
        self._max_audio_bytes = max_audio_bytes
        self._max_text_bytes = max_text_bytes

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._store.bucket

    def live(self, ref: RecordingRef) -> Recording:
        """The recording, if it is still there. Raises `RecordingGone` and `RecordingSuperseded`."""
        info = self._store.stat(ref.name)
        if info is None:
            raise RecordingGone("the object no longer exists")
        if info.generation != ref.generation:
            raise RecordingSuperseded(f"generation {ref.generation} was replaced by {info.generation}")
        user, entry, media = parse_recording_name(ref.name)
        return Recording(ref=ref, user=user, entry=entry, media=media, size=info.size, hints=hints_of(info.metadata))

    def accepted(self, ref: RecordingRef) -> Recording:
        """As `live`, and of an acceptable size. Raises `RecordingEmpty`, `RecordingTooLarge` and `TextTooLong`."""
        recording = self.live(ref)
        if recording.size == 0:
            raise RecordingEmpty("the object holds 0 bytes")
        spoken = recording.media == "audio"
        limit = self._max_audio_bytes if spoken else self._max_text_bytes
        if recording.size > limit:
            error = RecordingTooLarge if spoken else TextTooLong
            raise error(f"{recording.size} bytes, and at most {limit} are accepted")
        return recording

    def text(self, ref: RecordingRef) -> bytes:
        """The bytes of a written entry. Raises as `audio` does."""
        with self._present(ref):
            return self._store.read(ref.name, generation=ref.generation)

    @contextmanager
    def audio(self, ref: RecordingRef) -> Iterator[Path]:
        """A temporary copy of a spoken entry.

        Raises `RecordingGone` or `RecordingSuperseded` for one that is deleted or overwritten meanwhile.
        """
        with tempfile.TemporaryDirectory(prefix="samo-") as folder:
            # The suffix stays: it helps the demuxer with formats that have no signature.
            audio = Path(folder, "recording").with_suffix(PurePosixPath(ref.name).suffix.lower())
            with self._present(ref), audio.open("wb") as file:
                for chunk in self._store.chunks(ref.name, generation=ref.generation):
                    file.write(chunk)
            yield audio

    @contextmanager
    def _present(self, ref: RecordingRef) -> Iterator[None]:
        try:
            yield
        except ObjectNotFound:  # overwritten or deleted since the look before
            self.live(ref)
            raise StoreUnavailable("the object disappeared and came back while it was read") from None

"""Reading what an earlier stage stored, within bounds."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from samo.domain.documents import MAX_DOCUMENT_BYTES, decode
from samo.domain.errors import DocumentTooLarge, EventForeignBucket, ObjectNotFound, RecordingGone
from samo.domain.events import AnalysisReady, TranscriptReady
from samo.domain.names import transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.workload import require_workable
from samo.ports import ObjectStore

Document = TypeVar("Document", bound=msgspec.Struct)


def check_bucket(results: ObjectStore, event: TranscriptReady | AnalysisReady) -> None:
    """Raises `EventForeignBucket` for an event that points outside `results`."""
    if event.object.bucket != results.bucket:
        raise EventForeignBucket("the event points into a bucket of another deployment")


def find_document(results: ObjectStore, name: str, kind: type[Document]) -> Document | None:
    """The document, or None if there is none. Raises `DocumentTooLarge` before it is read, and `DocumentInvalid`."""
    info = results.stat(name)
    if info is None:
        return None
    if info.size > MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(f"{info.size} bytes, and at most {MAX_DOCUMENT_BYTES} are read")
    try:
        return decode(results.read(name, generation=info.generation), kind)
    except ObjectNotFound:
        return None


def read_transcript(results: ObjectStore, recording: RecordingRef) -> Transcript:
    """The recording's transcript.

    Raises `RecordingGone` if it was erased, `DocumentInvalid` if it is malformed, `DocumentTooLarge` if it is too much.
    """
    transcript = find_document(results, transcript_name(recording), Transcript)
    if transcript is None:
        raise RecordingGone("the transcript no longer exists")
    require_workable(transcript)
    return transcript

"""A transcript of any size ends as a reading or as a named failure, within the memory of an instance."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import MAX_DOCUMENT_BYTES, decode, encode, encode_compact
from samo.domain.events import AnalysisReady, ObjectPointer, TranscriptReady
from samo.domain.failure import Failure
from samo.domain.names import StageName, emotions_name, failure_name, summary_name, transcript_name
from samo.domain.recording import RecordingRef
from tests.bounds.bombs import transcript
from tests.bounds.confined import Ending, deliver_confined, environment_of
from tests.unit.given_documents import a_reading, a_summary

REF = RecordingRef(bucket="recordings", name="mia/day.txt", generation=1)
SECRET = b"the heron on the lake"

# What an instance of 1 GiB has left beside its model.
MOST_MIB = 500


def delivered(stage: StageName, folder: Path, document: bytes) -> Ending:
    """The stage's answer to the announcement of this transcript; both parts exist already for the insights stage."""
    results = DirectoryStore(folder / "results")
    results.create(transcript_name(REF), document)
    pointer = ObjectPointer(bucket=results.bucket, name=transcript_name(REF), generation=1)
    event: TranscriptReady | AnalysisReady = TranscriptReady(recording=REF, object=pointer)
    if stage == "insights":
        results.create(emotions_name(REF), encode(a_reading()))
        results.create(summary_name(REF), encode(a_summary()))
        event = AnalysisReady(recording=REF, part="summary", outcome="ok", object=pointer)
    return deliver_confined(stage, encode_compact(event), environment_of(folder))


STAGES = pytest.mark.parametrize("stage", ["emotion", "summarization", "insights"])


@STAGES
def test_a_million_segments_are_refused_unread(stage: StageName, tmp_path: Path) -> None:
    """By their size alone: nothing of it comes into memory, and the record tells the owner what to do."""
    ending = delivered(stage, tmp_path, transcript(segments=1_000_000))

    assert (ending.ended, ending.code) == ("failed", "document_too_large")
    assert ending.grown_mib < 64
    record = decode(DirectoryStore(tmp_path / "results").read(failure_name(stage, REF)), Failure)
    assert record.reason.endswith(f"bytes, and at most {MAX_DOCUMENT_BYTES} are read")
    assert "Split" in record.advice


@STAGES
def test_as_many_segments_as_a_document_can_hold_are_refused_in_bounded_memory(
    stage: StageName, tmp_path: Path
) -> None:
    """Of a size that is read, but more of them than any recording gives."""
    document = transcript(segments=600_000)
    assert len(document) < MAX_DOCUMENT_BYTES

    ending = delivered(stage, tmp_path, document)

    assert (ending.ended, ending.code) == ("failed", "document_too_large")
    assert ending.grown_mib < MOST_MIB


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (transcript(text=SECRET * 200_000), "document_too_large"),
        (transcript(text=b"No! " * 60_000), "document_too_large"),
        (transcript(more=b"[" * 1_000_000), "document_invalid"),
        (transcript(version=1, more=b"[" + b"[]," * 20_000_000 + b"[]]"), "document_too_large"),
        (b"[" + b"[]," * 20_000_000 + b"[]]", "document_invalid"),
        (b"[" * 60_000_000, "document_invalid"),
    ],
    ids=["huge string", "endless sentences", "deep", "earlier version", "lists", "brackets"],
)
def test_a_document_made_to_hurt_is_refused_by_name(document: bytes, code: str, tmp_path: Path) -> None:
    """Whatever it is that is too much, and without a word of it in the record."""
    ending = delivered("emotion", tmp_path, document)

    assert (ending.ended, ending.code) == ("failed", code)
    assert ending.grown_mib < MOST_MIB
    record = decode(DirectoryStore(tmp_path / "results").read(failure_name("emotion", REF)), Failure)
    assert SECRET.decode() not in record.reason


def test_what_nobody_asks_for_takes_no_memory(tmp_path: Path) -> None:
    """Sixty megabytes in a field of a later version are skipped, and the entry is read."""
    ending = delivered("emotion", tmp_path, transcript(more=b"[" + b"[]," * 20_000_000 + b"[]]"))

    assert ending.ended == "committed"
    assert ending.grown_mib < MOST_MIB

"""How much one entry may hold: what a day of speech gives, and not much more."""

from __future__ import annotations

import msgspec
import pytest

from samo.domain import workload
from samo.domain.errors import DocumentTooLarge
from samo.domain.transcript import Transcript
from samo.domain.workload import require_workable, workable_sentences
from tests.unit.given_documents import a_transcript

[SEGMENT, *_] = a_transcript().segments
WORDLESS = msgspec.structs.replace(SEGMENT, words=())


def longest(text: str) -> str:
    """The text, repeated to one character more than is accepted."""
    return (text * (workload.MAX_CHARACTERS // len(text) + 1))[: workload.MAX_CHARACTERS + 1]


def test_a_day_of_speech_is_worked_on() -> None:
    """Twenty-four hours without a pause, nine words to a segment of three seconds."""
    words = SEGMENT.words[:1] * 9
    day = a_transcript(
        text="word " * 216_000, segments=(msgspec.structs.replace(SEGMENT, text="word " * 8, words=words),) * 24_000
    )

    require_workable(day)

    assert workable_sentences(a_transcript()) != ()


@pytest.mark.parametrize(
    ("transcript", "what"),
    [
        (a_transcript(segments=(WORDLESS,) * (workload.MAX_SEGMENTS + 1)), "50001 segments"),
        (
            a_transcript(segments=(msgspec.structs.replace(SEGMENT, words=SEGMENT.words[:1] * 300_001),)),
            "300001 timed words",
        ),
        (a_transcript(text=longest("heron ")), "2097153 characters"),
        (
            a_transcript(segments=(msgspec.structs.replace(WORDLESS, text=longest("heron ")),)),
            "2097153 characters in segments",
        ),
    ],
    ids=["segments", "words", "text", "segment text"],
)
def test_more_than_any_recording_gives_is_refused(transcript: Transcript, what: str) -> None:
    """With the count and the limit, and not a word of it."""
    with pytest.raises(DocumentTooLarge, match=f"^{what}, and at most [0-9]+ are worked on$"):
        require_workable(transcript)


def test_more_sentences_than_there_is_time_for_are_refused() -> None:
    """They fit into the text that is accepted, but to read each would outlast the function."""
    with pytest.raises(DocumentTooLarge, match=r"^40001 sentences, and at most 40000 are worked on$"):
        workable_sentences(a_transcript(text="Stop! " * 40_001, segments=()))

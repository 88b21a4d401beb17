"""A written entry is its own transcript."""

from __future__ import annotations

from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.written_text import written_words


def written_entry(text: str, recording: RecordingRef, *, created_at: str) -> Transcript:
    """The transcript that says what was written: no times, no confidence, no engine."""
    return Transcript(
        recording=recording,
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
        created_at=created_at,
    )

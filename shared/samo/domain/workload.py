"""How much one entry may hold, so that every stage ends in time and within its memory."""

from __future__ import annotations

from samo.domain.errors import DocumentTooLarge
from samo.domain.sentences import TimedSentence, sentences_of
from samo.domain.transcript import Transcript

# A day of uninterrupted speech has some 29,000 segments, 216,000 words, 1.2 million characters and 22,000 sentences.
MAX_SEGMENTS = 50_000
MAX_WORDS = 300_000
MAX_CHARACTERS = 2 * 1024 * 1024
MAX_SENTENCES = 40_000


def require_workable(transcript: Transcript) -> None:
    """Raises `DocumentTooLarge`, with the count and the limit, for a transcript that no recording gives."""
    segments = transcript.segments
    _require_at_most(MAX_SEGMENTS, len(segments), "segments")
    _require_at_most(MAX_WORDS, sum(len(segment.words) for segment in segments), "timed words")
    _require_at_most(MAX_CHARACTERS, len(transcript.text), "characters")
    _require_at_most(MAX_CHARACTERS, sum(len(segment.text) for segment in segments), "characters in segments")
    words = sum(len(word.text) for segment in segments for word in segment.words)
    _require_at_most(MAX_CHARACTERS, words, "characters in words")


def workable_sentences(transcript: Transcript) -> tuple[TimedSentence, ...]:
    """The transcript's sentences. Raises `DocumentTooLarge` for more than a function has time for."""
    sentences = sentences_of(transcript)
    _require_at_most(MAX_SENTENCES, len(sentences), "sentences")
    return sentences


def _require_at_most(limit: int, count: int, what: str) -> None:
    if count > limit:
        raise DocumentTooLarge(f"{count} {what}, and at most {limit} are worked on")

"""Sentences of a transcript, with their times: the unit that emotions are read from and summaries are built of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from samo.domain.sentence_borders import clause_strength, cut_run, ends_sentence
from samo.domain.transcript import Segment, Transcript
from samo.domain.written_text import WrittenWord, written_words

MAX_WORDS = 50
"""No sentence has more words: a longer one is cut at a clause, so that every reader's work is bounded."""

MAX_CHARACTERS = 600
"""The same for what has few spaces: scripts without them, strings of emoji. The usual fifty words have half as many."""

MAX_WORDS_RAW = 28
"""The same for speech without punctuation, about ten seconds of it."""

PAUSE_S = 0.7
"""Speech without punctuation is cut at pauses of this length; hesitations are mostly shorter."""

_MIN_WORDS = 3
_CLAUSE_IN_PAUSES_S = 0.3


class TimedSentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a transcript, with its times in seconds when it was spoken."""

    text: str
    start_s: float | None
    end_s: float | None


class _SpokenWord(NamedTuple):
    text: str
    start_s: float
    end_s: float
    spaced: bool


def sentences_of(transcript: Transcript) -> tuple[TimedSentence, ...]:
    """Every word of the transcript in exactly one sentence, in order; starts and ends never decrease.

    A written sentence has at most `MAX_WORDS` words and, unless it is a single word, `MAX_CHARACTERS` characters.
    Times are None without segments.
    """
    if transcript.segments:
        return tuple(_spoken_sentences(_spoken_words(transcript.segments)))
    return tuple(TimedSentence(text=text, start_s=None, end_s=None) for text in written_sentences(transcript.text))


def written_sentences(text: str) -> tuple[str, ...]:
    """Every word of the text in exactly one sentence, in order, of the same size as those of `sentences_of`."""
    return tuple(" ".join(word.text for word in words) for words in _written_sentences(written_words(text)))


def _written_sentences(words: Sequence[WrittenWord]) -> Iterator[Sequence[WrittenWord]]:
    start = 0
    for index, word in enumerate(words):
        following = words[index + 1].ending if index + 1 < len(words) else None
        if following is None or word.ends_line or ends_sentence(word.ending, following, position=index - start):
            yield from _bounded(words[start : index + 1])
            start = index + 1


def _bounded(words: Sequence[WrittenWord]) -> Iterator[Sequence[WrittenWord]]:
    start, characters = 0, 0
    for index, word in enumerate(words):
        characters += len(word.text) + 1
        if characters > MAX_CHARACTERS and index > start:
            yield from _bounded_words(words[start:index])
            start, characters = index, len(word.text) + 1
    yield from _bounded_words(words[start:])


def _bounded_words(words: Sequence[WrittenWord]) -> Iterator[Sequence[WrittenWord]]:
    if len(words) <= MAX_WORDS:
        yield words
        return
    endings = [word.ending for word in words]
    strengths = [clause_strength(*pair) for pair in zip(endings, [*endings[1:], ""], strict=True)]
    start = 0
    for end in cut_run(strengths, longest=MAX_WORDS, shortest=_MIN_WORDS):
        yield words[start:end]
        start = end


def _spoken_sentences(words: Sequence[_SpokenWord]) -> Iterator[TimedSentence]:
    start, earliest_s, latest_s = 0, 0.0, 0.0
    for end in _spoken_ends(words):
        sentence = words[start:end]
        # Engines report words that overlap or run backwards by some hundredths of a second.
        earliest_s = max(earliest_s, sentence[0].start_s)
        latest_s = max(latest_s, earliest_s, *(word.end_s for word in sentence))
        text = "".join(f" {word.text}" if word.spaced else word.text for word in sentence).strip()
        yield TimedSentence(text=text, start_s=earliest_s, end_s=latest_s)
        start = end


def _spoken_ends(words: Sequence[_SpokenWord]) -> Iterator[int]:
    start = 0
    for index, word in enumerate(words):
        last = index + 1 == len(words)
        closed = ends_sentence(word.text, "" if last else words[index + 1].text, position=index - start)
        if closed and index + 1 - start <= MAX_WORDS:
            yield index + 1
        elif closed or last:
            strengths = [_spoken_strength(*pair) for pair in zip(words[start:index], words[start + 1 :], strict=False)]
            raw = cut_run([*strengths, 0.0], longest=MAX_WORDS_RAW, shortest=_MIN_WORDS, stop=PAUSE_S)
            yield from (start + end for end in raw)
        else:
            continue
        start = index + 1


def _spoken_strength(word: _SpokenWord, following: _SpokenWord) -> float:
    pause_s = max(0.0, following.start_s - word.end_s)
    return pause_s + _CLAUSE_IN_PAUSES_S * clause_strength(word.text, following.text)


def _spoken_words(segments: Sequence[Segment]) -> list[_SpokenWord]:
    words: list[_SpokenWord] = []
    for segment in segments:
        # Chinese and Japanese have no spaces between words.
        spaced = len(segment.words) < 2 or len(segment.text.split()) > 1
        timed = [(word.text.strip(), word.start_s, word.end_s) for word in segment.words] or _interpolated(segment)
        for text, start_s, end_s in timed:
            if text:
                words.append(_SpokenWord(text, start_s, end_s, spaced))
    return words


def _interpolated(segment: Segment) -> list[tuple[str, float, float]]:
    """The words of a segment that has none of its own, sharing its time equally."""
    texts = segment.text.split()
    share_s = (segment.end_s - segment.start_s) / max(1, len(texts))
    return [
        (text, segment.start_s + number * share_s, segment.start_s + (number + 1) * share_s)
        for number, text in enumerate(texts)
    ]

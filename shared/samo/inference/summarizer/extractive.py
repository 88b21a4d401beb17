"""The emotional core of an entry: a few of its own sentences, as they were said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from samo.domain.emotion import EmotionReading
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummarySentence
from samo.domain.transcript import EngineUse
from samo.inference.summarizer.centrality import centrality
from samo.inference.summarizer.key_emotions import key_emotions
from samo.inference.summarizer.salience import salience
from samo.inference.summarizer.selection import select, sentence_count
from samo.inference.summarizer.word_vectors import WordVectors

ENGINE = EngineUse(engine="extractive", version=None)
OMISSION = " … "

_CLOSED = re.compile(r"[.!?…。！？]\W*$")


class ExtractiveSummarizer:
    """The `Summarizer` port. Needs no model and works on any language, with or without punctuation."""

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """One to five of the sentences, in their order and with their times; `reading.sentences` are the same ones.

        Time and memory are linear in the words. The summary is bounded because sentences are (`sentences_of`). Without
        sentences it is empty, with the reading's reason.
        """
        chosen = _choose(sentences, reading)
        words = sum(len(sentence.text.split()) for sentence in sentences)
        chosen_words = sum(len(sentences[index].text.split()) for index in chosen)
        return Summary(
            recording=reading.recording,
            empty_reason=None if sentences else reading.empty_reason,
            method="extractive",
            text=_joined(sentences, chosen),
            sentences=tuple(_summary_sentence(sentences[index]) for index in chosen),
            key_emotions=key_emotions(reading),
            compression=round(chosen_words / words, 4) if words else None,
            made_by=ENGINE if sentences else None,
            created_at=created_at,
        )


def _choose(sentences: Sequence[TimedSentence], reading: EmotionReading) -> list[int]:
    count = sentence_count(len(sentences))
    if count == len(sentences):
        return list(range(count))
    vectors = WordVectors([sentence.text for sentence in sentences])
    return select(salience(centrality(vectors), reading.sentences), vectors, count)


def _summary_sentence(sentence: TimedSentence) -> SummarySentence:
    return SummarySentence(text=sentence.text, start_s=sentence.start_s, end_s=sentence.end_s)


def _joined(sentences: Sequence[TimedSentence], chosen: Sequence[int]) -> str:
    """The chosen sentences as one text: "…" where something is left out and no punctuation parts the two."""
    text = ""
    for place, index in enumerate(chosen):
        if place:
            apart = index > chosen[place - 1] + 1 and not _CLOSED.search(sentences[chosen[place - 1]].text)
            text += OMISSION if apart else " "
        text += sentences[index].text
    return text

"""The extractive summary: a few of the entry's own sentences, as they were said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from samo.domain.emotion import EmotionReading
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import EngineUse
from samo.inference.summarizer.key_emotions import key_emotions
from samo.inference.summarizer.lengths import MAX_SENTENCES, is_its_own_summary, word_budget
from samo.inference.summarizer.salience import salience
from samo.inference.summarizer.selection import select
from samo.inference.summarizer.styles import bullets
from samo.inference.summarizer.word_vectors import WordVectors

ENGINE = EngineUse(engine="extractive", version=None)
OMISSION = " … "

_SENTENCE_END = re.compile(r"[.!?…。！？]\W*$")


class ExtractiveSummarizer:
    """The `Summarizer` port. Needs no model and works on any language, with or without punctuation."""

    def __init__(self, options: SummaryOptions | None = None) -> None:
        self._options = options or SummaryOptions()

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """Some of the sentences, in their order and with their times; `reading.sentences` are the same ones.

        `lengths` says how many words. Time and memory are linear in those of the entry, and the summary is bounded
        because sentences are (`sentences_of`). Without sentences it is empty, with the reading's reason.
        """
        words = [len(sentence.text.split()) for sentence in sentences]
        chosen = self._choose(sentences, words, reading)
        return Summary(
            recording=reading.recording,
            empty_reason=None if sentences else reading.empty_reason,
            method="extractive",
            options=self._options,
            windows=1 if sentences else 0,
            fallback_reason=None,
            text=self._text(sentences, chosen),
            sentences=tuple(_summary_sentence(sentences[index]) for index in chosen),
            key_emotions=key_emotions(reading),
            compression=round(sum(words[index] for index in chosen) / sum(words), 4) if words else None,
            made_by=ENGINE if sentences else None,
            created_at=created_at,
        )

    def _choose(
        self, sentences: Sequence[TimedSentence], words: Sequence[int], reading: EmotionReading
    ) -> Sequence[int]:
        length, focus = self._options.length, self._options.focus
        if is_its_own_summary(sentences, length):
            return range(len(sentences))
        vectors = WordVectors([sentence.text for sentence in sentences])
        core = salience(vectors, reading.sentences, focus)
        return select(core, vectors, words, budget=word_budget(sum(words), length), most=MAX_SENTENCES[length])

    def _text(self, sentences: Sequence[TimedSentence], chosen: Sequence[int]) -> str:
        if self._options.style == "bullets":
            return bullets([sentences[index].text for index in chosen])
        return _joined(sentences, chosen)


def _summary_sentence(sentence: TimedSentence) -> SummarySentence:
    return SummarySentence(text=sentence.text, start_s=sentence.start_s, end_s=sentence.end_s)


def _joined(sentences: Sequence[TimedSentence], chosen: Sequence[int]) -> str:
    """The chosen sentences as one text: "…" where something is left out and no punctuation parts the two."""
    text = ""
    for place, index in enumerate(chosen):
        if place:
            apart = index > chosen[place - 1] + 1 and not _SENTENCE_END.search(sentences[chosen[place - 1]].text)
            text += OMISSION if apart else " "
        text += sentences[index].text
    return text

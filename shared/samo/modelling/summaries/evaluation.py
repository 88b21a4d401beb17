"""A summarizer judged on entries with references: ROUGE, emotion coverage, redundancy and compression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from samo.domain.emotion import EmotionReading
from samo.domain.recording import RecordingRef
from samo.domain.sentences import TimedSentence, sentences_of
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.domain.written_entry import written_entry
from samo.modelling.bootstrap import Floats, Interval, mean_interval
from samo.modelling.summaries.examples import SummaryExample
from samo.modelling.summaries.measures import coverage, redundancy
from samo.modelling.summaries.rouge import MEASURES, Rouge
from samo.ports import EmotionReader, Summarizer

CREATED_AT = "1970-01-01T00:00:00Z"
"""Nothing here is kept, and the same data gives the same documents."""

Advance = Callable[[], None]


class SummaryEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate summary --json` prints; all figures are means over the `n` entries.

    `model` is the version that wrote the summaries, None for an engine without weights; `emotion_model` the one that
    read the emotions. `coverage` is None if no entry has an emotion. `compression` is the summary's words by the
    entry's. `fallbacks` counts the summaries that another engine had to make, by reason; they are judged like the rest.
    """

    engine: str
    model: str | None
    emotion_model: str | None
    n: int
    rouge1: Interval
    rouge2: Interval
    rougeL: Interval  # noqa: N815  (the measure's name)
    rougeLsum: Interval  # noqa: N815
    coverage: float | None
    redundancy: float
    compression: float
    fallbacks: dict[str, int]


@dataclass(frozen=True)
class ReadEntry:
    """An example as the summarization stage meets it: sentences with their emotions."""

    example: SummaryExample
    sentences: Sequence[TimedSentence]
    reading: EmotionReading


@dataclass(frozen=True)
class Judgement:
    """An engine's figures; `rouge` float64 [n, 4] holds each entry's F1 by the order of `MEASURES`."""

    evaluation: SummaryEvaluation
    rouge: Floats


def read_entries(
    examples: Iterable[SummaryExample], reader: EmotionReader, *, name: str, advance: Advance
) -> list[ReadEntry]:
    """Read every example as a written entry. All have the recording `name`, so that one model version reads them."""
    entries = []
    for example in examples:
        transcript = _written(example.text, name)
        sentences = sentences_of(transcript)
        entries.append(ReadEntry(example, sentences, reader.read(sentences, transcript, created_at=CREATED_AT)))
        advance()
    return entries


def judge(
    engine: str, summarizer: Summarizer, entries: Sequence[ReadEntry], reader: EmotionReader, *, advance: Advance
) -> Judgement:
    """Summarise each entry, at least one, and hold the summary against its references and its entry's emotions."""
    rouge = Rouge()
    summaries, scores, covered, repeated = [], [], [], []
    for entry in entries:
        summary = summarizer.summarize(entry.sentences, entry.reading, created_at=CREATED_AT)
        transcript = _written("\n".join(sentence.text for sentence in summary.sentences), entry.reading.recording.name)
        sentences = sentences_of(transcript)
        summaries.append(summary)
        scores.append(rouge.f1(summary.text, entry.example.references))
        covered.append(coverage(entry.reading, reader.read(sentences, transcript, created_at=CREATED_AT)))
        repeated.append(redundancy([sentence.text for sentence in sentences]))
        advance()
    figures = np.array(scores)
    evaluation = SummaryEvaluation(
        engine=engine,
        model=_version(summaries),
        emotion_model=next((entry.reading.made_by.version for entry in entries if entry.reading.made_by), None),
        n=len(entries),
        **{measure: mean_interval(figures[:, column]) for column, measure in enumerate(MEASURES)},
        coverage=_mean([share for share in covered if share is not None]),
        redundancy=float(np.mean(repeated)),
        compression=float(np.mean([summary.compression or 0.0 for summary in summaries])),
        fallbacks=dict(Counter(summary.fallback_reason for summary in summaries if summary.fallback_reason)),
    )
    return Judgement(evaluation, figures)


def difference(of: Judgement, to: Judgement, measure: str) -> Interval:
    """By how much a measure is higher for one engine than for another on the same entries, with a paired interval."""
    column = MEASURES.index(measure)
    return mean_interval(of.rouge[:, column] - to.rouge[:, column])


def _written(text: str, name: str) -> Transcript:
    return written_entry(text, RecordingRef(bucket="evaluation", name=name, generation=1), created_at=CREATED_AT)


def _version(summaries: Sequence[Summary]) -> str | None:
    return next((summary.made_by.version for summary in summaries if summary.made_by and summary.made_by.version), None)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None

"""Speech, emotion and summary engines without a model: small rules whose results a test can foretell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.errors import SamoError
from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import EngineUse, Segment, Transcript

MADE_BY = EngineUse(engine="fake", version="1")


class HearingTranscriber:
    """The `Transcriber` port: the file's bytes are what was said. `heard` keeps path and bytes of each file.

    `failure`, when set, is raised instead.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[Path, bytes]] = []
        self.failure: BaseException | None = None

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """The bytes as one segment of ten seconds."""
        self.heard.append((audio, audio.read_bytes()))
        if self.failure is not None:
            raise self.failure
        text = audio.read_text()
        return Transcript(
            recording=recording,
            source="speech",
            text=text,
            empty_reason=None,
            language="en",
            language_probability=0.9,
            segments=(
                Segment(
                    text=text, start_s=0, end_s=10, words=(), mean_log_probability=None, no_speech_probability=None
                ),
            ),
            confidence=0.9,
            words_per_minute=120,
            audio=None,
            quality=None,
            dropped=(),
            hints=hints,
            warnings=(),
            made_by=MADE_BY,
            created_at=created_at,
        )


class WordReader:
    """The `EmotionReader` port: a sentence is full of joy if it says "happy", of sadness if it says "sad".

    `readings` keeps all that were made. `failure`, when set, is raised instead.
    """

    def __init__(self) -> None:
        self.readings: list[EmotionReading] = []
        self.failure: SamoError | None = None

    def read(self, sentences: Sequence[TimedSentence], transcript: Transcript, *, created_at: str) -> EmotionReading:
        """One reading per sentence; the entry's valence is their mean."""
        if self.failure is not None:
            raise self.failure
        read = tuple(_reading_of(sentence) for sentence in sentences)
        labels = tuple(label for sentence in read for label in sentence.labels)
        reading = EmotionReading(
            recording=transcript.recording,
            empty_reason=None if read else transcript.empty_reason,
            sentences=read,
            labels=labels[:1],
            ekman=(),
            journal=(),
            valence=sum(sentence.valence for sentence in read) / max(1, len(read)),
            intensity=0.5,
            made_by=MADE_BY if read else None,
            created_at=created_at,
        )
        self.readings.append(reading)
        return reading


class FirstSentenceSummarizer:
    """The `Summarizer` port: the first sentence is the summary. `failure`, when set, is raised instead."""

    def __init__(self) -> None:
        self.failure: SamoError | None = None

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """The first sentence, if there is one."""
        if self.failure is not None:
            raise self.failure
        chosen = tuple(
            SummarySentence(text=sentence.text, start_s=sentence.start_s, end_s=sentence.end_s)
            for sentence in sentences[:1]
        )
        return Summary(
            recording=reading.recording,
            empty_reason=reading.empty_reason,
            method="extractive",
            options=SummaryOptions(),
            windows=min(1, len(chosen)),
            fallback_reason=None,
            text=" ".join(sentence.text for sentence in chosen),
            sentences=chosen,
            key_emotions=(),
            compression=1 / len(sentences) if sentences else None,
            made_by=MADE_BY if chosen else None,
            created_at=created_at,
        )


def _reading_of(sentence: TimedSentence) -> SentenceReading:
    said = sentence.text.casefold()
    valence = ("happy" in said) - ("sad" in said)
    label = {1: "joy", -1: "sadness"}.get(valence)
    return SentenceReading(
        text=sentence.text,
        start_s=sentence.start_s,
        end_s=sentence.end_s,
        labels=(LabelScore(label=label, probability=0.9),) if label else (),
        valence=valence,
        intensity=abs(valence),
    )

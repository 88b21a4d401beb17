"""Speech, emotion and summary engines without a model: small rules whose results a test can foretell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.errors import SamoError
from samo.domain.heard import HeardSegment
from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.quality import SoundQuality
from samo.domain.recording import RecordingRef
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import AudioMeasures, EngineUse, Segment, Transcript
from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, Window, WindowPart, WindowPlan
from tests.fakes.clock import FakeClock

MADE_BY = EngineUse(engine="fake", version="1")


class HearingTranscriber:
    """The `Transcriber` port: the file's bytes are what was said, and each line of them is a window of `window_s`.

    `heard` keeps path and bytes of each file that was planned, `windows` the number of each window that was heard. A
    window moves `clock`, where there is one, by `work_s`. `before_window` is called ahead of each. `failure`, when set,
    is raised instead of a plan.
    """

    def __init__(self, *, window_s: float = 300.0, work_s: float = 0.0, clock: FakeClock | None = None) -> None:
        self.heard: list[tuple[Path, bytes]] = []
        self.windows: list[int] = []
        self.failure: BaseException | None = None
        self.before_window: Callable[[int], None] = lambda _number: None
        self.window_s = window_s
        self.work_s = work_s
        self.clock = clock

    def plan(
        self,
        audio: Path,
        recording: RecordingRef,
        *,
        hints: TranscriptionHints = NO_HINTS,
        go_on: Callable[[], bool] = lambda: True,
    ) -> WindowPlan | None:
        """A window for each line."""
        self.heard.append((audio, audio.read_bytes()))
        if self.failure is not None:
            raise self.failure
        if not go_on():
            return None
        length = int(self.window_s * SAMPLE_RATE_HZ)
        count = len(audio.read_text().splitlines())
        return WindowPlan(
            recording=recording,
            audio=AudioMeasures(
                duration_s=count * self.window_s,
                container_s=None,
                speech_s=count * self.window_s,
                sample_rate_hz=SAMPLE_RATE_HZ,
                channels=1,
                codec="fake",
            ),
            damaged=False,
            sound=SoundQuality(signal_to_noise_db=20.0, level_dbfs=-20.0, clipped_share=0.0, speech_share=1.0),
            windows=tuple(Window((Stretch(number * length, (number + 1) * length),)) for number in range(count)),
            made_by=MADE_BY,
            stand_in=False,
            language="en",
            language_probability=0.9,
            hints=hints,
        )

    def listen(self, audio: Path, plan: WindowPlan, windows: Iterable[int]) -> Iterator[WindowPart]:
        """The line of each window as one segment."""
        lines = audio.read_text().splitlines()
        for number in windows:
            self.before_window(number)
            self.windows.append(number)
            if self.clock is not None:
                self.clock.advance(self.work_s)
            start_s = number * self.window_s
            segment = HeardSegment(lines[number], start_s, start_s + 10, (), None, None)
            yield WindowPart(
                recording=plan.recording,
                window=number,
                segments=(segment,),
                dropped=(),
                language="en",
                language_probability=0.9,
            )

    def merge(self, plan: WindowPlan, parts: Iterable[WindowPart], *, created_at: str) -> Transcript:
        """The lines in order."""
        ordered = sorted(parts, key=lambda part: part.window)
        assert [part.window for part in ordered] == list(range(len(plan.windows)))
        heard = [segment for part in ordered for segment in part.segments]
        return Transcript(
            recording=plan.recording,
            source="speech",
            text="\n".join(segment.text for segment in heard),
            empty_reason=None,
            language="en",
            language_probability=0.9,
            segments=tuple(
                Segment(
                    text=segment.text,
                    start_s=segment.start_s,
                    end_s=segment.end_s,
                    words=(),
                    mean_log_probability=None,
                    no_speech_probability=None,
                )
                for segment in heard
            ),
            confidence=0.9,
            words_per_minute=120,
            audio=None,
            quality=None,
            dropped=(),
            hints=plan.hints,
            warnings=(),
            made_by=MADE_BY,
            created_at=created_at,
        )

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """All three in a row."""
        plan = self.plan(audio, recording, hints=hints)
        assert plan is not None
        return self.merge(plan, self.listen(audio, plan, range(len(plan.windows))), created_at=created_at)


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

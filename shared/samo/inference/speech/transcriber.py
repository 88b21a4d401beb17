"""The `Transcriber` port over any engine: plan the windows, listen to each, merge what was heard.

    plan      one pass over the file: decode → VAD → windows, and the model and language for all of them
    listen    another pass: the sound of one window after the other → the engine → gates → its part
    merge     all parts → the transcript

Memory holds a window and a few blocks of sound, however long the recording is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol

from samo.domain.heard import HeardSegment, HeardWord
from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.transcript import AudioMeasures, EngineUse, Transcript
from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, Window, WindowPart, WindowPlan
from samo.heaps import trim_heaps
from samo.inference.speech.audio import AudioStream, Samples, SoundFacts
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import Heard
from samo.inference.speech.quality import QualityMeter
from samo.inference.speech.sound_reader import SoundReader
from samo.inference.speech.transcripts import transcript_of
from samo.inference.speech.voice_activity import only_speech
from samo.inference.speech.window_borders import screen_borders
from samo.inference.speech.window_planner import WindowPlanner

# What Whisper looks at to tell the language.
LANGUAGE_S = 30.0


class Settled(NamedTuple):
    """What an engine fixes for a whole recording: itself, the hints that it uses, and the language if it has to.

    `language` is None where a hint names it, where the model knows one only, and where there is one window, in which
    the engine finds it out.
    """

    made_by: EngineUse
    hints: TranscriptionHints
    language: str | None = None
    language_probability: float | None = None


class HeardWindow(NamedTuple):
    """What an engine heard in one window; times in seconds from the start of the recording."""

    segments: Sequence[HeardSegment]
    language: str | None
    language_probability: float | None


class SpeechEngine(Protocol):
    """Speech to text for one window."""

    @property
    def window_s(self) -> float:
        """Seconds of speech that are heard in one go."""

    @property
    def stand_in(self) -> bool:
        """Whether the transcript must say that a better engine was missing."""

    def settle(
        self, recording: RecordingRef, hints: TranscriptionHints, first_speech: Callable[[], Samples] | None
    ) -> Settled:
        """Fix the model, and with more than one window the language: `first_speech` gives the first half minute.

        Raises `ModelUnavailable`.
        """

    def hear(self, speech: Samples, stretches: Sequence[Stretch], plan: WindowPlan) -> HeardWindow:
        """Hear one window: its speech, without what lies between the stretches. Raises `ModelUnavailable`."""


class WindowedTranscriber:
    """The `Transcriber` port. Safe to share among threads if the engine is."""

    def __init__(self, engine: SpeechEngine, *, max_duration_s: float) -> None:
        self._engine = engine
        self._max_duration_s = max_duration_s

    def plan(
        self,
        audio: Path,
        recording: RecordingRef,
        *,
        hints: TranscriptionHints = NO_HINTS,
        go_on: Callable[[], bool] = lambda: True,
    ) -> WindowPlan | None:
        """The plan for the file; without a window where nobody speaks, and then no model is asked for.

        None as soon as `go_on`, asked about every half minute of sound, says no. Raises what `AudioStream` raises, and
        `ModelUnavailable`, `ModelCorrupt`, `StoreUnavailable` without a model.
        """
        stream = AudioStream(audio, max_duration_s=self._max_duration_s)
        meter = QualityMeter()
        planner = WindowPlanner(window_s=self._engine.window_s, meter=meter)
        with closing(stream.blocks()) as blocks:
            for block in blocks:
                planner.add(block)
                if not go_on():
                    return None
        windows = tuple(planner.end())
        settled = self._settled(audio, recording, hints, windows)
        return WindowPlan(
            recording=recording,
            audio=_measures(stream.facts, sum(window.speech_s for window in windows)),
            damaged=stream.facts.damaged,
            sound=meter.quality(),
            windows=windows,
            made_by=settled.made_by if settled else None,
            stand_in=self._engine.stand_in and settled is not None,
            language=settled.language if settled else None,
            language_probability=settled.language_probability if settled else None,
            hints=settled.hints if settled else hints,
        )

    def listen(self, audio: Path, plan: WindowPlan, windows: Iterable[int]) -> Iterator[WindowPart]:
        """Transcribe the windows of these numbers, in rising order; each number is asked for when its turn has come.

        Raises `ModelUnavailable` where the plan's model cannot be had, and what `AudioStream` raises.
        """
        with closing(SoundReader(AudioStream(audio, max_duration_s=math.inf).blocks())) as reader:
            for number in windows:
                yield self._part(reader, plan, number)
                # What one window leaves free, in pieces, is no place for the next: two hours took a third more.
                trim_heaps()

    def merge(self, plan: WindowPlan, parts: Iterable[WindowPart], *, created_at: str) -> Transcript:
        """The transcript. The parts, one of each window, may come in any order."""
        ordered = sorted(parts, key=lambda part: part.window)
        first = ordered[0] if ordered else None
        screened = screen_borders(ordered)
        found_before = plan.language is not None or first is None
        heard = Heard(
            segments=screened.kept,
            made_by=plan.made_by,
            language=plan.language if found_before or first is None else first.language,
            language_probability=(
                plan.language_probability if found_before or first is None else first.language_probability
            ),
            stand_in=plan.stand_in,
            dropped=screened.dropped,
        )
        return transcript_of(
            heard,
            _facts(plan),
            plan.recording,
            speech_s=plan.speech_s,
            created_at=created_at,
            sound=plan.sound,
            hints=plan.hints,
        )

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """All three in a row. Raises what they raise."""
        plan = self.plan(audio, recording, hints=hints)
        assert plan is not None, "nothing told it to stop"
        return self.merge(plan, self.listen(audio, plan, range(len(plan.windows))), created_at=created_at)

    def _settled(
        self, audio: Path, recording: RecordingRef, hints: TranscriptionHints, windows: Sequence[Window]
    ) -> Settled | None:
        if not windows:
            return None
        several = len(windows) > 1
        return self._engine.settle(recording, hints, (lambda: _first_speech(audio, windows[0])) if several else None)

    def _part(self, reader: SoundReader, plan: WindowPlan, number: int) -> WindowPart:
        window = plan.windows[number]
        samples = reader.read(window.start, window.end)
        within = [Stretch(each.start - window.start, each.end - window.start) for each in window.stretches]
        heard = self._engine.hear(only_speech(samples, within), window.stretches, plan)
        screened = screen(heard.segments, samples, offset_s=window.start / SAMPLE_RATE_HZ)
        return WindowPart(
            recording=plan.recording,
            window=number,
            segments=tuple(_inside(segment, window) for segment in screened.kept),
            dropped=tuple(screened.dropped),
            language=heard.language,
            language_probability=heard.language_probability,
        )


def _first_speech(audio: Path, window: Window) -> Samples:
    wanted = int(LANGUAGE_S * SAMPLE_RATE_HZ)
    stretches: list[Stretch] = []
    for stretch in window.stretches:
        if wanted > 0:
            stretches.append(Stretch(stretch.start, min(stretch.end, stretch.start + wanted)))
            wanted -= stretch.end - stretch.start
    with closing(SoundReader(AudioStream(audio, max_duration_s=math.inf).blocks())) as reader:
        samples = reader.read(window.start, stretches[-1].end)
    return only_speech(samples, [Stretch(each.start - window.start, each.end - window.start) for each in stretches])


def _inside(segment: HeardSegment, window: Window) -> HeardSegment:
    """The segment with its times inside the window: what comes after it must not be pushed back."""
    start_s, end_s = window.start / SAMPLE_RATE_HZ, window.end / SAMPLE_RATE_HZ

    def placed(time_s: float) -> float:
        return min(max(time_s, start_s), end_s)

    return segment._replace(
        start_s=placed(segment.start_s),
        end_s=placed(segment.end_s),
        words=tuple(
            HeardWord(word.text, placed(word.start_s), placed(word.end_s), word.probability) for word in segment.words
        ),
    )


def _measures(facts: SoundFacts, speech_s: float) -> AudioMeasures:
    return AudioMeasures(
        duration_s=round(facts.duration_s, 3),
        container_s=None if facts.container_s is None else round(facts.container_s, 3),
        speech_s=round(speech_s, 3),
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels,
        codec=facts.codec,
    )


def _facts(plan: WindowPlan) -> SoundFacts:
    return SoundFacts(
        duration_s=plan.audio.duration_s,
        container_s=plan.audio.container_s,
        sample_rate_hz=plan.audio.sample_rate_hz,
        channels=plan.audio.channels,
        codec=plan.audio.codec,
        damaged=plan.damaged,
    )

"""From what an engine heard to the transcript: times that hold, and the figures of the whole recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from samo.domain.recording import RecordingRef
from samo.domain.transcript import AudioMeasures, EngineUse, Segment, Transcript, TranscriptWarning, Word
from samo.inference.speech.audio import DecodedAudio


class HeardWord(NamedTuple):
    """A word as the engine gives it: a blank before it, if any, belongs to it. Times in seconds, not yet in order."""

    text: str
    start_s: float
    end_s: float
    probability: float | None


class HeardSegment(NamedTuple):
    """A segment as the engine gives it. `words` is empty where the text could not be aligned with the sound."""

    text: str
    start_s: float
    end_s: float
    words: Sequence[HeardWord]
    mean_log_probability: float | None
    no_speech_probability: float | None


class Heard(NamedTuple):
    """All that an engine heard in a recording, which engine it was, and what it took the language to be."""

    segments: Iterable[HeardSegment]
    made_by: EngineUse | None
    language: str | None = None
    language_probability: float | None = None
    stand_in: bool = False


NOTHING_HEARD = Heard(segments=(), made_by=None)
"""Nobody speaks, so no engine was asked."""


def transcript_of(
    heard: Heard, audio: DecodedAudio, recording: RecordingRef, *, speech_s: float, created_at: str
) -> Transcript:
    """The transcript of a recording with `speech_s` seconds of speech in it.

    Times lie inside the recording, and nothing starts before what is ahead of it has ended. Without a word the text
    is empty for the reason `no_speech`, and the language unknown.
    """
    spoken = [segment for segment in heard.segments if segment.text.strip()]
    segments = tuple(_segments(spoken, audio.duration_s))
    word_count = sum(len(segment.words) or len(segment.text.split()) for segment in segments)
    return Transcript(
        recording=recording,
        source="speech",
        # Blanks belong to the words, so that languages without blanks between words get none.
        text="".join(segment.text for segment in spoken).strip(),
        empty_reason=None if spoken else "no_speech",
        language=heard.language if spoken else None,
        language_probability=heard.language_probability if spoken else None,
        segments=segments,
        confidence=_mean([word.probability for segment in segments for word in segment.words]),
        words_per_minute=round(word_count / speech_s * 60, 1) if word_count and speech_s else None,
        audio=_measures(audio, speech_s),
        warnings=tuple(_warnings(heard, audio)),
        made_by=heard.made_by,
        created_at=created_at,
    )


def _segments(spoken: Iterable[HeardSegment], duration_s: float) -> Iterator[Segment]:
    free_from_s = 0.0
    for heard in spoken:
        words = tuple(_words(heard.words, free_from_s, duration_s))
        start_s, end_s = _placed(heard.start_s, heard.end_s, free_from_s, duration_s)
        if words:
            start_s, end_s = words[0].start_s, words[-1].end_s
        free_from_s = end_s
        yield Segment(
            text=heard.text.strip(),
            start_s=start_s,
            end_s=end_s,
            words=words,
            mean_log_probability=heard.mean_log_probability,
            no_speech_probability=heard.no_speech_probability,
        )


def _words(heard: Iterable[HeardWord], free_from_s: float, duration_s: float) -> Iterator[Word]:
    for word in heard:
        if text := word.text.strip():
            start_s, end_s = _placed(word.start_s, word.end_s, free_from_s, duration_s)
            free_from_s = end_s
            yield Word(text=text, start_s=start_s, end_s=end_s, probability=word.probability)


def _placed(start_s: float, end_s: float, free_from_s: float, duration_s: float) -> tuple[float, float]:
    start_s = min(max(start_s, free_from_s), duration_s)
    return round(start_s, 3), round(min(max(end_s, start_s), duration_s), 3)


def _mean(probabilities: Sequence[float | None]) -> float | None:
    known = [probability for probability in probabilities if probability is not None]
    return sum(known) / len(known) if known else None


def _measures(audio: DecodedAudio, speech_s: float) -> AudioMeasures:
    return AudioMeasures(
        duration_s=round(audio.duration_s, 3),
        container_s=None if audio.container_s is None else round(audio.container_s, 3),
        speech_s=round(speech_s, 3),
        sample_rate_hz=audio.sample_rate_hz,
        channels=audio.channels,
        codec=audio.codec,
    )


def _warnings(heard: Heard, audio: DecodedAudio) -> Iterator[TranscriptWarning]:
    if audio.damaged:
        yield "audio_damaged"
    if heard.stand_in:
        yield "stand_in_engine"

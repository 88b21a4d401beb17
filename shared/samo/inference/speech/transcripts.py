"""From what an engine heard to the transcript: times that hold, and the figures of the whole recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.quality import Quality, SoundQuality, advice_of
from samo.domain.recording import RecordingRef
from samo.domain.transcript import AudioMeasures, Segment, Transcript, TranscriptWarning, Word
from samo.inference.speech.audio import DecodedAudio, SoundFacts
from samo.inference.speech.gates import reason_when_nothing_is_left
from samo.inference.speech.heard import NOTHING_HEARD, Heard, HeardSegment, HeardWord

__all__ = ["NOTHING_HEARD", "Heard", "HeardSegment", "HeardWord", "transcript_of"]


def transcript_of(
    heard: Heard,
    audio: DecodedAudio | SoundFacts,
    recording: RecordingRef,
    *,
    speech_s: float,
    created_at: str,
    sound: SoundQuality | None = None,
    hints: TranscriptionHints = NO_HINTS,
) -> Transcript:
    """The transcript of a recording with `speech_s` seconds of speech in it, and a `sound` of this quality.

    Times lie inside the recording, and nothing starts before what is ahead of it has ended. Without a word the text
    is empty, the reason that of what was dropped, and the language unknown.
    """
    spoken = [segment for segment in heard.segments if segment.text.strip()]
    segments = tuple(_segments(spoken, audio.duration_s))
    word_count = sum(len(segment.words) or len(segment.text.split()) for segment in segments)
    words_per_minute = round(word_count / speech_s * 60, 1) if word_count and speech_s else None
    return Transcript(
        recording=recording,
        source="speech",
        # Blanks belong to the words, so that languages without blanks between words get none.
        text="".join(segment.text for segment in spoken).strip(),
        empty_reason=None if spoken else reason_when_nothing_is_left(heard.dropped),
        language=heard.language if spoken else None,
        language_probability=heard.language_probability if spoken else None,
        segments=segments,
        confidence=_mean([word.probability for segment in segments for word in segment.words]),
        words_per_minute=words_per_minute,
        audio=_measures(audio, speech_s),
        quality=None if sound is None else _quality(sound, segments, words_per_minute),
        dropped=tuple(heard.dropped),
        hints=hints,
        warnings=tuple(_warnings(heard, audio, hints)),
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


def _measures(audio: DecodedAudio | SoundFacts, speech_s: float) -> AudioMeasures:
    return AudioMeasures(
        duration_s=round(audio.duration_s, 3),
        container_s=None if audio.container_s is None else round(audio.container_s, 3),
        speech_s=round(speech_s, 3),
        sample_rate_hz=audio.sample_rate_hz,
        channels=audio.channels,
        codec=audio.codec,
    )


def _quality(sound: SoundQuality, segments: Sequence[Segment], words_per_minute: float | None) -> Quality:
    mean_log_probability = _mean_log_probability(segments)
    return Quality(
        **sound._asdict(),
        mean_log_probability=mean_log_probability,
        advice=advice_of(
            signal_to_noise_db=sound.signal_to_noise_db,
            level_dbfs=sound.level_dbfs,
            clipped_share=sound.clipped_share,
            mean_log_probability=mean_log_probability,
            words_per_minute=words_per_minute,
        ),
    )


def _mean_log_probability(segments: Sequence[Segment]) -> float | None:
    """The mean over the text: a long segment counts for more, as its tokens do."""
    known = [(segment.mean_log_probability, len(segment.text)) for segment in segments]
    weighed = [(value, letters) for value, letters in known if value is not None]
    letters = sum(letters for _, letters in weighed)
    return round(sum(value * count for value, count in weighed) / letters, 3) if letters else None


def _warnings(heard: Heard, audio: DecodedAudio | SoundFacts, hints: TranscriptionHints) -> Iterator[TranscriptWarning]:
    if audio.damaged:
        yield "audio_damaged"
    if heard.stand_in:
        yield "stand_in_engine"
    if hints.ignored:
        yield "hint_ignored"

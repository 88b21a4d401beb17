"""What the engine says is held against the sound and against itself: text that nobody spoke is held back.

Whisper completes whatever it is given: in noise it thanks for watching, in music it repeats itself. Each gate is a
small rule with its threshold and where that comes from. A segment is kept unless a gate names a reason; of a segment
that is held back, time and reason are kept, never the words.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from samo.domain.transcript import DroppedSpeech, DropReason, EmptyReason
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples
from samo.inference.speech.hallucinated_phrases import is_known_phrase, plain
from samo.inference.speech.heard import HeardSegment
from samo.inference.speech.levels import LEAST_DBFS, frame_levels_dbfs

# A phone's microphone in a silent room records its own noise at -70 to -60 dBFS; whispering lies near -50.
LEAST_SPEECH_DBFS = -60.0

# The loud frames of a segment over the floor of its window. White noise and hum alone: at most 1 dB; two seconds of
# speech in white noise as loud as itself: at least 3.7 dB (docs/transcription.md, "No invented text").
LEAST_ABOVE_FLOOR_DB = 3.0
FLOOR_PERCENTILE, LOUD_PERCENTILE = 10, 95

# A second: in less there need be no moment without speech, and so no floor.
LEAST_FLOOR_FRAMES = 33

# Whisper's own rule for silence, and its sign of a loop: Radford et al. 2023, section 4.5.
NO_SPEECH_PROBABILITY = 0.6
LOW_LOG_PROBABILITY = -1.0
LOOP_COMPRESSION_RATIO = 2.4

# Below Whisper's -1 it is asked again, and often right in the end; at -1.5 a token has 22 % on average.
LEAST_LOG_PROBABILITY = -1.5

# The fastest speech in contests has 11 words, some 55 letters, a second; hurried speech 25 letters. The times of a word
# may be wrong by a tenth of a second, which a short one must be forgiven.
MOST_LETTERS_PER_S = 40.0
TIME_ERROR_S = 0.1

# "No, no, no, no" and "very, very, very" are said; a loop goes on.
LOOP_REPEATS = 4
LOOP_WORDS = 8

# The same sentence three times in a row is a loop; "yes" is not, unless it goes on.
LOOP_SEGMENTS = 3
SHORT_SEGMENT_WORDS = 3
LOOP_SHORT_SEGMENTS = 6

# Weak evidence, for what is also said by people: Whisper hears speech and is sure of what a person says.
WEAK_NO_SPEECH_PROBABILITY = 0.2
WEAK_LOG_PROBABILITY = -0.6
WEAK_ABOVE_FLOOR_DB = 10.0
WEAK_LETTERS_PER_S = 3.0


class Screened(NamedTuple):
    """What is kept of a window, in order, and what was held back."""

    kept: tuple[HeardSegment, ...]
    dropped: tuple[DroppedSpeech, ...]


class Evidence(NamedTuple):
    """A segment beside the sound it is said to be in: the loud frames of it, and the floor of the whole window."""

    segment: HeardSegment
    loud_dbfs: float
    floor_dbfs: float


def screen(segments: Sequence[HeardSegment], samples: Samples, *, offset_s: float) -> Screened:
    """Hold the segments of one window against its sound: 16 kHz mono, which begins at `offset_s` of the recording.

    The segments are in order, their times are those of the recording. Segments without text are neither kept nor
    dropped.
    """
    spoken = [segment for segment in segments if segment.text.strip()]
    repeated = repeats(spoken)
    levels = frame_levels_dbfs(samples)
    floor_dbfs = float(np.percentile(levels, FLOOR_PERCENTILE)) if len(levels) >= LEAST_FLOOR_FRAMES else LEAST_DBFS
    kept, dropped = [], []
    for number, segment in enumerate(spoken):
        evidence = Evidence(segment, _loud_dbfs(segment, samples, offset_s), floor_dbfs)
        reason = "repeated" if number in repeated else reason_to_drop(evidence)
        if reason is None:
            kept.append(segment)
        else:
            dropped.append(dropped_speech(segment, reason))
    return Screened(tuple(kept), tuple(dropped))


def dropped_speech(segment: HeardSegment, reason: DropReason) -> DroppedSpeech:
    """What is kept of a segment that is held back."""
    end_s = max(segment.start_s, segment.end_s)
    return DroppedSpeech(start_s=round(segment.start_s, 3), end_s=round(end_s, 3), reason=reason)


def reason_when_nothing_is_left(dropped: Sequence[DroppedSpeech]) -> EmptyReason:
    """Why a recording with this, and no other, has no text."""
    reasons = {each.reason for each in dropped}
    if reasons <= {"no_speech", "known_phrase"}:
        return "no_speech"
    return "too_quiet" if reasons <= {"too_quiet", "no_speech", "known_phrase"} else "unintelligible"


def reason_to_drop(evidence: Evidence) -> DropReason | None:
    """The first gate that the segment does not pass, by itself."""
    segment = evidence.segment
    if is_too_quiet(evidence.loud_dbfs, evidence.floor_dbfs):
        return "too_quiet"
    if is_no_speech(segment.no_speech_probability, segment.mean_log_probability):
        return "no_speech"
    if has_impossible_times(segment.text, segment.start_s, segment.end_s):
        return "impossible_times"
    if is_compressible(segment.text, segment.compression_ratio):
        return "compressible"
    if repeats_itself(segment.text):
        return "repeated"
    if is_known_phrase(segment.text) and _is_weak(evidence):
        return "known_phrase"
    if is_improbable(segment.mean_log_probability):
        return "low_probability"
    return None


def is_too_quiet(loud_dbfs: float, floor_dbfs: float) -> bool:
    """Whether the loudest of a segment is below all speech, or no louder than what is there without it."""
    return loud_dbfs < LEAST_SPEECH_DBFS or loud_dbfs - floor_dbfs < LEAST_ABOVE_FLOOR_DB


def is_no_speech(no_speech_probability: float | None, mean_log_probability: float | None) -> bool:
    """Whisper's own rule: it hears no speech, and is not sure of the text either."""
    if no_speech_probability is None or mean_log_probability is None:
        return False
    return no_speech_probability > NO_SPEECH_PROBABILITY and mean_log_probability < LOW_LOG_PROBABILITY


def has_impossible_times(text: str, start_s: float, end_s: float) -> bool:
    """Whether the text has no time at all, or more letters than a mouth can say in it."""
    duration_s = end_s - start_s
    return duration_s <= 0 or len(text.strip()) / (duration_s + TIME_ERROR_S) > MOST_LETTERS_PER_S


def is_compressible(text: str, ratio: float | None) -> bool:
    """Whether the text, or all of the engine's window around it (`ratio`), repeats itself as only a loop does."""
    data = text.encode()
    return max(ratio or 0.0, len(data) / len(zlib.compress(data))) > LOOP_COMPRESSION_RATIO


def repeats_itself(text: str) -> bool:
    """Whether a phrase of any length is said at least four times in a row, eight words or more in all."""
    words = plain(text).split()
    for length in range(1, len(words) // LOOP_REPEATS + 1):
        alike = 0
        for left, right in zip(words, words[length:], strict=False):
            alike = alike + 1 if left == right else 0
            if alike + length >= max(LOOP_WORDS, LOOP_REPEATS * length):
                return True
    return False


def is_improbable(mean_log_probability: float | None) -> bool:
    """Whether the engine itself does not believe the text, after all that it tried."""
    return mean_log_probability is not None and mean_log_probability < LEAST_LOG_PROBABILITY


def is_doubtful(segment: HeardSegment) -> bool:
    """Whether the engine's own figures, or a text that is far too short for its time, speak against the segment."""
    letters = len(segment.text.strip())
    return (
        (segment.no_speech_probability or 0.0) > WEAK_NO_SPEECH_PROBABILITY
        or (segment.mean_log_probability or 0.0) < WEAK_LOG_PROBABILITY
        or letters < WEAK_LETTERS_PER_S * (segment.end_s - segment.start_s)
    )


def _is_weak(evidence: Evidence) -> bool:
    return is_doubtful(evidence.segment) or evidence.loud_dbfs - evidence.floor_dbfs < WEAK_ABOVE_FLOOR_DB


def repeats(segments: Sequence[HeardSegment]) -> frozenset[int]:
    """The segments that only say again what the one before them says; the first of a run is not among them."""
    return frozenset(
        number
        for start, end, words in _runs([plain(segment.text) for segment in segments])
        if end - start >= (LOOP_SEGMENTS if words >= SHORT_SEGMENT_WORDS else LOOP_SHORT_SEGMENTS)
        for number in range(start + 1, end)
    )


def _runs(texts: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Start, end and words of each stretch of equal texts."""
    start = 0
    for number in range(1, len(texts) + 1):
        if number == len(texts) or texts[number] != texts[start]:
            yield start, number, len(texts[start].split())
            start = number


def _loud_dbfs(segment: HeardSegment, samples: Samples, offset_s: float) -> float:
    """The level that one in twenty frames of the segment exceeds."""
    start, end = (round((time_s - offset_s) * SAMPLE_RATE_HZ) for time_s in (segment.start_s, segment.end_s))
    # Times of words that are cut off at the window's end may lie outside of it.
    start = min(max(0, start), len(samples))
    levels = frame_levels_dbfs(samples[start : max(start, end)])
    if not len(levels):
        levels = frame_levels_dbfs(samples[max(0, start - SAMPLE_RATE_HZ // 2) : start + SAMPLE_RATE_HZ // 2])
    return float(np.percentile(levels, LOUD_PERCENTILE)) if len(levels) else LEAST_DBFS

"""What no window can see by itself: text that is said again where one window ends and the next begins.

Two rules beside those of `gates`, over all windows in order: a loop that goes on across borders, and a phrase that
ends one window and begins the next although Whisper's own figures speak against it. People do repeat themselves: with
good evidence it stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from samo.domain.transcript import DroppedSpeech
from samo.domain.window_plan import WindowPart
from samo.inference.speech.gates import SHORT_SEGMENT_WORDS, Screened, dropped_speech, is_doubtful, repeats
from samo.inference.speech.hallucinated_phrases import plain
from samo.inference.speech.heard import HeardSegment


def screen_borders(parts: Sequence[WindowPart]) -> Screened:
    """All segments of the windows, which are in order, without those that only say again what came before a border.

    What the windows' own gates held back is among what is dropped; all of it is in the order of time.
    """
    segments = [segment for part in parts for segment in part.segments]
    held_back = repeats(segments) | _said_again(parts)
    dropped: list[DroppedSpeech] = [each for part in parts for each in part.dropped]
    dropped += [dropped_speech(segments[number], "repeated") for number in sorted(held_back)]
    return Screened(
        tuple(segment for number, segment in enumerate(segments) if number not in held_back),
        tuple(sorted(dropped, key=lambda each: each.start_s)),
    )


def _said_again(parts: Sequence[WindowPart]) -> frozenset[int]:
    """The first segments of windows that repeat the end of what came before; numbers count over all windows."""
    found, number = set(), 0
    before: HeardSegment | None = None
    for part in parts:
        if before is not None and part.segments and _repeats_end(before, part.segments[0]):
            found.add(number)
        number += len(part.segments)
        before = part.segments[-1] if part.segments else None
    return frozenset(found)


def _repeats_end(before: HeardSegment, segment: HeardSegment) -> bool:
    words = plain(segment.text).split()
    same = plain(before.text).split()[-len(words) :] == words
    return same and len(words) >= SHORT_SEGMENT_WORDS and is_doubtful(segment)

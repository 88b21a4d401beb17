"""Subtitles: a transcript cut into cues that a person can read while it is spoken, as SubRip and as WebVTT.

The rules are those of the BBC's subtitle guidelines and Netflix's timed-text style guide, where the times of the words
leave room for them: two lines of at most 42 characters, 17 characters a second, from 5/6 of a second to seven seconds,
and a gap of two frames between cues. Cues never overlap and never begin before their words: a voice that is faster than
a reader gives fast cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from samo.domain.transcript import Segment, Transcript, Word

LINE_CHARACTERS = 42
READING_CHARACTERS_PER_S = 17.0
LEAST_S = 5 / 6
MOST_S = 7.0
GAP_S = 2 / 24
PAUSE_S = 1.5
"""A pause that ends a cue: the text of a new thought does not stand there before it is spoken."""


BLINK_S = 0.04

_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


class _Piece(NamedTuple):
    """A word, or a part of an overlong one; `before` is what separates it from the one before, a blank or nothing."""

    before: str
    text: str
    start_s: float
    end_s: float


class Cue(NamedTuple):
    """One subtitle: when it is shown, in seconds, and its one or two lines."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def cues_of(transcript: Transcript) -> tuple[Cue, ...]:
    """The transcript's cues, in order and apart; none for a written entry, or without text."""
    return tuple(_timed([group for segment in transcript.segments for group in _groups(_pieces(segment))]))


def srt(cues: Sequence[Cue]) -> str:
    """SubRip: numbered cues, CRLF as players for televisions want it, a file of no bytes for no cue."""
    return "".join(
        f"{number}\r\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\r\n"
        + "\r\n".join(line.replace("-->", "→") for line in cue.lines)
        + "\r\n\r\n"
        for number, cue in enumerate(cues, start=1)
    )


def vtt(cues: Sequence[Cue]) -> str:
    """WebVTT (W3C, https://www.w3.org/TR/webvtt1/): text is escaped, so that no word of it is taken for markup."""
    blocks = (
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n"
        + "\n".join(_escaped(line) for line in cue.lines)
        + "\n"
        for cue in cues
    )
    return "\n".join(["WEBVTT\n", *blocks])


def _groups(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """What is shown at once: as much as fits and is spoken together, up to the end of a sentence."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and (_is_complete(group, piece) or _lines([*group, piece]) is None):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _is_complete(group: Sequence[_Piece], following: _Piece) -> bool:
    """Whether the next word begins a new cue for what was said, or for when."""
    start_s, end_s = group[0].start_s, group[-1].end_s
    ends_sentence = group[-1].text.endswith(_SENTENCE_ENDS) and end_s - start_s >= LEAST_S
    return ends_sentence or following.start_s - end_s > PAUSE_S or following.end_s - start_s > MOST_S


def _timed(groups: Sequence[Sequence[_Piece]]) -> Iterator[Cue]:
    free_from_s = 0.0
    starts_s = [group[0].start_s for group in groups[1:]]
    for group, next_start_s in zip_longest(groups, starts_s):
        lines = _lines(group) or ()
        start_s = max(group[0].start_s, free_from_s)
        reading_s = sum(map(len, lines)) / READING_CHARACTERS_PER_S
        end_s = max(group[-1].end_s, start_s + min(max(reading_s, LEAST_S), MOST_S))
        if next_start_s is not None:
            end_s = min(end_s, next_start_s - GAP_S)
        # Words that the engine put at one and the same time follow one another, a blink each.
        end_s = max(end_s, start_s + BLINK_S)
        free_from_s = round(end_s, 3)
        yield Cue(round(start_s, 3), free_from_s, lines)


def _lines(group: Sequence[_Piece]) -> tuple[str, ...] | None:
    """The text in one line, or in two of about the same length; None if it does not fit."""
    whole = _joined(group)
    if len(whole) <= LINE_CHARACTERS:
        return (whole,)
    splits = [(_joined(group[:number]), _joined(group[number:])) for number in range(1, len(group))]
    fitting = [lines for lines in splits if max(map(len, lines)) <= LINE_CHARACTERS]
    return min(fitting, key=lambda lines: abs(len(lines[0]) - len(lines[1])), default=None)


def _joined(group: Sequence[_Piece]) -> str:
    return "".join(piece.before + piece.text for piece in group).strip()


def _pieces(segment: Segment) -> Iterator[_Piece]:
    """The segment's words with the blanks between them, for there are languages without; overlong ones cut."""
    position = 0
    for word in segment.words or _evenly_spaced(segment):
        text = _one_line(word.text)
        found = segment.text.find(word.text, position)
        before = " "
        if found >= 0:
            before = " " if found == 0 or segment.text[found - 1].isspace() else ""
            position = found + len(word.text)
        parts = [text[start : start + LINE_CHARACTERS] for start in range(0, len(text), LINE_CHARACTERS)]
        share_s = (word.end_s - word.start_s) / max(1, len(parts))
        for number, part in enumerate(parts):
            start_s = word.start_s + number * share_s
            yield _Piece(before if number == 0 else "", part, start_s, start_s + share_s)


def _evenly_spaced(segment: Segment) -> Sequence[Word]:
    """Words for a segment that could not be aligned with the sound."""
    texts = segment.text.split()
    share_s = (segment.end_s - segment.start_s) / max(1, len(texts))
    times_s = [segment.start_s + number * share_s for number in range(len(texts) + 1)]
    return [
        Word(text=text, start_s=start_s, end_s=end_s, probability=None)
        for text, (start_s, end_s) in zip(texts, pairwise(times_s), strict=True)
    ]


def _one_line(text: str) -> str:
    """Without the line ends and control characters that would end the cue, or the file's being text."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _escaped(text: str) -> str:
    # With every > escaped, no --> is left that would look like times.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"

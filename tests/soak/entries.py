"""Journal entries, no two alike, of the length that people write: about nine sentences and a hundred words."""

from __future__ import annotations

import random

from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.written_entry import written_entry

_SENTENCES = 9
_OPENINGS = ("This morning", "After lunch", "On the way home", "Before bed", "At work", "In the garden", "On the phone")
_PEOPLE = ("my sister", "Ben", "our neighbour", "the doctor", "Mia", "my boss", "an old friend", "the children", "Dad")
_EVENTS = (
    "told me about the results and I could hardly believe it",
    "forgot what we had agreed on and I got angry",
    "made me laugh until my stomach hurt",
    "said nothing at all, which worried me more than any answer",
    "thanked me for last week and I felt proud of what we did",
    "asked how I was, and I did not know what to say",
    "cancelled again, so I stayed at home and felt alone",
    "surprised me with a cake and I was so grateful",
)
_AFTERTHOUGHTS = (
    "I keep thinking about it.",
    "It was fine in the end.",
    "I am tired of waiting.",
    "I hope it stays like this.",
    "I was nervous for no reason.",
)


def an_entry(name: str, number: int) -> Transcript:
    """The transcript of entry `number`; the same number gives the same words."""
    choice = random.Random(number)
    sentences = [f"Entry number {number}."]
    while len(sentences) < _SENTENCES:
        sentences.append(f"{choice.choice(_OPENINGS)} {choice.choice(_PEOPLE)} {choice.choice(_EVENTS)}.")
        if choice.random() < 0.5:
            sentences.append(choice.choice(_AFTERTHOUGHTS))
    recording = RecordingRef(bucket="recordings", name=f"{name}/{number}.txt", generation=1)
    return written_entry(" ".join(sentences), recording, created_at="2026-01-01T00:00:00.000Z")

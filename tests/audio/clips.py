"""The recordings that tests start from, and what is said in them. Where they come from: SOURCE.md."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).parents[2]


class Clip(NamedTuple):
    """A recording, 16 kHz mono, and the words that a person says in it, in lower case without punctuation."""

    path: Path
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


def _clip(path: str, *lines: str) -> Clip:
    return Clip(_ROOT / path, tuple(" ".join(lines).split()))


SHORT = _clip("tests/audio/short.wav", "he was not an ill disposed young man")

DEMO = _clip(
    "examples/recording.wav",
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for",
    "them he was not an ill disposed young man unless to be rather cold hearted and rather selfish is to be ill",
    "disposed had he married a more amiable woman he might have been made still more respectable than he was he might",
    "even have been made amiable himself",
)

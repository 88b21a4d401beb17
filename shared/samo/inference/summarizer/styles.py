"""What a summary looks like as text."""

from __future__ import annotations

from collections.abc import Sequence

from samo.domain.summary import SummaryStyle

BULLET = "- "


def styled(sentences: Sequence[str], style: SummaryStyle) -> str:
    """The sentences as one paragraph, or one on each line."""
    return bullets(sentences) if style == "bullets" else " ".join(sentences)


def bullets(sentences: Sequence[str]) -> str:
    """One sentence on each line, after a hyphen; a sentence never holds a line break."""
    return "\n".join(f"{BULLET}{sentence}" for sentence in sentences)

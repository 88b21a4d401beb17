"""Dead letters are told in one line each, by the recording that they are about."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.domain.names import StageName
from samo.local.dead_letters import DeadLetters
from samo.operations.dead_letters import DeadLetter
from tests.unit.given_documents import REF, WHEN


def test_each_is_told_once_with_stage_and_log() -> None:
    """Although it goes on waiting; and also where the message names no recording."""
    waiting: dict[StageName, list[DeadLetter]] = {
        "emotion": [_letter("emotion")],
        "insights": [msgspec.structs.replace(_letter("insights"), recording=None)],
    }
    lines: list[str] = []
    dead_letters = DeadLetters(lambda stage: waiting.get(stage, []), Path("logs"), lines.append)

    dead_letters.look()
    dead_letters.look()

    assert lines == [
        f"{REF.name}: emotion gave up; logs/emotion.log says why. `samo dead-letters replay` tries again.",
        "an event: insights gave up; logs/insights.log says why. `samo dead-letters replay` tries again.",
    ]


def _letter(stage: StageName) -> DeadLetter:
    return DeadLetter(stage=stage, message_id="1", recording=REF, published_at=WHEN, attempts=None)

"""A failure record: why a recording ended without a result, and what its owner can do."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.names import StageName
from samo.domain.recording import RecordingRef


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The document `failures/…json`. `code` is stable; `reason` and `advice` are sentences without a user's words."""

    schema_version: Literal[1] = 1
    stage: StageName
    recording: RecordingRef | None
    code: str
    reason: str
    advice: str
    created_at: str

"""A recording: one generation of one uploaded object, spoken or written."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.hints import NO_HINTS, TranscriptionHints

Media = Literal["audio", "text"]


class RecordingRef(msgspec.Struct, frozen=True, kw_only=True):
    """Identity of a recording. An overwrite is another generation, hence another recording."""

    bucket: str
    name: str
    generation: int


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A stored recording. `user` and `entry` come from its name, `hints` from its metadata; `size` is in bytes."""

    schema_version: Literal[1] = 1
    ref: RecordingRef
    user: str
    entry: str
    media: Media
    size: int
    hints: TranscriptionHints = NO_HINTS

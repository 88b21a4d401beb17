"""The three published events. Each is a pointer: which recording, which object; never a word of what was said."""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, Literal

import msgspec

from samo.domain.recording import RecordingRef

Revision = Annotated[int, msgspec.Meta(ge=1)]
"""1 for the first insight of a recording; one more for each that replaces another (docs/adr/0009)."""


class ObjectPointer(msgspec.Struct, frozen=True, kw_only=True):
    """One generation of one stored document."""

    bucket: str
    name: str
    generation: int


class TranscriptReady(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `transcripts`: the transcript of `recording` is stored at `object`."""

    event_type: ClassVar[str] = "samo.transcript.ready.v1"

    schema_version: Literal[1] = 1
    recording: RecordingRef
    object: ObjectPointer
    revision: Revision = 1


class AnalysisReady(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `analyses`: one part is stored at `object`, or its failure record when `outcome` is failed."""

    event_type: ClassVar[str] = "samo.analysis.ready.v1"

    schema_version: Literal[1] = 1
    recording: RecordingRef
    part: Literal["emotions", "summary"]
    outcome: Literal["ok", "failed"]
    object: ObjectPointer
    revision: Revision = 1


class InsightReady(msgspec.Struct, frozen=True, kw_only=True):
    """Topic `insights`: the insight of `recording` is stored at `object`. This is what consumers subscribe to."""

    event_type: ClassVar[str] = "samo.insight.ready.v1"

    schema_version: Literal[1] = 1
    recording: RecordingRef
    object: ObjectPointer
    revision: Revision = 1


Event = TranscriptReady | AnalysisReady | InsightReady


def event_id(event: Event) -> str:
    """The event's identity: equal for every repeat of the same event, so that a consumer can drop duplicates.

    A SHA-256 in hex over the type and the object, for an identity must fit a message attribute and be ASCII. A later
    revision has an identity of its own: it must not be dropped for a repeat of what it replaces.
    """
    identity = f"{event.event_type}\n{event.object.bucket}\n{event.object.name}"
    if event.revision > 1:
        identity += f"\n{event.revision}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()

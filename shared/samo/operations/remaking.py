"""Remaking the results of one recording with today's models, in this process, and swapping them for the stored ones.

    stored results ──copy──► scratch ──stages──► new ones ──► each stored one kept aside and replaced, the insight last

No reader ever finds nothing, no stage of the deployment takes part, and nothing is announced. A crash leaves the old
insight, or the new one: it is the document that holds all others. See docs/adr/0009.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Literal

import msgspec

from samo.domain.documents import encode
from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PermanentError, PreconditionFailed
from samo.domain.events import InsightReady, ObjectPointer, TranscriptReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import StageName, emotions_name, failure_name, insight_name, summary_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.embedded import EmbeddedPipeline
from samo.operations.revisions import content_type, keep_superseded, revision_after
from samo.ports import ObjectInfo, ObjectStore, Publisher
from samo.stages.stored_documents import find_document

PipelineOver = Callable[[ObjectStore, ObjectStore], EmbeddedPipeline]
"""Makes a pipeline over a bucket of results and one of leases; the engines are the same each time."""

Scratch = Callable[[str], AbstractContextManager[tuple[ObjectStore, ObjectStore]]]
"""Opens an empty bucket of results with the given name, and one of leases, which go at the end of the block."""

_ATTEMPTS = 3
_NAMES: dict[StageName, Callable[[RecordingRef], str]] = {
    "transcription": transcript_name,
    "emotion": emotions_name,
    "summarization": summary_name,
}


class Remade(msgspec.Struct, frozen=True):
    """How it ended for one recording; `reason` says why its results were kept as they are."""

    ended: Literal["remade", "already remade", "kept"]
    reason: str | None = None


class Remaker:
    """Remakes what `stages` make, and the insight. `announce`, where given, hears of each new insight."""

    def __init__(
        self,
        results: ObjectStore,
        recordings: ObjectStore,
        pipeline_over: PipelineOver,
        scratch: Scratch,
        stages: frozenset[StageName],
        announce: Publisher | None,
    ) -> None:
        self._results = results
        self._recordings = recordings
        self._pipeline_over = pipeline_over
        self._scratch = scratch
        self._stages = stages
        self._announce = announce

    def remake(self, name: str, *, since: str) -> Remade:
        """Remake the insight of this name, unless it was made after `since`. Raises `TransientError`."""
        for _ in range(_ATTEMPTS):
            try:
                return self._remake(name, since)
            except PreconditionFailed:  # somebody has replaced a result meanwhile; or the reply to our own was lost
                continue
            except (ObjectNameUnsupported, PermanentError) as error:
                return Remade("kept", f"{error.code}: {error}")
        return Remade("kept", "its results changed again and again while they were remade")

    def _remake(self, name: str, since: str) -> Remade:
        info = self._results.stat(name)
        old = None if info is None else find_document(self._results, name, Insight)
        if info is None or old is None:
            return Remade("kept", "it was deleted meanwhile")
        if old.created_at >= since:
            if old.revision == 1:
                return Remade("kept", "it was made after the reprocessing began")
            self._tell(old, info)  # the crash may have been ahead of it; a repeat has the same identity
            return Remade("already remade")
        with self._scratch(self._results.bucket) as (scratch, leases):
            obstacle = self._fill(scratch, old.recording)
            if obstacle is not None:
                return Remade("kept", obstacle)
            kept = {each.name for each in scratch.list()}
            made = self._run(self._pipeline_over(scratch, leases), scratch, old.recording)
            if isinstance(made, Failure):
                return Remade("kept", f"{made.stage} failed: {made.code}: {made.reason}")
            if made.degraded:
                failed = ", ".join(f"{part}: {status.code}" for part, status in made.parts.items() if status.code)
                return Remade("kept", f"a part failed: {failed}")
            new = msgspec.structs.replace(made, revision=revision_after(self._results, info, old))
            beside = [each.name for each in scratch.list() if each.name not in kept | {name}]
            stored = self._swap(scratch, beside, info, new)
        self._tell(new, stored)
        return Remade("remade")

    def _fill(self, scratch: ObjectStore, ref: RecordingRef) -> str | None:
        """Copy what stays as it is; returns what stands in the way, or None."""
        if "transcription" in self._stages:
            live = self._recordings.stat(ref.name)
            if self._recordings.bucket != ref.bucket or live is None or live.generation != ref.generation:
                return "the recording is gone, or a newer one has its name"
            return None
        for stage, name_of in _NAMES.items():
            if stage not in self._stages:
                try:
                    scratch.create(name_of(ref), self._results.read(name_of(ref)))
                except ObjectNotFound:
                    if stage == "transcription":
                        return "its transcript is gone"
        return None

    def _run(self, pipeline: EmbeddedPipeline, scratch: ObjectStore, ref: RecordingRef) -> Insight | Failure:
        if "transcription" in self._stages:
            return pipeline.run(ref)
        info = scratch.stat(transcript_name(ref))
        assert info is not None, "copied a moment ago"
        pointer = ObjectPointer(bucket=scratch.bucket, name=info.name, generation=info.generation)
        return pipeline.run_on(TranscriptReady(recording=ref, object=pointer))

    def _swap(self, scratch: ObjectStore, beside: Iterable[str], old: ObjectInfo, new: Insight) -> ObjectInfo:
        for name in beside:
            current = self._results.stat(name)
            data = scratch.read(name)
            if current is None:
                self._results.create(name, data, content_type=content_type(name))
            else:
                keep_superseded(self._results, current)
                self._results.replace(name, data, generation=current.generation, content_type=content_type(name))
        keep_superseded(self._results, old)
        stored = self._results.replace(old.name, encode(new), generation=old.generation)
        self._forget_failures(new.recording)
        return stored

    def _forget_failures(self, ref: RecordingRef) -> None:
        """There is a result now, which wins anyway; the record would only be listed."""
        stages: tuple[StageName, ...] = ("emotion", "summarization")
        for stage in stages:
            if (info := self._results.stat(failure_name(stage, ref))) is not None:
                self._results.delete(info.name, generation=info.generation)

    def _tell(self, insight: Insight, stored: ObjectInfo) -> None:
        if self._announce is not None:
            pointer = ObjectPointer(
                bucket=self._results.bucket, name=insight_name(insight.recording), generation=stored.generation
            )
            self._announce.publish(InsightReady(recording=insight.recording, object=pointer, revision=insight.revision))

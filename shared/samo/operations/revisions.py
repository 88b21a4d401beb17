"""Insights that replace others: which revision comes next, and where the replaced ones are kept."""

from __future__ import annotations

from contextlib import suppress

from samo.domain.errors import ObjectNotFound, PreconditionFailed
from samo.domain.insight import Insight
from samo.domain.names import insight_name, report_name, superseded_name
from samo.domain.recording import RecordingRef
from samo.ports import ObjectInfo, ObjectStore
from samo.stages.stored_documents import find_document

_TYPES = {"html": "text/html; charset=utf-8", "srt": "application/x-subrip", "vtt": "text/vtt; charset=utf-8"}


def next_revision(results: ObjectStore, recording: RecordingRef) -> int:
    """The revision that an event about the recording's next insight has: a whole one that is there keeps its own.

    Raises `DocumentInvalid`, `StoreUnavailable`.
    """
    name = insight_name(recording)
    info = results.stat(name)
    insight = find_document(results, name, Insight)
    if info is None or insight is None:
        return len(_kept(results, name)) + 1
    return revision_after(results, info, insight) if insight.degraded else _revision_of(results, info, insight)


def revision_after(results: ObjectStore, info: ObjectInfo, insight: Insight) -> int:
    """The revision of what replaces this insight. Raises `StoreUnavailable`."""
    return _revision_of(results, info, insight) + 1


def _revision_of(results: ObjectStore, info: ObjectInfo, insight: Insight) -> int:
    # One that was joined from an event of old, delivered late, says less than it is announced as.
    before = _kept(results, info.name) - {superseded_name(info.name, info.generation)}
    return max(insight.revision, len(before) + 1)


def _kept(results: ObjectStore, name: str) -> set[str]:
    folder = superseded_name(name, 0).rpartition("/")[0]
    return {info.name for info in results.list(f"{folder}/") if info.name.endswith(".json")}


def set_degraded_insight_aside(results: ObjectStore, recording: RecordingRef) -> None:
    """Keep a degraded insight under its superseded name, so that the next join makes a new one.

    The report goes first: while the insight is there, nobody joins, and nobody counts on writing the report. Call it
    with the lease of the insights stage. Raises `StoreUnavailable`.
    """
    info = results.stat(insight_name(recording))
    insight = find_document(results, insight_name(recording), Insight)
    if info is None or insight is None or not insight.degraded:
        return
    report = results.stat(report_name(recording))
    for each in (report, info):
        if each is not None:
            keep_superseded(results, each)
            results.delete(each.name, generation=each.generation)


def keep_superseded(results: ObjectStore, info: ObjectInfo) -> None:
    """Copy this generation to its superseded name, once."""
    try:
        data = results.read(info.name, generation=info.generation)
    except ObjectNotFound:  # somebody has replaced it and kept it
        return
    with suppress(PreconditionFailed):
        results.create(superseded_name(info.name, info.generation), data, content_type=content_type(info.name))


def content_type(name: str) -> str:
    """The media type of a result, by its suffix."""
    return _TYPES.get(name.rpartition(".")[2], "application/json")

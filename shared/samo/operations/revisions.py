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
    """The revision of the insight that the next join makes: the whole one that is there keeps its own.

    Raises `DocumentInvalid`, `StoreUnavailable`.
    """
    insight = find_document(results, insight_name(recording), Insight)
    if insight is not None:
        return insight.revision + 1 if insight.degraded else insight.revision
    before = insight_name(recording).removesuffix(".json")
    kept = [
        find_document(results, info.name, Insight)
        for info in results.list(f"superseded/{before}/")
        if info.name.endswith(".json")
    ]
    return max((insight.revision for insight in kept if insight is not None), default=0) + 1


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

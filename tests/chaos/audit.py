"""The verdict: for every stored recording exactly one insight object, or one failure record with a reason.

Of a generation that was overwritten or deleted it is promised that it ends: with the insight of what could still be
read, or with `recording_superseded` or `recording_gone`; where two workers saw it differently both records may exist,
and the result counts (docs/adr/0007).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samo.domain.documents import decode
from samo.domain.errors import DocumentInvalid
from samo.domain.events import InsightReady, ObjectPointer, event_id
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import (
    STAGES,
    emotions_name,
    failure_name,
    insight_name,
    report_name,
    subtitles_name,
    summary_name,
    transcript_name,
)
from samo.domain.recording import RecordingRef
from samo.leases import LeaseDocument
from samo.ports import ObjectInfo, ObjectStore
from tests.chaos.plan import FEELINGS
from tests.chaos.uploading import Upload

_SPOKEN = (".wav", ".mp3", ".flac", ".ogg")
_GONE = frozenset({"recording_superseded", "recording_gone"})


@dataclass(frozen=True)
class Event:
    """One message on the topic of insights: the identity it is known by, and what it says."""

    identity: str
    says: InsightReady


@dataclass
class Verdict:
    """What was counted and what was found; without findings the promise was kept."""

    recordings: int = 0
    insights: int = 0
    failures: int = 0
    both_records: int = 0
    duplicate_events: int = 0
    leases_left: int = 0
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        """Everything that breaks the promise, in sentences."""
        return [*self.lost, *self.duplicates, *self.wrong, *self.leaks]


def audit_results(
    uploads: Sequence[Upload],
    results: ObjectStore,
    writes: Mapping[str, list[int]],
    events: Sequence[Event],
    *,
    expected_besides: Iterable[str] = (),
) -> Verdict:
    """Hold the results, every write that led to them and the events against what was uploaded.

    `expected_besides` are prefixes of results that belong to no upload.
    """
    verdict = Verdict(recordings=len(uploads))
    stored = {info.name: info for info in results.list()}
    told: dict[str, list[Event]] = {}
    for event in events:
        told.setdefault(event.says.object.name, []).append(event)
    known: set[str] = set()
    for upload in uploads:
        known |= _names_of(upload.ref)
        _audit_upload(upload, results, stored, told, verdict)
    for name, generations in writes.items():
        if len(generations) > 1:
            verdict.duplicates.append(f"{name} was written {len(generations)} times")
    besides = tuple(expected_besides)
    for name in stored.keys() - known:
        if not name.startswith(besides):
            verdict.wrong.append(f"{name} belongs to no upload")
    for name in told.keys() - stored.keys():
        verdict.wrong.append(f"an event points at {name}, which does not exist")
    return verdict


def find_words_in_logs(logs: Iterable[Path], words: Iterable[str]) -> Iterator[str]:
    """Sentences about log files that hold what a person wrote."""
    wanted = [*words, *FEELINGS]
    for log in logs:
        text = log.read_text(errors="replace")
        if leaked := sum(word in text for word in wanted):
            yield f"{log.name} holds {leaked} of the words that people wrote"


def find_unexpected_errors(logs: Iterable[Path]) -> Iterator[str]:
    """Sentences about errors that no line of the product has a name for."""
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            if not line.startswith("{"):
                continue
            try:
                told = json.loads(line)
            except ValueError:  # cut by kill -9
                continue
            if str(told.get("message", "")).startswith("unexpected "):
                where = (told.get("frames") or ["?"])[-1]
                yield f"{log.name}: {told['message']} at {where}"


def audit_leases(
    leases: ObjectStore, *, now_s: float, longest_s: float, outcomes: frozenset[str]
) -> tuple[int, list[str]]:
    """How many leases are left, and those that block: that outlast any lease, or whose effect has no record."""
    left, findings = 0, []
    for info in leases.list():
        left += 1
        try:
            held = decode(leases.read(info.name), LeaseDocument)
        except DocumentInvalid:  # taken over by whoever comes
            continue
        if held.expires_at_s > now_s + longest_s:
            findings.append(f"the lease {info.name} outlasts every lease")
        if info.name.rpartition("/")[2].removesuffix(".lease") not in outcomes:
            findings.append(f"the lease {info.name} is left, and nothing else is")
    return left, findings


def _names_of(ref: RecordingRef) -> set[str]:
    names = {failure_name(stage, ref) for stage in STAGES}
    if not ref.name.endswith(".pdf"):
        names |= {name(ref) for name in (transcript_name, emotions_name, summary_name, insight_name, report_name)}
    if ref.name.endswith(_SPOKEN):
        names |= {subtitles_name(ref, suffix) for suffix in ("srt", "vtt")}
    return names


def _audit_upload(
    upload: Upload,
    results: ObjectStore,
    stored: Mapping[str, ObjectInfo],
    told: Mapping[str, list[Event]],
    verdict: Verdict,
) -> None:
    ref, planned = upload.ref, upload.planned
    failures = [decode(results.read(name), Failure) for stage in STAGES if (name := failure_name(stage, ref)) in stored]
    info = None if planned.failure_code == "recording_type_unknown" else stored.get(insight_name(ref))
    verdict.insights += info is not None
    verdict.failures += bool(failures)
    who = f"{ref.name} of generation {ref.generation}"
    codes = {failure.code for failure in failures}
    if any(not failure.reason or not failure.advice for failure in failures):
        verdict.wrong.append(f"{who} failed without a reason")
    if info is not None:
        _audit_insight(upload, decode(results.read(info.name), Insight), who, verdict)
        _audit_events(ref, info, results.bucket, told.get(info.name, []), who, verdict)
    if info is None and not failures:
        verdict.lost.append(f"{who} has neither insight nor failure record")
    elif planned.failure_code is not None:
        if info is not None or codes != {planned.failure_code}:
            verdict.wrong.append(f"{who} must fail with {planned.failure_code} alone: {sorted(codes)}")
    elif upload.live:
        if failures:
            verdict.wrong.append(f"{who} is good and has a failure record: {sorted(codes)}")
    elif not codes <= _GONE:
        verdict.wrong.append(f"{who} was replaced or deleted and failed with {sorted(codes)}")
    elif info is not None and failures:
        verdict.both_records += 1


def _audit_insight(upload: Upload, insight: Insight, who: str, verdict: Verdict) -> None:
    about = {insight.recording, insight.transcript.recording}
    about |= {part.recording for part in (insight.emotions, insight.summary) if part is not None}
    if about != {upload.ref}:
        verdict.wrong.append(f"the insight of {who} mixes recordings")
    if upload.planned.text is not None and insight.transcript.text != upload.planned.text:
        verdict.wrong.append(f"the insight of {who} has another text than was uploaded")
    if insight.degraded or insight.emotions is None or insight.summary is None:
        codes = sorted(f"{part}: {status.code}" for part, status in insight.parts.items() if status.status != "ok")
        verdict.wrong.append(f"the insight of {who} lacks a part ({', '.join(codes)})")


def _audit_events(
    ref: RecordingRef, info: ObjectInfo, bucket: str, events: Sequence[Event], who: str, verdict: Verdict
) -> None:
    expected = InsightReady(
        recording=ref, object=ObjectPointer(bucket=bucket, name=info.name, generation=info.generation)
    )
    if not events:
        verdict.lost.append(f"the insight of {who} was never announced")
    if any(event != Event(event_id(expected), expected) for event in events):
        verdict.wrong.append(f"the insight of {who} was announced under another identity")
    verdict.duplicate_events += max(0, len(events) - 1)

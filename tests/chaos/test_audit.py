"""The audit finds what breaks the promise: each way of breaking it, on results that are otherwise good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from samo.domain.documents import decode, encode
from samo.domain.events import InsightReady, ObjectPointer, event_id
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import failure_name, insight_name, lease_name
from samo.domain.recording import RecordingRef
from samo.leases import LeaseDocument
from tests.chaos.audit import (
    Event,
    Verdict,
    audit_leases,
    audit_results,
    find_unexpected_errors,
    find_words_in_logs,
)
from tests.chaos.plan import FEELINGS, Planned
from tests.chaos.uploading import Upload
from tests.fakes.object_store import MemoryStore

GOLDEN = Path(__file__).parents[1] / "golden" / "documents" / "insight.json"


@dataclass
class Results:
    """One good recording with its insight and its event."""

    store: MemoryStore
    upload: Upload
    writes: dict[str, list[int]]
    events: list[Event]

    def audit(self) -> Verdict:
        """The verdict."""
        return audit_results([self.upload], self.store, self.writes, self.events)


@pytest.fixture
def results() -> Results:
    """Nothing is wrong with them."""
    insight = decode(GOLDEN.read_bytes(), Insight)
    insight = msgspec.structs.replace(insight, degraded=False, parts={})
    ref = insight.recording
    store = MemoryStore("results")
    info = store.put(insight_name(ref), encode(insight))
    pointer = ObjectPointer(bucket="results", name=info.name, generation=info.generation)
    says = InsightReady(recording=ref, object=pointer)
    planned = Planned(ref.name, b"", "sentinel", text=insight.transcript.text)
    upload = Upload(ref, planned, live=True)
    return Results(store, upload, {info.name: [info.generation]}, [Event(event_id(says), says)])


def a_failure(ref: RecordingRef, code: str) -> bytes:
    """A failure record."""
    return encode(
        Failure(stage="transcription", recording=ref, code=code, reason="r", advice="a", created_at="2026-01-01")
    )


def test_good_results_are_found_good(results: Results) -> None:
    """Otherwise whatever is found below would mean nothing."""
    verdict = results.audit()

    assert verdict.findings == []
    assert (verdict.recordings, verdict.insights, verdict.failures) == (1, 1, 0)


def test_a_result_that_vanished_is_lost(results: Results) -> None:
    """A store that loses an object, or a stage that acknowledged without one."""
    results.store.delete(insight_name(results.upload.ref), generation=1)

    assert "neither insight nor failure record" in results.audit().lost[0]


def test_an_insight_that_nobody_was_told_of_is_lost(results: Results) -> None:
    """To a consumer there is none."""
    results.events.clear()

    assert "never announced" in results.audit().lost[0]


def test_a_result_that_was_written_twice_is_a_duplicate(results: Results) -> None:
    """Also where the second one took the place of the first."""
    results.writes[insight_name(results.upload.ref)].append(99)

    assert "written 2 times" in results.audit().duplicates[0]


def test_a_second_result_of_another_name_is_noticed(results: Results) -> None:
    """Nothing lies among the results that belongs to no upload."""
    results.store.put("insights/mia/another/1.json", b"{}")

    assert results.audit().wrong == ["insights/mia/another/1.json belongs to no upload"]


def test_an_event_of_another_identity_is_noticed(results: Results) -> None:
    """A consumer that drops repeats would take it for a second insight."""
    results.events.append(Event("another", results.events[0].says))

    assert "another identity" in results.audit().wrong[0]


def test_a_changed_text_is_noticed(results: Results) -> None:
    """The insight says what was uploaded, to the letter."""
    results.upload = replace(results.upload, planned=replace(results.upload.planned, text="something else"))

    assert "another text" in results.audit().wrong[0]


def test_a_good_recording_with_a_failure_record_is_noticed(results: Results) -> None:
    """It is one or the other."""
    ref = results.upload.ref
    results.store.put(failure_name("transcription", ref), a_failure(ref, "audio_damaged"))

    assert "is good and has a failure record" in results.audit().wrong[0]


@pytest.mark.parametrize(("code", "wrong"), [("recording_superseded", 0), ("recording_gone", 0), ("text_not_utf8", 1)])
def test_what_a_replaced_generation_may_end_with(results: Results, code: str, wrong: int) -> None:
    """Both records are allowed here, for two workers may have seen different generations; the reason must fit."""
    ref = results.upload.ref
    results.upload = replace(results.upload, live=False)
    results.store.put(failure_name("transcription", ref), a_failure(ref, code))

    verdict = results.audit()

    assert (len(verdict.wrong), verdict.both_records) == (wrong, 1 - wrong)


def test_leases_that_block_are_found() -> None:
    """One that outlasts every lease, and one whose effect has no record; one that only waits to expire is none."""
    leases = MemoryStore("leases")
    for generation, expires_at_s in ((1, 104.0), (2, 4_000.0), (3, 101.0)):
        ref = RecordingRef(bucket="recordings", name="mia/day.txt", generation=generation)
        leases.put(lease_name("emotion", ref), encode(LeaseDocument(owner="o", expires_at_s=expires_at_s)))

    left, findings = audit_leases(leases, now_s=100.0, longest_s=5.0, outcomes=frozenset({"1", "2"}))

    assert left == 3
    assert [finding.split(" lease")[1].split(" ")[1] for finding in findings] == [
        "emotion/mia/day.txt/2.lease",
        "emotion/mia/day.txt/3.lease",
    ]


def test_words_and_unknown_errors_in_logs_are_found(tmp_path: Path) -> None:
    """Sentences and sentinels of entries; errors that the product has no name for."""
    log = tmp_path / "emotion.log"
    log.write_text(f'{{"message": "unexpected KeyError", "frames": ["a.py:1 f"]}}\n{{"mess\n{FEELINGS[0]} zq1xv\n')

    assert list(find_words_in_logs([log], ["zq1xv", "zq2xv"])) == ["emotion.log holds 2 of the words that people wrote"]
    assert list(find_unexpected_errors([log])) == ["emotion.log: unexpected KeyError at a.py:1 f"]

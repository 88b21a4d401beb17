"""Twenty uploads through the deployed functions, the Pub/Sub emulator and Cloud Storage, over real HTTP."""

from __future__ import annotations

import json

import pytest

from samo.domain.events import event_id
from samo.domain.names import event_failure_name, insight_name, report_name
from samo.domain.recording import RecordingRef
from samo.local.processes import wait_until
from samo.local.topology import STAGES
from tests.emulators.conftest import Run
from tests.emulators.uploads import ENTRY, SENTINELS


def test_all_is_done_within_the_budget(run: Run) -> None:
    """Twenty names, one of them twice, in less than a minute and a half."""
    assert len({ref.name for ref in run.uploads}) == 20
    assert run.elapsed_s < 80


def test_each_good_upload_has_one_insight_and_its_report(run: Run) -> None:
    """Exactly those, and each joins all its parts."""
    insights = {name for name in run.stored if name.startswith("insights/")}

    assert insights == {name for ref in run.good() for name in (insight_name(ref), report_name(ref))}
    for ref in run.good():
        insight = run.insight(ref)
        assert (insight.recording, insight.transcript.recording) == (ref, ref)
        assert {part.status for part in insight.parts.values()} == {"ok"}


def test_each_bad_upload_has_one_failure_record_with_a_reason(run: Run) -> None:
    """With the code of what is wrong with it, a reason and an advice."""
    failures = list(run.failures())

    assert {failure.recording: failure.code for failure in failures} == run.bad()
    assert len(failures) == len(run.bad())
    assert all(failure.stage == "transcription" and failure.reason and failure.advice for failure in failures)
    assert not any(name.startswith("rejected-events/") for name in run.stored)


def test_what_was_said_arrives_in_every_format(run: Run) -> None:
    """One voice in seven formats: about the same words each time."""
    spoken = [run.insight(ref).transcript for ref in run.good() if "voice" in ref.name or ref.name.endswith(".webm")]

    assert len(spoken) == 7
    assert all(transcript.source == "speech" and transcript.warnings == ("stand_in_engine",) for transcript in spoken)
    [reference] = [set(found.text.split()) for found in spoken if found.recording.name.endswith(".wav")]
    assert len(reference) >= 5
    for transcript in spoken:
        assert len(reference & set(transcript.text.split())) >= len(reference) / 2


def test_what_was_written_arrives_word_for_word(run: Run) -> None:
    """And the newest text wins where one was overwritten."""
    texts = {ref.name: run.insight(ref).transcript.text for ref in run.good()}

    assert texts["ana/written.txt"] == ENTRY
    assert SENTINELS[3] in texts["ana/overwritten.txt"]


def test_emptiness_is_labelled_and_not_filled(run: Run) -> None:
    """Silence and blank text have an insight that says so, without a word or an emotion."""
    for name, reason in (("ana/silence.wav", "no_speech"), ("ana/blank.txt", "blank_text")):
        [insight] = [run.insight(ref) for ref in run.good() if ref.name == name]
        assert insight.transcript.text == ""
        assert insight.transcript.empty_reason == reason
        assert insight.emotions is not None
        assert insight.emotions.labels == ()


def test_each_insight_is_published_under_one_identity(run: Run) -> None:
    """However often a message is delivered, a consumer that drops repeats hears of each insight once."""
    assert {event.object.name: identity for identity, event in run.events.items()} == {
        insight_name(event.recording): event_id(event) for event in run.events.values()
    }
    assert sorted(event.object.name for event in run.events.values()) == sorted(map(insight_name, run.good()))


def test_nothing_is_left_over(run: Run) -> None:
    """No dead letter, nothing on its way to become one, and no lease that somebody would have to wait for."""
    assert wait_until(lambda: not _on_the_way(run), deadline_s=20), _on_the_way(run)
    assert [letter for stage in STAGES for letter in run.stack.dead_letters(stage)] == []
    assert wait_until(lambda: not list(run.stack.store("leases").list()), deadline_s=5)


def test_no_word_of_a_user_stands_in_any_log(run: Run) -> None:
    """Neither a sentinel, nor three words in a row of any transcript, nor any word of a good length in it."""
    logs = {path.name: path.read_text(errors="replace") for path in run.stack.logs.iterdir()}
    transcripts = [run.insight(ref).transcript.text for ref in run.good()]
    phrases = {" ".join(words) for text in transcripts for words in _runs_of_three(text.split())}

    assert len(phrases) > 20
    assert set(logs) == {"pubsub-emulator.log", *(f"{stage}.log" for stage in STAGES)}
    for name, log in logs.items():
        lowered = log.lower()
        assert [word for word in SENTINELS if word in lowered] == [], name
        assert [phrase for phrase in phrases if phrase.lower() in lowered] == [], name


def test_each_effect_is_told_in_one_line(run: Run) -> None:
    """Whatever was delivered twice or held back: one line of JSON says that this recording was committed, or failed."""
    log = (run.stack.logs / "transcription.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    expected = [
        (ref.name, ref.generation, "committed" if upload.failure_code is None else "failed", upload.failure_code)
        for ref, upload in run.uploads.items()
    ]

    told = [
        (line["object"], line["generation"], line["outcome"], line.get("error"))
        for line in lines
        if line.get("outcome") in ("committed", "failed")
        and RecordingRef(bucket="recordings", name=line.get("object"), generation=line.get("generation")) in run.uploads
    ]
    assert sorted(told, key=str) == sorted(expected, key=str)
    assert "Traceback" not in log


def test_a_notification_that_comes_again_changes_nothing(run: Run) -> None:
    """Days later Cloud Storage may tell the same story: the same results, the same identities."""
    [ref] = [ref for ref in run.good() if ref.name == "ana/written.txt"]
    before = list(run.results.list())
    heard = dict(run.events)
    run.events.clear()
    resource = {"bucket": ref.bucket, "name": ref.name, "generation": str(ref.generation), "size": "1"}

    run.stack.publish("recordings", json.dumps(resource).encode(), {"eventType": "OBJECT_FINALIZE"})

    def heard_again() -> bool:
        run.listen()
        return bool(run.events)

    assert wait_until(heard_again, deadline_s=20)
    assert run.events.items() <= heard.items()
    assert list(run.results.list()) == before


@pytest.mark.parametrize("body", [b"nonsense", b'{"bucket": "elsewhere", "name": "a/b.wav", "generation": "1"}'])
def test_a_message_that_is_no_event_of_ours_is_recorded_and_not_repeated(run: Run, body: bytes) -> None:
    """Poison on the topic is acknowledged, with a record named after the message."""
    known = {info.name for info in run.results.list("rejected-events/")}

    run.stack.publish("recordings", body, {})

    def recorded() -> set[str]:
        return {info.name for info in run.results.list("rejected-events/")} - known

    assert wait_until(lambda: bool(recorded()), deadline_s=10)
    [name] = recorded()
    assert name.startswith(event_failure_name("transcription", "1").rpartition("/")[0])


def _on_the_way(run: Run) -> set[tuple[str, str]]:
    """The messages about an upload that were answered, and not yet acknowledged: their stages and objects."""
    names = {ref.name for ref in run.uploads}
    outcomes: dict[tuple[str, str, str], str] = {}
    for stage in STAGES:
        for line in (run.stack.logs / f"{stage}.log").read_text().splitlines():
            if line.startswith("{") and (told := json.loads(line)).get("object") in names:
                outcomes[stage, told["object"], told["message_id"]] = told["outcome"]
    return {(stage, name) for (stage, name, _), outcome in outcomes.items() if outcome == "retry"}


def _runs_of_three(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + 3]) for start in range(len(words) - 2)]

"""Reprocessing: each insight is swapped for a new one, nobody is told unless asked, and it may be ended anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import pytest

from samo.domain.documents import decode
from samo.domain.emotion import EmotionReading
from samo.domain.errors import TransientError
from samo.domain.names import (
    StageName,
    emotions_name,
    insight_name,
    report_name,
    summary_name,
    transcript_name,
)
from samo.domain.recording import RecordingRef
from samo.embedded import EmbeddedPipeline
from samo.operations.remaking import Remade, Remaker
from samo.operations.reprocessing import Reprocessing, RunTaken
from samo.ports import ObjectStore
from tests.fakes.engines import FirstSentenceSummarizer, HearingTranscriber, WordReader
from tests.fakes.object_store import MemoryStore
from tests.unit.operations.given_deployment import (
    AudioHeardAsNoise,
    BreaksAt,
    Crash,
    Deployment,
    GatedStore,
    GatedTopic,
    out_of_reach,
)
from tests.unit.stages.given_stages import MAX_AUDIO_BYTES, MAX_TEXT_BYTES

ALL: frozenset[StageName] = frozenset({"transcription", "emotion", "summarization"})


@contextmanager
def in_memory(bucket: str) -> Iterator[tuple[ObjectStore, ObjectStore]]:
    """Scratch buckets that cost nothing."""
    yield MemoryStore(bucket), MemoryStore("leases")


class Command:
    """`samo reprocess` on a deployment, with models of its own."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        stages: frozenset[StageName] = ALL,
        announce: bool = False,
        gate: Callable[[], None] = lambda: None,
    ) -> None:
        self._deployment = deployment
        self._stages = stages
        self._announce = announce
        self._gate = gate
        self.reader = WordReader()
        self.summarizer = FirstSentenceSummarizer()

    def run(self, prefix: str = "mia/", stopping: Callable[[], bool] = lambda: False) -> list[tuple[str, Remade]]:
        """Reprocess what is below the prefix; how each ended."""
        results = GatedStore(self._deployment.results, self._gate)
        reprocessing = Reprocessing(results, self._deployment.clock, prefix, self._stages, announce=self._announce)
        remaker = Remaker(
            results,
            GatedStore(self._deployment.recordings, self._gate),
            self._pipeline_over,
            in_memory,
            self._stages,
            GatedTopic(self._deployment.topic, self._gate) if self._announce else None,
        )
        return list(reprocessing.remake(reprocessing.waiting(), remaker, stopping))

    def _pipeline_over(self, results: ObjectStore, leases: ObjectStore) -> EmbeddedPipeline:
        return EmbeddedPipeline(
            recordings=self._deployment.recordings,
            results=results,
            leases=leases,
            transcriber=HearingTranscriber(),
            emotion_reader=self.reader,
            summarizer=self.summarizer,
            clock=self._deployment.clock,
            max_audio_bytes=MAX_AUDIO_BYTES,
            max_text_bytes=MAX_TEXT_BYTES,
            progress=lambda _: None,
        )


@pytest.fixture
def deployment() -> Deployment:
    """Empty."""
    return Deployment()


def entries(deployment: Deployment, count: int = 2) -> list[RecordingRef]:
    """Some entries that are done, an hour ago."""
    refs = [deployment.store_entry(f"mia/day {number}.txt") for number in range(count)]
    deployment.clock.advance(3600)
    return refs


def results_of(deployment: Deployment, ref: RecordingRef) -> dict[str, bytes]:
    """The five documents of an entry."""
    names = [name_of(ref) for name_of in (transcript_name, emotions_name, summary_name, insight_name, report_name)]
    return {name: deployment.results.content(name) for name in names}


def kept_of(deployment: Deployment) -> set[bytes]:
    """All that was replaced."""
    names = [name for name in deployment.results.names if name.startswith("superseded/")]
    return {deployment.results.content(name) for name in names}


def ended(outcomes: Iterable[tuple[str, Remade]]) -> list[str]:
    """Without names and reasons."""
    return [outcome.ended for _, outcome in outcomes]


def test_every_result_is_made_again_and_nobody_is_told(deployment: Deployment) -> None:
    """The replaced ones are kept; no event, and no run is left over."""
    refs = entries(deployment)
    before = {ref: results_of(deployment, ref) for ref in refs}
    told = list(deployment.told)

    outcomes = Command(deployment).run()
    deployment.settle()

    assert ended(outcomes) == ["remade", "remade"]
    for ref in refs:
        after = results_of(deployment, ref)
        assert all(after[name] != data for name, data in before[ref].items() if name != report_name(ref))
        assert set(before[ref].values()) <= kept_of(deployment)
        assert deployment.insight(ref).revision == 2
    assert deployment.told == told
    assert not any(name.startswith("reprocessing/") for name in deployment.results.names)


def test_asked_to_announce_it_tells_of_each_once_under_a_new_identity(deployment: Deployment) -> None:
    """The consumers of the first insight must not take it for a repeat."""
    refs = entries(deployment)
    first = list(deployment.announced)

    Command(deployment, announce=True).run()
    deployment.settle()

    assert deployment.announced == [*first, *((insight_name(ref), 2) for ref in refs)]
    for event in deployment.consumed[-2:]:
        info = deployment.results.stat(event.object.name)
        assert info is not None
        assert event.object.generation == info.generation


def test_a_late_repeat_of_an_old_message_tells_nothing_new(deployment: Deployment) -> None:
    """After a silent reprocessing every event that comes again has an identity that consumers know."""
    [ref] = entries(deployment, 1)
    old, announced = list(deployment.told), list(deployment.announced)
    Command(deployment).run()
    after = results_of(deployment, ref)

    deployment.topic.events.extend(old)
    deployment.settle()

    assert deployment.announced == announced
    assert results_of(deployment, ref) == after


def test_only_what_is_asked_for_is_made_again(deployment: Deployment) -> None:
    """From emotion on: transcript and summary stay as they are, byte by byte."""
    [ref] = entries(deployment, 1)
    before = results_of(deployment, ref)

    Command(deployment, stages=frozenset({"emotion"})).run()

    after = results_of(deployment, ref)
    assert after[transcript_name(ref)] == before[transcript_name(ref)]
    assert after[summary_name(ref)] == before[summary_name(ref)]
    assert decode(after[emotions_name(ref)], EmotionReading) == deployment.insight(ref).emotions


def test_what_fails_with_the_new_models_keeps_its_insight(deployment: Deployment) -> None:
    """With the reason; the others go on."""
    [ref] = entries(deployment, 1)
    before = results_of(deployment, ref)
    command = Command(deployment)
    command.reader.failure = AudioHeardAsNoise("no")

    [(name, outcome)] = command.run()

    assert (name, outcome.ended) == (insight_name(ref), "kept")
    assert "heard_as_noise" in (outcome.reason or "")
    assert results_of(deployment, ref) == before


def test_a_recording_that_is_gone_keeps_its_insight(deployment: Deployment) -> None:
    """It cannot be transcribed; its emotions can be read again."""
    [ref] = entries(deployment, 1)
    deployment.recordings.delete(ref.name, generation=ref.generation)

    [(_, from_audio)] = Command(deployment).run()
    [(_, from_text)] = Command(deployment, stages=frozenset({"emotion"})).run()

    assert (from_audio.ended, from_text.ended) == ("kept", "remade")


def test_a_degraded_insight_becomes_a_whole_one(deployment: Deployment) -> None:
    """And its failure records go."""
    deployment.reader.failure = AudioHeardAsNoise("no")
    [ref] = entries(deployment, 1)

    Command(deployment).run()

    assert not deployment.insight(ref).degraded
    assert not any(name.startswith("failures/") for name in deployment.results.names)


def test_an_entry_that_arrives_meanwhile_is_left_alone(deployment: Deployment) -> None:
    """It was made by the models of today already."""
    old, *_ = entries(deployment, 1)
    uploaded: list[RecordingRef] = []

    def arrive() -> bool:
        if not uploaded:
            uploaded.append(deployment.store_entry("mia/day 9.txt"))
        return False

    Command(deployment).run(stopping=arrive)
    [new] = uploaded
    assert (deployment.insight(old).revision, deployment.insight(new).revision) == (2, 1)

    reprocessing = Reprocessing(deployment.results, deployment.clock, "mia/", ALL, announce=False)
    assert reprocessing.waiting() == [insight_name(old), insight_name(new)]


def test_an_insight_that_changes_meanwhile_is_made_again_from_what_it_is(deployment: Deployment) -> None:
    """Nothing that somebody else has written is overwritten unseen."""
    [ref] = entries(deployment, 1)
    changed: list[bytes] = []

    def change() -> None:
        if not changed and any(name.startswith("superseded/insights/") for name in deployment.results.names):
            changed.append(deployment.results.content(insight_name(ref)))
            deployment.results.put(insight_name(ref), changed[0])

    [(_, outcome)] = Command(deployment, gate=change).run()

    assert (outcome.ended, len(changed)) == ("remade", 1)


def test_stopped_after_one_it_goes_on_with_the_next(deployment: Deployment) -> None:
    """What is done is not done again."""
    refs = entries(deployment, 3)
    asked = iter([False, True])

    first = Command(deployment).run(stopping=lambda: next(asked))
    second = Command(deployment).run()

    assert [name for name, _ in first] == [insight_name(refs[0])]
    assert [name for name, _ in second] == [insight_name(ref) for ref in refs[1:]]
    assert [deployment.insight(ref).revision for ref in refs] == [2, 2, 2]


def test_a_run_that_announces_is_not_ended_in_silence(deployment: Deployment) -> None:
    """Nor the other way round: half of the consumers' events would be missing."""
    entries(deployment, 2)
    asked = iter([False, True])
    Command(deployment, announce=True).run(stopping=lambda: next(asked))

    with pytest.raises(RunTaken, match="with --announce"):
        Command(deployment).run()


def test_two_at_once_do_not_work_against_each_other(deployment: Deployment) -> None:
    """The one that comes second is told."""
    entries(deployment, 1)
    first = Reprocessing(deployment.results, deployment.clock, "mia/", ALL, announce=False)
    deployment.clock.advance(1)
    Command(deployment).run(stopping=lambda: True)

    remaker = Remaker(deployment.results, deployment.recordings, _none, in_memory, ALL, None)
    with pytest.raises(RunTaken, match="another process"):
        list(first.remake([], remaker, lambda: False))


@pytest.mark.parametrize(("error", "announce"), [(Crash, True), (out_of_reach, False)])
def test_ended_anywhere_it_comes_to_the_same_end(error: Callable[[], BaseException], announce: bool) -> None:
    """Before and after each of its calls: at all times an insight is there, in the end the new one, told once."""
    passage = 0
    while True:
        deployment = Deployment()
        [ref] = entries(deployment, 1)
        before = results_of(deployment, ref)
        gate = BreaksAt(passage, error)

        with suppress(Crash, TransientError, RunTaken):
            Command(deployment, announce=announce, gate=gate).run()
        assert deployment.insight(ref) is not None
        broken = gate.broke
        deployment.clock.advance(60)
        if broken:
            Command(deployment, announce=announce).run()
        deployment.settle()

        insight = deployment.insight(ref)
        assert insight.revision >= 2, passage
        assert set(before.values()) <= kept_of(deployment), passage
        told = [event for event in deployment.announced if event[1] > 1]
        assert deployment.announced[:1] == [(insight_name(ref), 1)]
        if announce:
            assert (insight_name(ref), insight.revision) in told, passage
        else:
            assert told == [], passage
        assert not any(name.startswith("reprocessing/") for name in deployment.results.names), passage
        if not broken:
            break
        passage += 1
    assert passage > 20


def _none(results: ObjectStore, leases: ObjectStore) -> EmbeddedPipeline:
    raise AssertionError("nothing is to be made")

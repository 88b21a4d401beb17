"""What IAM allows a stage is what the stage does: all run here, and every request is held against the grants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from samo.adapters.in_process import InProcessBroker
from samo.boundary import Stage, deliver
from samo.domain.errors import DocumentInvalid
from samo.domain.names import StageName, failure_name, transcript_name
from samo.inference.model_store.layout import channel_name, manifest_name
from samo.inference.model_store.manifest import Task
from samo.inference.model_store.publishing import publish
from samo.leases import Leases
from samo.messages import Message
from samo.operations.status import entry_status
from samo.ports import Publisher
from samo.stages.effect import EffectRunner
from samo.stages.emotion import EmotionStage
from samo.stages.insights import InsightsStage
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.summarization import SummarizationStage
from samo.stages.transcription import TranscriptionStage
from samo.stages.transcription_job import TaskPlace
from tests.fakes.clock import FakeClock
from tests.fakes.engines import FirstSentenceSummarizer, HearingTranscriber, WordReader
from tests.fakes.jobs import RememberedJobs
from tests.fakes.object_store import MemoryStore, Request
from tests.infra.applied import Environment
from tests.unit.inference.model_store.given_models import FILES, a_manifest
from tests.unit.operations.given_deployment import AudioHeardAsNoise, Deployment
from tests.unit.operations.test_reprocessing import Command
from tests.unit.stages.given_stages import World, notification

STAGES: tuple[StageName, ...] = ("transcription", "emotion", "summarization", "insights")

BUCKETS = ("recordings", "results", "models", "leases", "artefacts")

VERBS = {
    "upload": "create",  # of a version that is new; the manifest that says so is written last
    "stat": "read",
    "read": "read",
    "chunks": "read",
    "create": "create",
    "replace": "replace",
    "delete": "replace",
}

# Who reads below a prefix sees the names of the whole bucket; a test of its own is about that.
LISTING = "list"

ROLES = {
    "roles/storage.objectCreator": {"create"},
    "roles/storage.objectUser": {"create", "read", "replace"},
    "roles/storage.objectViewer": {"read"},
}

_PREFIX = re.compile(r'resource\.name\.startsWith\("projects/_/buckets/([^/"]+)/objects/([^"]*)"\)')


class Grant(NamedTuple):
    """A stage may do these to the objects of a bucket below a prefix."""

    stage: str
    bucket: str
    verbs: frozenset[str]
    prefix: str

    def allows(self, stage: str, bucket: str, request: Request) -> bool:
        """Whether this very grant is enough for the request."""
        same = (stage, bucket) == (self.stage, self.bucket)
        return same and VERBS[request.operation] in self.verbs and request.name.startswith(self.prefix)


class Watched(NamedTuple):
    """A request, and which stage sent it where."""

    stage: str
    bucket: str
    request: Request


def who_runs(environment: Environment) -> dict[str, str]:
    """The stage, or the job, behind each IAM member."""
    stages = {environment.identity(stage): str(stage) for stage in STAGES}
    jobs = {
        environment.job_identity("transcription"): "transcription-job",
        environment.job_identity("modelling"): "modelling",
    }
    return {**stages, **jobs}


def grants_of(environment: Environment, members: Mapping[str, str] | None = None) -> Iterator[Grant]:
    """What the environment's conditions allow each stage and job, or these members; `bucket` is what it holds."""
    kinds = {environment.bucket(kind)["name"]: kind for kind in BUCKETS}
    stages = members or who_runs(environment)
    for grant in environment.of("storage_bucket_iam_member"):
        if grant["role"] not in ROLES or grant["member"] not in stages:
            continue
        expression = grant.block("condition")["expression"]
        for term in expression.split(" || "):
            match = _PREFIX.fullmatch(term)
            assert match, f"{grant} has a condition that this test cannot read: {term}"
            assert match[1] == grant["bucket"], grant
            yield Grant(stages[grant["member"]], kinds[grant["bucket"]], frozenset(ROLES[grant["role"]]), match[2])


class WatchedPipeline:
    """The four stages over stores in memory; `watched` holds every request that one of them sent.

    `transcripts_are_erased`, when set, lets their owner erase them before insights reads them.
    """

    def __init__(self) -> None:
        self.watched: list[Watched] = []
        self.reader = WordReader()
        self.summarizer = FirstSentenceSummarizer()
        self.transcripts_are_erased = False
        self._at_work: str | None = None
        self._broker = InProcessBroker()
        stores = {kind: MemoryStore(kind) for kind in ("recordings", "results", "leases")}
        for kind, store in stores.items():
            store.before = self._watch(kind)
        self._recordings = stores["recordings"]
        self._results = results = stores["results"]
        clock = FakeClock()
        transcripts, analyses, insights = (self._broker.topic() for _ in range(3))

        def runner(stage: StageName, topic: Publisher) -> EffectRunner:
            return EffectRunner(stage, results, Leases(stores["leases"], clock, duration_s=600), topic, clock)

        recordings = StoredRecordings(self._recordings, max_audio_bytes=1_000, max_text_bytes=1_000)
        spoken = SpokenEntries(recordings, results, HearingTranscriber(), clock)
        self.stages: dict[StageName, Stage] = {
            "transcription": TranscriptionStage(
                recordings, stores["leases"], spoken, runner("transcription", transcripts), clock
            ),
            "emotion": EmotionStage(results, self.reader, runner("emotion", analyses), clock),
            "summarization": SummarizationStage(
                results, self.reader, self.summarizer, runner("summarization", analyses), clock
            ),
            "insights": InsightsStage(results, runner("insights", insights), clock),
        }
        transcripts.subscribe(lambda message: self.deliver("emotion", message))
        transcripts.subscribe(lambda message: self.deliver("summarization", message))
        analyses.subscribe(lambda message: self.deliver("insights", message))

    def store(self, name: str, content: str) -> None:
        """Store a recording and carry it through all stages."""
        info = self._recordings.put(name, content.encode())
        notice = {"bucket": "recordings", "name": name, "generation": str(info.generation), "size": str(info.size)}
        self.deliver("transcription", Message(id=name.replace("/", "-"), data=json.dumps(notice).encode()))
        self._broker.drain()

    def deliver(self, stage: StageName, message: Message) -> None:
        """Hand a message to a stage."""
        if stage == "insights" and self.transcripts_are_erased:
            for info in self._results.list("transcripts/"):
                self._results.delete(info.name, generation=info.generation)
        self._at_work = stage
        deliver(self.stages[stage], message)
        self._at_work = None

    def _watch(self, kind: str) -> Callable[[Request], None]:
        def note(request: Request) -> None:
            if self._at_work is not None and request.operation != LISTING:
                self.watched.append(Watched(self._at_work, kind, request))

        return note


@pytest.fixture(scope="module")
def requests() -> list[Watched]:
    """All that the stages ask of their stores: entries that succeed, repeat and fail, and events that are rejected."""
    pipeline = WatchedPipeline()
    pipeline.store("mia/written.txt", "I am happy. I was sad.")
    pipeline.store("mia/spoken.m4a", "I am happy.")
    pipeline.store("mia/long.m4a", "I am happy.\nI was sad.")
    pipeline.store("mia/empty.txt", "")
    pipeline.store("mia/picture.png", "no recording")
    pipeline.summarizer.failure = DocumentInvalid("no summary")
    pipeline.store("mia/unsummarized.txt", "I am happy.")
    pipeline.reader.failure = DocumentInvalid("no reading")
    pipeline.store("mia/unread.txt", "I am happy.")
    pipeline.transcripts_are_erased = True
    pipeline.store("mia/erased.txt", "I am happy.")
    for stage in STAGES:
        for _ in range(2):
            pipeline.deliver(stage, Message(id="rejected", data=b"no event"))
    return pipeline.watched


def test_a_stage_may_do_all_that_it_does(environment: Environment, requests: list[Watched]) -> None:
    """A request that IAM forbids would be answered 403 and its recording retried into a dead letter."""
    grants = list(grants_of(environment))

    forbidden = {one for one in requests if not any(grant.allows(*one) for grant in grants)}

    assert not forbidden
    assert {one.stage for one in requests} == set(STAGES)


def test_a_stage_may_do_nothing_that_it_does_not_do(environment: Environment, requests: list[Watched]) -> None:
    """Every prefix that is granted is one that the stage needs."""
    needless = [
        grant
        for grant in grants_of(environment)
        if grant.stage in STAGES and grant.bucket != "models" and not any(grant.allows(*one) for one in requests)
    ]

    assert not needless


def test_a_stage_reads_the_models_of_its_task_and_no_others(environment: Environment) -> None:
    """Summarization reads the emotions itself, with the model of that task, beside its own."""
    tasks: dict[str, set[Task]] = {
        "transcription": {"transcription"},
        "emotion": {"emotion"},
        "summarization": {"emotion", "summarization"},
    }
    grants = [grant for grant in grants_of(environment) if grant.bucket == "models" and grant.stage in STAGES]

    assert {(grant.stage, grant.verbs, grant.prefix) for grant in grants} == {
        (stage, frozenset({"read"}), f"{task}/") for stage, of_stage in tasks.items() for task in of_stage
    }
    for stage, of_stage in tasks.items():
        for task in of_stage:
            read = [grant.prefix for grant in grants if grant.stage == stage]
            assert any(channel_name(task, "stable").startswith(prefix) for prefix in read)
            assert any(manifest_name(task, "1").startswith(prefix) for prefix in read)


def test_nobody_overwrites_a_recording_or_a_result(environment: Environment) -> None:
    """Results are written once; only leases and checkpoints are replaced and deleted, and the channel of a model."""
    replacing = {
        (grant.stage, grant.bucket, grant.prefix) for grant in grants_of(environment) if "replace" in grant.verbs
    }

    assert replacing == {
        ("transcription", "leases", "transcription/"),
        ("transcription-job", "leases", "transcription/"),
        ("emotion", "leases", "emotion/"),
        ("summarization", "leases", "summarization/"),
        ("insights", "leases", "insights/"),
        ("modelling", "leases", "modelling/"),
        ("modelling", "models", "emotion/channels/"),
    }


def test_the_job_may_do_to_objects_what_its_function_may(environment: Environment) -> None:
    """Neither more nor less: it is the same work in more tasks."""
    grants = list(grants_of(environment))

    function = {grant[1:] for grant in grants if grant.stage == "transcription"}
    job = {grant[1:] for grant in grants if grant.stage == "transcription-job"}

    assert function == job


def test_function_and_job_may_do_all_that_a_long_recording_needs(environment: Environment) -> None:
    """The function plans it and hands it over, two tasks hear its windows, and the last one clears up."""
    world = World(jobs=RememberedJobs())
    world.transcriber = HearingTranscriber(work_s=60.0, clock=world.clock)
    ref = world.upload("mia/day.wav", b"\n".join(b"line %d" % number for number in range(9)))
    watched: list[Watched] = []

    def watch(worker: str) -> None:
        for kind, store in (("recordings", world.recordings), ("results", world.results), ("leases", world.leases)):
            store.before = partial(note, worker, kind)

    def note(worker: str, kind: str, request: Request) -> None:
        if request.operation != LISTING:
            watched.append(Watched(worker, kind, request))

    watch("transcription")
    world.transcription().handle(notification(ref))
    watch("transcription-job")
    for index in range(2):
        place = TaskPlace(execution="first", index=index, count=2, attempt=0, max_retries=3)
        world.transcription_task().run(ref, place)
    grants = list(grants_of(environment))

    assert not {one for one in watched if not any(grant.allows(*one) for grant in grants)}
    assert transcript_name(ref) in world.results.names
    assert {one.stage for one in watched} == {"transcription", "transcription-job"}


def test_every_grant_of_retraining_is_in_this_table(environment: Environment) -> None:
    """It reads its data, adds a version, names it in a channel and keeps checkpoints; no recording, no result."""
    grants = {grant[1:] for grant in grants_of(environment) if grant.stage == "modelling"}

    assert grants == {
        ("artefacts", frozenset({"read"}), "data/"),
        ("models", frozenset({"read"}), "emotion/"),
        ("models", frozenset({"create"}), "emotion/"),
        ("models", frozenset({"create", "read", "replace"}), "emotion/channels/"),
        ("leases", frozenset({"create", "read", "replace"}), "modelling/"),
    }
    variables = environment.job_variables("modelling")
    for variable, (kind, prefix) in {
        "SAMO_DATA": ("artefacts", "data/"),
        "SAMO_CHECKPOINTS": ("leases", "modelling"),
    }.items():
        assert variables[variable].startswith(f"gs://{environment.bucket(kind)['name']}/{prefix}")


def test_retraining_may_publish_a_version_and_name_it_in_a_channel(environment: Environment, tmp_path: Path) -> None:
    """The real publication: a new version twice (the second finds the first), its channel twice."""
    store = MemoryStore("models")
    watched: list[Request] = []
    store.before = watched.append
    for version in ("1", "2"):
        manifest = a_manifest(version)
        for path, data in FILES.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        publish(store, tmp_path, manifest, channel="candidate")
    grants = [grant for grant in grants_of(environment) if grant.stage == "modelling"]

    forbidden = {one for one in watched if not any(grant.allows("modelling", "models", one) for grant in grants)}

    assert not forbidden
    assert {request.operation for request in watched} >= {"upload", "create", "replace", "stat", "read"}


def test_an_operator_may_do_all_that_the_commands_do(environments: dict[str, Environment]) -> None:
    """A retry after which an insight is replaced, a reprocessing from the recordings on, and a look at the entry."""
    deployment = Deployment()
    deployment.reader.failure = AudioHeardAsNoise("the weights are of another language")
    ref = deployment.store_entry()
    deployment.reader.failure = None
    stores = {"results": deployment.results, "leases": deployment.leases, "recordings": deployment.recordings}
    watched: list[Watched] = []

    def note(kind: str, request: Request) -> None:
        if request.operation != LISTING:
            watched.append(Watched("operator", kind, request))

    def command(run: Callable[[], object]) -> None:
        for kind, store in stores.items():
            store.before = partial(note, kind)
        run()
        for store in stores.values():
            store.before = None
        deployment.settle()
        deployment.clock.advance(3600)

    command(lambda: deployment.retrier().retry(failure_name("emotion", ref)))
    command(lambda: Command(deployment, announce=True).run())
    command(lambda: entry_status(ref.name, None, clock=deployment.clock, **stores))
    grants = list(grants_of(environments["ops"], {"group:operators@example.org": "operator"}))

    assert not {one for one in watched if not any(grant.allows(*one) for grant in grants)}


def test_who_reads_below_a_prefix_may_tell_a_missing_object_from_a_forbidden_one(environment: Environment) -> None:
    """Cloud Storage answers 404 only to those who may list the bucket, and a stage begins by asking what is there."""
    kinds = {environment.bucket(kind)["name"]: kind for kind in BUCKETS}
    stages = who_runs(environment)
    listing = {
        (stages[grant["member"]], kinds[grant["bucket"]])
        for grant in environment.of("storage_bucket_iam_member")
        if grant["role"] == "roles/storage.legacyBucketReader" and grant["member"] in stages and not grant["condition"]
    }

    assert listing == {(grant.stage, grant.bucket) for grant in grants_of(environment) if "read" in grant.verbs}

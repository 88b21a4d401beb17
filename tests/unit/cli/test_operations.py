"""The commands of operations on directories, as a shell runs them: what they print, and how they exit."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.adapters.directory import DirectoryStore
from samo.cli.deployment import settings_of, variables_of
from samo.cli.main import main
from samo.cli.stopping import stopped_by_signals
from samo.domain.documents import encode
from samo.domain.failure import Failure
from samo.domain.names import event_failure_name, failure_name, hand_over_name, insight_name
from samo.domain.recording import RecordingRef
from samo.local.folder_state import FolderNotServed, described_deployment
from samo.settings import DeadLetterSettings, ReprocessingSettings, RetrySettings, SettingsError
from samo.stages.checkpoints import HandOver

TEXT = "I was so grateful for this quiet day. Nobody else may read this."


@pytest.fixture(autouse=True)
def no_deployment_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever its user works on."""
    for name in list(os.environ):
        if name.startswith("SAMO_") or name.endswith("_EMULATOR_HOST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the buckets and topics lie."""
    return tmp_path / "deployment"


@pytest.fixture
def results(folder: Path) -> DirectoryStore:
    """The bucket of results."""
    return DirectoryStore(folder / "results")


@pytest.fixture
def failed(results: DirectoryStore) -> str:
    """The name of a failure record of transcription."""
    ref = RecordingRef(bucket="recordings", name="mia/empty.wav", generation=7)
    failure = Failure(
        stage="transcription",
        recording=ref,
        code="recording_empty",
        reason="the object holds 0 bytes",
        advice="Record again; the file that arrived holds nothing.",
        created_at="2026-11-20T09:30:00.000Z",
    )
    return results.create(failure_name("transcription", ref), encode(failure)).name


def samo(folder: Path, *arguments: str) -> Result:
    """Run a command on the deployment in the folder."""
    urls = {
        name: (folder / name.removesuffix("-topic")).as_uri()
        for name in ("results", "leases", "recordings-topic", "transcripts-topic", "analyses-topic", "recordings")
    }
    needs = {
        ("failures", "list"): ("results",),
        ("failures", "show"): ("results",),
        ("failures", "retry"): ("results", "leases", "recordings-topic", "transcripts-topic", "analyses-topic"),
    }.get(arguments[:2], ("results", "leases", "recordings") if arguments[0] == "status" else ("results", "recordings"))
    options = [part for name in needs for part in (f"--{name}", urls[name])]
    return CliRunner().invoke(main, [*arguments, *options])


def test_failures_are_listed(folder: Path, failed: str) -> None:
    """In one line each: when, which stage, what code, which record."""
    result = samo(folder, "failures", "list")

    assert result.exit_code == 0, result.output
    _, line = result.stdout.splitlines()
    assert line.split() == ["2026-11-20T09:30:00.000Z", "transcription", "recording_empty", failed]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ((), 1),
        (("--stage", "transcription"), 1),
        (("--stage", "emotion"), 0),
        (("--code", "recording_empty"), 1),
        (("--code", "text_not_utf8"), 0),
        (("--since", "2026-11-20"), 1),
        (("--since", "2026-11-20T10:30:00+01:00"), 1),
        (("--since", "2026-11-20T09:30:01Z"), 0),
    ],
)
def test_failures_are_filtered(folder: Path, failed: str, filters: tuple[str, ...], count: int) -> None:
    """By stage, code and time."""
    listed = json.loads(samo(folder, "failures", "list", *filters, "--json").stdout)

    assert [each["name"] for each in listed] == [failed] * count


def test_a_time_that_is_none_is_refused(folder: Path) -> None:
    """With examples of what is one."""
    result = samo(folder, "failures", "list", "--since", "yesterday")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "7d" in result.stderr


def test_a_failure_is_shown_with_what_to_do(folder: Path, failed: str) -> None:
    """Reason and advice, and the command that tries again."""
    result = samo(folder, "failures", "show", failed)

    assert result.exit_code == 0
    assert "the object holds 0 bytes" in result.stdout
    assert "Record again" in result.stdout
    assert f"samo failures retry {failed}" in result.stdout


def test_a_rejected_event_is_listed_and_shown_and_not_retried(folder: Path, results: DirectoryStore) -> None:
    """With the reason why not."""
    name = event_failure_name("emotion", "77")
    failure = Failure(stage="emotion", recording=None, code="event_invalid", reason="r", advice="a", created_at="2026")
    results.create(name, encode(failure))

    [listed] = json.loads(samo(folder, "failures", "list", "--json").stdout)
    shown = samo(folder, "failures", "show", name)
    retried = samo(folder, "failures", "retry", name)

    assert (listed["name"], listed["retriable"]) == (name, False)
    assert "named no recording" in shown.stdout
    assert (retried.exit_code, "named no recording" in retried.stderr) == (1, True)
    assert results.stat(name) is not None


def test_a_record_that_cannot_be_read_is_listed(folder: Path, results: DirectoryStore) -> None:
    """And does not keep the others from being seen."""
    results.create("failures/emotion/mia/day.txt/7.json", b"nonsense")

    [listed] = json.loads(samo(folder, "failures", "list", "--json").stdout)

    assert (listed["failure"], listed["retriable"]) == (None, False)


def test_a_retry_publishes_the_notification_and_takes_the_record_away(
    folder: Path, results: DirectoryStore, failed: str
) -> None:
    """The message that Cloud Storage had sent."""
    result = samo(folder, "failures", "retry", "--code", "recording_empty")

    assert (result.exit_code, result.stdout) == (0, "mia/empty.wav: transcription set off again\n"), result.stderr
    assert results.stat(failed) is None
    assert list(results.list()) == []
    [message] = (folder / "recordings").glob("*.json")
    assert json.loads(message.read_text())["name"] == "mia/empty.wav"


@pytest.mark.parametrize("arguments", [(), ("--all", "failures/x"), ("--code", "c", "failures/x")])
def test_what_to_retry_is_said_in_one_way(folder: Path, arguments: tuple[str, ...]) -> None:
    """Names, or a filter, or all."""
    assert samo(folder, "failures", "retry", *arguments).exit_code == 2


def test_everything_that_is_missing_is_told_at_once() -> None:
    """With where to read on."""
    result = CliRunner().invoke(main, ["failures", "retry", "--all"])

    assert result.exit_code == 1
    for name in ("RESULTS", "LEASES", "RECORDINGS_TOPIC", "TRANSCRIPTS_TOPIC", "ANALYSES_TOPIC"):
        assert f"SAMO_{name} is not set" in result.stderr
    assert "--deployment" in result.stderr


def test_a_deployment_is_named_as_terraform_names_it() -> None:
    """One name for buckets, topics and the dead letters' subscriptions."""
    settings = settings_of(RetrySettings, "my-project/samo-dev", {}, {})

    assert settings == RetrySettings(
        results="gs://my-project-samo-dev-results",
        leases="gs://my-project-samo-dev-leases",
        recordings_topic="projects/my-project/topics/samo-dev-recordings",
        transcripts_topic="projects/my-project/topics/samo-dev-transcripts",
        analyses_topic="projects/my-project/topics/samo-dev-analyses",
    )
    letters = settings_of(DeadLetterSettings, "my-project/samo-dev", {}, {})
    assert letters.emotion_dead_letters == "projects/my-project/subscriptions/samo-dev-emotion-dead-letters"


def test_what_is_said_last_counts() -> None:
    """Option over --deployment over environment over SAMO_DEPLOYMENT."""
    environ = {"SAMO_DEPLOYMENT": "my-project/samo-dev", "SAMO_RECORDINGS": "gs://other"}
    usual = settings_of(ReprocessingSettings, None, {}, environ)
    named = settings_of(ReprocessingSettings, "my-project/samo-prod", {}, environ)
    given = settings_of(ReprocessingSettings, "my-project/samo-prod", {"SAMO_RESULTS": "gs://mine"}, environ)

    assert (usual.results, usual.recordings) == ("gs://my-project-samo-dev-results", "gs://other")
    assert (named.results, named.recordings) == (
        "gs://my-project-samo-prod-results",
        "gs://my-project-samo-prod-recordings",
    )
    assert (given.results, given.recordings) == ("gs://mine", "gs://my-project-samo-prod-recordings")


@pytest.mark.parametrize("name", ["samo-dev", "My Project/samo", "gs://results", "my-project/samo/dev", ""])
def test_a_name_of_no_deployment_is_refused(name: str) -> None:
    """With what would be one."""
    with pytest.raises(SettingsError, match="PROJECT/NAME"):
        variables_of(name or "x")


def test_a_folder_is_a_deployment_while_it_is_served(tmp_path: Path) -> None:
    """And not a moment longer."""
    (tmp_path / ".samo").mkdir()
    with described_deployment(tmp_path, {"SAMO_RESULTS": "gs://results"}):
        assert variables_of(str(tmp_path)) == {"SAMO_RESULTS": "gs://results"}

    with pytest.raises(FolderNotServed, match="samo up"):
        variables_of(str(tmp_path))


def test_dead_letters_need_their_subscriptions() -> None:
    """All that are missing, in one error; --stage narrows it down."""
    everything = CliRunner().invoke(main, ["dead-letters", "list"])
    one = CliRunner().invoke(main, ["dead-letters", "replay", "--stage", "emotion"])

    assert everything.stderr.count("is not set") == 4
    advice = "Name a deployment with --deployment, or its parts; see docs/operations.md"
    assert (one.exit_code, one.stderr) == (1, f"Error: SAMO_EMOTION_DEAD_LETTERS is not set. {advice}\n")


def test_a_subscription_that_is_none_is_refused() -> None:
    """There are no dead letters in a folder."""
    result = CliRunner().invoke(main, ["dead-letters", "list", "--stage", "emotion", "--subscription", "file:///x"])

    assert result.exit_code == 1
    assert "is no subscription" in result.stderr


def test_status_says_that_the_job_has_a_recording(folder: Path) -> None:
    """Since when, and how far it is; nobody has planned the windows of this one yet."""
    info = DirectoryStore(folder / "recordings").create("mia/day.m4a", b"long")
    ref = RecordingRef(bucket="recordings", name=info.name, generation=info.generation)
    record = HandOver(tasks=3, launches=1, launched_at_s=4e9, progress=0, progress_at_s=4e9)
    DirectoryStore(folder / "leases").create(hand_over_name(ref), encode(record))

    shown = samo(folder, "status", "mia/day")

    assert shown.exit_code == 3
    assert "at work  handed over to the job; since 2096-10-02T07:06:40.000Z; 0 of ? windows done" in shown.stdout


def test_status_says_by_its_exit_whether_it_is_done(folder: Path, failed: str) -> None:
    """Failed is 4, on its way 3, unknown 1."""
    (folder / "recordings" / "mia").mkdir(parents=True)
    (folder / "recordings" / "mia" / "new.txt").write_text(TEXT)

    shown = samo(folder, "status", "mia/empty")
    as_json = samo(folder, "status", "mia/empty.wav", "--json")
    on_its_way = samo(folder, "status", "mia/new")
    unknown = samo(folder, "status", "mia/nothing")

    assert (shown.exit_code, on_its_way.exit_code, unknown.exit_code) == (4, 3, 1)
    assert "recording_empty: the object holds 0 bytes" in shown.stdout
    assert "Record again" in shown.stdout
    assert json.loads(as_json.stdout)["state"] == "failed"
    assert "nothing is stored about mia/nothing" in unknown.stderr


def test_an_entry_is_reprocessed_with_the_bundled_models(folder: Path, tmp_path: Path) -> None:
    """A dry run only says what it would do; no command prints a word of the entry."""
    entry = tmp_path / "day.txt"
    entry.write_text(TEXT)
    CliRunner().invoke(main, ["process", "--user", "mia", "--out", str(folder / "results"), str(entry)])
    [name] = [info.name for info in DirectoryStore(folder / "results").list("insights/") if info.name.endswith("json")]
    generation = int(Path(name).stem)
    (folder / "recordings" / "mia").mkdir(parents=True)
    recording = folder / "recordings" / "mia" / "day.txt"
    recording.write_text(TEXT)
    os.utime(recording, ns=(generation * 1000, generation * 1000))

    dry = samo(folder, "reprocess", "mia/", "--dry-run")
    before = DirectoryStore(folder / "results").read(name)
    made = samo(folder, "reprocess", "mia/")
    status = samo(folder, "status", "mia/day")

    assert (dry.exit_code, dry.stdout) == (0, f"{name}\n")
    assert (made.exit_code, made.stdout) == (0, "1 made again, 0 kept as they are\n"), made.stderr
    after = json.loads(DirectoryStore(folder / "results").read(name))
    assert (json.loads(before)["revision"], after["revision"]) == (1, 2)
    assert (status.exit_code, "revision 2" in status.stdout) == (0, True)
    for result in (dry, made, status):
        assert "grateful" not in result.output
    assert name == insight_name(RecordingRef(bucket="recordings", name="mia/day.txt", generation=generation))


def test_to_announce_a_topic_is_needed(folder: Path) -> None:
    """Told before anything is done."""
    result = samo(folder, "reprocess", "mia/", "--announce")

    assert result.exit_code == 1
    assert "SAMO_INSIGHTS_TOPIC is not set" in result.stderr


def test_the_first_signal_asks_and_the_second_ends(capsys: pytest.CaptureFixture[str]) -> None:
    """The thing in hand is finished unless somebody insists; afterwards Ctrl-C is what it was."""
    before = signal.getsignal(signal.SIGINT)
    with stopped_by_signals() as stopping:
        assert not stopping()

        signal.raise_signal(signal.SIGINT)

        assert stopping()
        assert "again to stop at once" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) == before

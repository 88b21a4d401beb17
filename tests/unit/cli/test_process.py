"""`samo process` on real entries with the bundled emotion model: what it prints, what it keeps, how it fails."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from samo.cli.main import main
from samo.cli.process import BUSY_WITH
from samo.domain.documents import decode
from samo.domain.insight import Insight
from samo.domain.quality import CLIPS
from samo.inference.speech.audio import decode as decode_audio
from samo.local.processes import wait_until
from tests.audio.clips import SHORT
from tests.audio.encode import write_wav

ROOT = Path(__file__).parents[3]

GRATEFUL = "I am so grateful for this quiet day."
ANGRY = "I was furious with them all."

SAMO = [sys.executable, "-c", "from samo.cli.main import main; main()"]


@pytest.fixture(autouse=True)
def nothing_but_the_bundled_models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine's user has fetched."""
    monkeypatch.delenv("SAMO_MODELS", raising=False)
    monkeypatch.delenv("SAMO_BUNDLED_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """A written entry."""
    file = tmp_path / "entry.txt"
    file.write_text(GRATEFUL)
    return file


def samo_process(*arguments: str | Path, charset: str = "utf-8") -> Result:
    """Run the command as a shell would."""
    return CliRunner(charset=charset).invoke(main, ["process", *map(str, arguments)])


def errors_in(stderr: str) -> list[str]:
    """The lines but for those that say what takes long, which a busy machine writes and a quick one does not."""
    busy_with = tuple(f": {words}" for words in BUSY_WITH.values())
    return [line for line in stderr.splitlines() if not line.endswith(busy_with)]


def insights_in(result: Result) -> list[Insight]:
    """What `--json` printed."""
    return [decode(json.dumps(document).encode(), Insight) for document in json.loads(result.stdout)]


def test_an_entry_is_shown_under_the_path_given(entry: Path) -> None:
    """Two entries of one name stay apart; what was felt and where follows."""
    result = samo_process(entry)

    assert (result.exit_code, errors_in(result.stderr)) == (0, [])
    heading, *_ = result.stdout.splitlines()
    assert heading == str(entry)
    assert "gratitude" in result.stdout


def test_a_long_path_stays_in_one_line(entry: Path, tmp_path: Path) -> None:
    """Whatever the width of the terminal."""
    long = tmp_path / ("a" * 90) / "entry.txt"
    long.parent.mkdir()
    entry.rename(long)

    assert samo_process(long).stdout.splitlines()[0] == str(long)


def test_json_is_an_array_of_insights_and_nothing_else(entry: Path, tmp_path: Path) -> None:
    """In the order of the arguments, on stdout alone."""
    other = tmp_path / "other.txt"
    other.write_text(ANGRY)

    result = samo_process("--json", other, entry)

    assert (result.exit_code, errors_in(result.stderr)) == (0, [])
    assert [insight.transcript.text for insight in insights_in(result)] == [ANGRY, GRATEFUL]


def test_each_failed_input_is_one_line_and_the_others_are_processed(entry: Path, tmp_path: Path) -> None:
    """With the code, the reason and what to do; exit status 1."""
    empty, picture, latin = tmp_path / "empty.txt", tmp_path / "picture.png", tmp_path / "latin.txt"
    empty.touch()
    picture.write_bytes(b"\x89PNG")
    latin.write_bytes(b"caf\xe9")

    result = samo_process("--json", empty, entry, picture, latin)

    assert result.exit_code == 1
    assert [insight.transcript.text for insight in insights_in(result)] == [GRATEFUL]
    lines = errors_in(result.stderr)
    assert [line.split(": ")[:2] for line in lines] == [
        [str(empty), "recording_empty"],
        [str(picture), "recording_type_unknown"],
        [str(latin), "text_not_utf8"],
    ]
    assert lines[1].endswith("Upload wav, mp3, m4a, mp4, aac, ogg, opus, flac, webm or txt.")
    assert lines[2].endswith("Save the text as UTF-8 and upload it again.")


def test_what_is_no_file_has_a_reason_of_its_own(tmp_path: Path) -> None:
    """A folder and a pipe do exist; a pipe is not waited for."""
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)

    result = samo_process(tmp_path / "missing.txt", tmp_path, pipe)

    assert (result.exit_code, result.stdout) == (1, "")
    assert errors_in(result.stderr) == [
        f"{tmp_path}/missing.txt: no such file",
        f"{tmp_path}: a folder; name the files in it",
        f"{pipe}: a pipe, a socket or a device; save what comes from it as a file first",
    ]


def test_a_name_with_a_line_break_is_still_one_line(tmp_path: Path) -> None:
    """Whoever counts lines counts failures."""
    result = samo_process(tmp_path / "two\nlines.txt")

    assert errors_in(result.stderr) == [f"{tmp_path}/two\\nlines.txt: no such file"]


def test_a_recording_without_weights_is_one_line(tmp_path: Path) -> None:
    """Nothing is fetched on the way; the line says which model is missing."""
    recording = tmp_path / "voice.wav"
    recording.write_bytes((ROOT / "examples" / "recording.wav").read_bytes())

    result = samo_process(recording)

    assert result.exit_code == 1
    [line] = errors_in(result.stderr)
    assert line.startswith(f"{recording}: model_unavailable: ")


def test_out_keeps_the_documents_where_the_command_says(
    entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printed paths are those of files, relative as the folder was given."""
    monkeypatch.chdir(tmp_path)

    result = samo_process("--out", "kept", entry)

    document, report = printed_places(result)
    assert document.is_relative_to("kept/insights/me/entry")
    assert decode(document.read_bytes(), Insight).transcript.text == GRATEFUL
    assert report.read_text().startswith("<!doctype html>")
    assert list(Path("kept/transcripts").rglob("*.json"))


@pytest.mark.parametrize("name", ["my%20note.txt", ".hid.txt", "back\\slash.txt"])
@pytest.mark.parametrize("user", ["me", ".."])
def test_printed_paths_are_real_for_names_that_a_directory_escapes(name: str, user: str, tmp_path: Path) -> None:
    """What the store makes of a name is what a person can open."""
    (tmp_path / name).write_text(GRATEFUL)

    result = samo_process("--user", user, "--out", tmp_path / "kept", tmp_path / name)

    assert result.exit_code == 0
    assert all(place.is_file() and place.is_relative_to(tmp_path / "kept") for place in printed_places(result))
    assert not (tmp_path / "entry").exists()


def test_two_files_of_one_name_keep_two_documents(entry: Path, tmp_path: Path) -> None:
    """They are two generations of one recording, each with its own result."""
    other = tmp_path / "elsewhere" / entry.name
    other.parent.mkdir()
    other.write_text(ANGRY)

    result = samo_process("--out", tmp_path / "kept", entry, other)

    texts = [decode(place.read_bytes(), Insight).transcript.text for place in printed_places(result)[::2]]
    assert texts == [GRATEFUL, ANGRY]


def test_a_terminal_without_block_characters_gets_digits(entry: Path) -> None:
    """And a question mark for any other character that its encoding lacks."""
    entry.write_text("I am so grateful for the café.")

    result = samo_process(entry, charset="ascii")

    assert result.exit_code == 0, result.output
    assert any(line.split()[:2] in (["1", str(step)] for step in range(5, 9)) for line in result.stdout.splitlines())
    assert "caf?" in result.stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line(entry: Path, options: list[str], unbuffered: str) -> None:
    """Whether the text fails when it is written or when it is flushed."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*SAMO, "process", *options, str(entry)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )

    assert (ended.returncode, errors_in(ended.stderr)) == (1, ["Error: No space left on device"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_has_gone_is_no_error_to_tell_of(entry: Path, options: list[str]) -> None:
    """As behind `| head`: exit status 1, and silence."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        ended = subprocess.run(
            [*SAMO, "process", *options, str(entry)], stdout=closed, stderr=subprocess.PIPE, text=True
        )

    assert (ended.returncode, errors_in(ended.stderr)) == (1, [])


def test_no_output_at_all_is_one_line(entry: Path) -> None:
    """The shell's `>&-`."""
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *SAMO, "process", str(entry)], stderr=subprocess.PIPE, text=True
    )

    assert (ended.returncode, errors_in(ended.stderr)) == (1, ["Error: standard output is closed"])


def test_a_user_without_a_home_is_told_what_to_set(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container that runs under a number that no account has."""

    def no_account(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(pwd, "getpwuid", no_account)

    result = samo_process(entry)

    assert result.exit_code == 1
    [line] = errors_in(result.stderr)
    assert line.startswith("Error: ")
    assert "XDG_CACHE_HOME" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_end_leaves_no_recording_behind(number: signal.Signals, tmp_path: Path) -> None:
    """The copy in the temporary folder goes; until then, a plain line has said what takes so long."""
    temporary, told = tmp_path / "tmp", tmp_path / "stderr"
    temporary.mkdir()
    recording = ROOT / "examples" / "recording.wav"
    with (
        told.open("w") as stderr,
        subprocess.Popen(
            [*SAMO, "process", "--speech-engine", "pocketsphinx", str(recording)],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={**os.environ, "TMPDIR": str(temporary)},
            preexec_fn=lambda: signal.signal(
                number, signal.SIG_DFL
            ),  # whoever runs the tests may ignore it, as nohup does
        ) as listening,
    ):
        busy = wait_until(lambda: told.read_text() != "", deadline_s=30)
        stored = list(temporary.rglob("recording.wav"))
        listening.send_signal(number)

    assert busy
    assert told.read_text() == f"{recording}: listening\n"
    assert stored
    assert listening.returncode == 128 + number
    assert list(temporary.iterdir()) == []


def printed_places(result: Result) -> list[Path]:
    """The documents and reports that the command named."""
    lines = [line.strip().partition("  ") for line in result.stdout.splitlines()]
    return [Path(place.strip()) for label, _, place in lines if label in ("document", "report")]


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [("--language", "klingon", "no language that Whisper knows"), ("--hotwords", "a" * 900, "at most 800")],
)
def test_a_hint_that_cannot_be_used_is_a_wrong_option(option: str, value: str, reason: str, entry: Path) -> None:
    """Nothing is processed; a person at a terminal can correct it."""
    result = samo_process(option, value, entry)

    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert value not in result.stderr.replace("klingon'", "")


def test_hints_and_advice_reach_the_reader(tmp_path: Path) -> None:
    """The stand-in knows no hints and says so; a recording that clips is told of in the terminal and in the report."""
    loud = write_wav(tmp_path / "loud.wav", np.clip(decode_audio(SHORT.path, max_duration_s=60).samples * 30, -1, 1))
    options = ("--speech-engine", "pocketsphinx", "--summary-engine", "extractive")

    result = samo_process(*options, "--language", "en", "--out", tmp_path / "out", loud)

    shown = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert CLIPS in shown
    assert "Not used: language" in shown
    [report] = (tmp_path / "out" / "insights").rglob("*.html")
    assert CLIPS in report.read_text()
    [subtitles] = (tmp_path / "out" / "transcripts").rglob("*.vtt")
    assert subtitles.read_text().startswith("WEBVTT\n")


@pytest.mark.parametrize("user", ["", "mia/diary"])
def test_a_user_that_no_recording_can_have_is_a_wrong_option(user: str, tmp_path: Path) -> None:
    """Not a fault of the file."""
    note = tmp_path / "note.txt"
    note.write_text("The exam went well.")

    result = samo_process("--user", user, note)

    assert result.exit_code == 2
    assert "a user is a name without slashes" in result.stderr

"""`samo models` on real directories: what it prints, what it leaves behind, how it fails."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.adapters.directory import DirectoryStore
from samo.cli.models import models
from samo.domain import documents
from samo.inference.model_store.catalogue import read_channel, read_manifest
from samo.inference.model_store.manifest import Channel
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.whisper_sizes import WHISPER_SIZES
from samo.wiring.model_stores import cached_models_folder
from tests.unit.inference.model_store.given_models import FILES, a_manifest

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundled store with emotion/v1 in its stable channel, and beside it an empty cache."""
    monkeypatch.setenv("SAMO_BUNDLED_MODELS", str(tmp_path / "bundled"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMO_MODELS", raising=False)
    lay_out(tmp_path / "bundled", "v1")
    serve(tmp_path / "bundled", {"v1": 1.0})
    return tmp_path / "bundled"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the user's cache will be."""
    return tmp_path / "cache" / "samo" / "models"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with weights, as a person downloads it."""
    folder = tmp_path / "faster-whisper-base"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"weights")
    (folder / "tokenizer.json").write_bytes(b"{}")
    (folder / ".gitattributes").write_bytes(b"bookkeeping")
    return folder


def lay_out(root: Path, version: str, files: Mapping[str, bytes] = FILES) -> None:
    """A version of emotion in a folder."""
    manifest = a_manifest(version, files=files)
    for path, data in {**files, "manifest.json": documents.encode(manifest)}.items():
        target = root / "emotion" / version / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def serve(root: Path, versions: dict[str, float], channel: str = "stable") -> None:
    """A channel of emotion in a folder."""
    path = root / "emotion" / "channels" / f"{channel}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(documents.encode(Channel(versions=versions)))


def samo_models(*arguments: str | Path) -> Result:
    """Run the command as a shell would."""
    return CliRunner().invoke(models, [str(argument) for argument in arguments])


def served(root: Path, channel: str = "stable") -> dict[str, float] | None:
    """What a folder's channel of emotion serves."""
    found = read_channel(DirectoryStore(root), "emotion", channel)
    return None if found is None else found.versions


# list


def test_list_shows_each_version_with_size_share_and_source(bundled: Path) -> None:
    """One line for each version; shares, not weights, for that is what happens to entries."""
    lay_out(bundled, "v2")
    serve(bundled, {"v1": 3.0, "v2": 1.0})

    result = samo_models("list")

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["task", "version", "engine", "size", "licence", "channels", "source"],
        ["emotion", "v1", "onnx", "358", "B", "Apache-2.0", "stable", "75", "%", "bundled"],
        ["emotion", "v2", "onnx", "358", "B", "Apache-2.0", "stable", "25", "%", "bundled"],
    ]


def test_list_as_json() -> None:
    """For programs: sizes in bytes and shares in [0, 1]."""
    result = samo_models("list", "--json")

    assert json.loads(result.stdout) == [
        {
            "task": "emotion",
            "version": "v1",
            "engine": "onnx",
            "size": 358,
            "licence": "Apache-2.0",
            "source": "bundled",
            "channels": {"stable": 1.0},
        }
    ]


def test_list_looks_into_the_stores_given(tmp_path: Path) -> None:
    """With --store it is those and no others, named as they were given."""
    lay_out(tmp_path / "one", "v7")
    lay_out(tmp_path / "two", "v8")

    result = samo_models("list", "--json", "--store", f"file://{tmp_path}/one", "--store", tmp_path / "two")

    assert [(row["version"], row["source"], row["channels"]) for row in json.loads(result.stdout)] == [
        ("v7", f"file://{tmp_path}/one", {}),
        ("v8", str(tmp_path / "two"), {}),
    ]


def test_list_looks_where_processing_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SAMO_MODELS names the store of a deployed function; here it stands in for the bundled one."""
    lay_out(tmp_path / "elsewhere", "v5")
    monkeypatch.setenv("SAMO_MODELS", f"file://{tmp_path}/elsewhere")

    result = samo_models("list", "--json")

    assert [(row["version"], row["source"]) for row in json.loads(result.stdout)] == [
        ("v5", str(tmp_path / "elsewhere"))
    ]


def test_list_goes_on_after_a_manifest_that_cannot_be_read(bundled: Path) -> None:
    """The good version is listed, the bad one has a line on stderr, and the exit status tells."""
    lay_out(bundled, "v2")
    (bundled / "emotion" / "v2" / "manifest.json").write_text('{"task": "emotion"}')

    result = samo_models("list", "--json")

    assert result.exit_code == 1
    assert [row["version"] for row in json.loads(result.stdout)] == ["v1"]
    [line] = result.stderr.splitlines()
    assert line.startswith(f"emotion/v2/manifest.json in {bundled} cannot be used: not a Manifest")


def test_list_says_when_there_is_nothing(tmp_path: Path) -> None:
    """An empty store, or a mistyped path, is not mistaken for a table."""
    result = samo_models("list", "--store", tmp_path / "nowhere")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"no models in {tmp_path / 'nowhere'}\n"


def test_a_file_is_no_store(tmp_path: Path) -> None:
    """It is named, not what would have been written below it."""
    note = tmp_path / "note.txt"
    note.touch()

    for arguments in (("list", "--store", note), ("verify", "--store", note), ("publish", "emotion/v1", "--to", note)):
        result = samo_models(*arguments)

        assert result.exit_code == 1
        assert result.stderr == f"Error: {note} is a file; a store is gs://bucket or a folder\n"


# verify


def test_verify_of_nothing_is_no_good_news(tmp_path: Path) -> None:
    """A mistyped store must not count as verified."""
    result = samo_models("verify", "--store", tmp_path / "nowhere")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: no models in {tmp_path / 'nowhere'}\n"


def test_verify_reports_whole_versions() -> None:
    """Good news on stdout, one line a version."""
    result = samo_models("verify")

    assert result.exit_code == 0
    assert result.stdout == "emotion/v1 in bundled: 2 files, 358 B, all verified\n"


def test_verify_names_every_bad_file(bundled: Path) -> None:
    """Two damaged files and a missing one: three lines on stderr, exit status 1."""
    lay_out(bundled, "v2")
    (bundled / "emotion" / "v1" / "model.onnx").write_bytes(b"damaged")
    (bundled / "emotion" / "v2" / "model.onnx").unlink()
    (bundled / "emotion" / "v2" / "tokenizer" / "vocab.txt").write_bytes(b"one\nTWO\n")

    result = samo_models("verify")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(" in ")[0] for line in result.stderr.splitlines()] == [
        "the model file emotion/v1/model.onnx",
        "the model file emotion/v2/model.onnx is missing",
        "the model file emotion/v2/tokenizer/vocab.txt",
    ]


def test_verify_finds_a_channel_that_names_a_version_which_is_not_there(bundled: Path) -> None:
    """What would fail at the next cold start is found before."""
    serve(bundled, {"v1": 1.0, "v9": 1.0})

    result = samo_models("verify")

    assert result.exit_code == 1
    assert result.stderr == "emotion/channels/stable.json in bundled names v9, which is not published\n"


# publish


def test_publish_copies_a_bundled_version_and_serves_it(tmp_path: Path) -> None:
    """From the bundled store to another one, verified, in the stable channel."""
    target = tmp_path / "bucket"

    result = samo_models("publish", "emotion/v1", "--to", target)

    assert result.exit_code == 0, result.output
    assert result.stdout == f"published emotion/v1 in {target}\nemotion channel stable: v1 100 %\n"
    with ModelStore([DirectoryStore(target)]).files(a_manifest("v1")) as files:
        assert (files / "model.onnx").read_bytes() == FILES["model.onnx"]


def test_publish_with_a_weight_starts_a_canary(bundled: Path, tmp_path: Path) -> None:
    """The version comes beside those that are served; without a weight it later serves alone."""
    target = tmp_path / "bucket"
    lay_out(bundled, "v2")
    samo_models("publish", "emotion/v1", "--to", target)

    canary = samo_models("publish", "emotion/v2", "--to", target, "--weight", "0.25")
    during = served(target)
    promotion = samo_models("publish", "emotion/v2", "--to", target)

    assert canary.stdout.endswith("emotion channel stable: v1 80 %, v2 20 %\n")
    assert during == {"v1": 1.0, "v2": 0.25}
    assert promotion.stdout.endswith("emotion channel stable: v2 100 %\n")


@pytest.mark.parametrize("weight", [["--weight", "0"], ["--weight", "-1"], ["--weight", "0.5", "--no-channel"]])
def test_a_weight_of_no_use_is_refused_before_anything_is_published(weight: list[str], tmp_path: Path) -> None:
    """It could serve nothing, or no channel."""
    result = samo_models("publish", "emotion/v1", "--to", tmp_path / "target", *weight)

    assert result.exit_code == 2
    assert not (tmp_path / "target").exists()


def test_publish_without_channel_changes_no_channel(bundled: Path, tmp_path: Path) -> None:
    """A version can wait for its canary."""
    target = tmp_path / "bucket"
    lay_out(bundled, "v2")
    samo_models("publish", "emotion/v1", "--to", target)

    samo_models("publish", "emotion/v2", "--to", target, "--no-channel")

    assert served(target) == {"v1": 1.0}
    assert read_manifest(DirectoryStore(target), "emotion", "v2") is not None


def test_publish_of_a_version_that_only_the_target_has_moves_the_channel(tmp_path: Path) -> None:
    """Rolling back needs no copy of the old version here."""
    target = tmp_path / "bucket"
    lay_out(target, "v0")
    serve(target, {"v1": 1.0})

    result = samo_models("publish", "emotion/v0", "--to", target)

    assert result.exit_code == 0, result.output
    assert served(target) == {"v0": 1.0}


def test_publish_from_a_folder_fills_the_users_cache(weights: Path, cache: Path) -> None:
    """A person who brings Whisper weights needs to know no store; hidden files stay out."""
    result = samo_models(
        "publish", "--task", "transcription", "--version", "base", "--from", weights, "--licence", "MIT",
        "--base", "Systran/faster-whisper-base",
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    assert result.stdout == "published transcription/base in the cache\ntranscription channel stable: base 100 %\n"
    manifest = ModelStore([DirectoryStore(cache)]).choose("transcription", "user/a.m4a")
    assert manifest.engine == "ctranslate2"
    assert manifest.licence == "MIT"
    assert manifest.provenance.base == "Systran/faster-whisper-base"
    assert [file.path for file in manifest.files] == ["model.bin", "tokenizer.json"]


def test_publish_refuses_other_files_under_a_name_that_is_taken(weights: Path) -> None:
    """One line on stderr, exit status 1, no traceback."""
    arguments = ("publish", "--task", "transcription", "--version", "base", "--from", weights, "--licence", "MIT")
    samo_models(*arguments)
    (weights / "model.bin").write_bytes(b"other weights")

    result = samo_models(*arguments)

    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {cached_models_folder()} holds another transcription/base already; choose a new version name\n"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["publish"], "name TASK/VERSION and --to STORE"),
        (["publish", "emotion/v1"], "name TASK/VERSION and --to STORE"),
        (["publish", "astrology/v1", "--to", "x"], "'astrology/v1' is not TASK/VERSION"),
        (["publish", "emotion", "--to", "x"], "'emotion' is not TASK/VERSION"),
        (["publish", "--from", ".", "--task", "transcription"], "--from needs --task, --version and --licence"),
        (["publish", "--from", ".", "--task", "emotion"], "'emotion' is not one of 'transcription', 'summarization'"),
        (["publish", "--from", "./not-there"], "does not exist"),
        (["fetch", "emotion"], "'emotion' is not 'transcription'"),
    ],
)
def test_a_command_that_cannot_be_meant_is_a_usage_error(arguments: list[str], complaint: str) -> None:
    """Exit status 2 and what is missing, before anything is written."""
    result = samo_models(*arguments)

    assert result.exit_code == 2
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["publish", "emotion/v9", "--to", "{tmp}/b"], "no emotion/v9 here: see `samo models list`"),
        (["publish", "emotion/../v1", "--to", "{tmp}/b"], "'../v1' cannot name a model version"),
        (["publish", "emotion/v1", "--to", "{tmp}/b", "--weight", "nan"], "the weight of 'v1' is nan"),
        (["publish", "emotion/v1", "--to", "s3://b"], "s3:// is no kind of store"),
        (["list", "--store", "s3://b"], "s3:// is no kind of store"),
    ],
)
def test_a_named_error_is_one_line_and_exit_status_1(arguments: list[str], complaint: str, tmp_path: Path) -> None:
    """What happened, to which object, on stderr; never a traceback."""
    result = samo_models(*(argument.format(tmp=tmp_path) for argument in arguments))

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1


# fetch


def test_fetch_of_weights_that_are_here_needs_no_hub(weights: Path, cache: Path) -> None:
    """A second fetch finds the version whole, says so, and lets the channel serve it again."""
    version = f"whisper-base-{WHISPER_SIZES['base'].revision[:7]}"
    arguments = ("--task", "transcription", "--from", weights, "--licence", "MIT")
    samo_models("publish", *arguments, "--version", version, "--no-channel")

    result = samo_models("fetch", "transcription")

    assert result.exit_code == 0, result.output
    assert result.stdout == (
        f"transcription/{version} is in the cache\ntranscription channel stable: {version} 100 %\n"
    )
    assert ModelStore([DirectoryStore(cache)]).choose("transcription", "user/a.m4a").version == version


@pytest.mark.parametrize("options", [[], ["--try"]])
def test_fetch_without_a_hub_has_an_exit_status_of_its_own(options: list[str]) -> None:
    """69, so that a script can do without; with --try nothing is said, otherwise what else can be done."""
    command = [sys.executable, "-c", "from samo.cli.main import main; main()"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    environment = {**os.environ, "HF_ENDPOINT": nobody}

    ended = subprocess.run(
        [*command, "models", "fetch", *options, "transcription"], env=environment, capture_output=True, text=True
    )

    assert (ended.returncode, ended.stdout) == (69, "")
    if options:
        assert ended.stderr == ""
    else:
        [line] = ended.stderr.splitlines()
        assert "samo models publish --from FOLDER" in line


def test_the_exit_status_is_documented() -> None:
    """Where a script's author looks."""
    assert "Exit status 69" in samo_models("fetch", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "absent", "extra"),
    [
        (["fetch", "transcription"], "tqdm", "transcription"),
        (["build", "emotion", "--data", str(HERE), "--config", __file__], "torch", "modelling"),
    ],
)
def test_a_command_whose_extra_is_not_installed_says_which(
    arguments: list[str], absent: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing and what to install, in one line."""
    for module in list(sys.modules):
        if module.startswith(("samo.modelling", "samo.inference.speech.whisper_weights", f"{absent}.")):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, absent, None)

    result = samo_models(*arguments)

    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.endswith(f"needs {absent}: install the extra with `pip install 'samo[{extra}]'`")

"""What `samo up` says and refuses before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from samo.cli.main import main
from samo.cli.up_models import models_for_up
from samo.domain import documents
from samo.inference.model_store.manifest import Channel
from samo.local.folder_state import owned_folder
from tests.unit.inference.model_store.given_models import a_manifest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty bundled store, and the place of the user's cache."""
    monkeypatch.delenv("SAMO_MODELS", raising=False)
    monkeypatch.setenv("SAMO_BUNDLED_MODELS", str(tmp_path / "bundled"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "samo" / "models"


def publish_speech(root: Path) -> None:
    """A speech model in the stable channel of a folder."""
    files = {
        "channels/stable.json": documents.encode(Channel(versions={"base": 1.0})),
        "base/manifest.json": documents.encode(a_manifest("base", task="transcription")),
    }
    for name, data in files.items():
        path = root / "transcription" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)


def test_missing_weights_are_told_with_what_to_do(tmp_path: Path, cache: Path) -> None:
    """Written entries are served all the same; what is fetched meanwhile is found."""
    models = models_for_up("whisper")

    assert (models.all, models.transcription) == ((tmp_path / "bundled").as_uri(), cache.as_uri())
    [_, missing] = models.lines
    assert "samo models fetch transcription" in missing
    assert "--speech-engine pocketsphinx" in missing
    assert str(cache) in missing


def test_weights_in_the_cache_are_used(tmp_path: Path, cache: Path) -> None:
    """And both stores are named."""
    publish_speech(cache)

    models = models_for_up("whisper")

    assert models.transcription == cache.as_uri()
    assert models.lines == (f"models: {(tmp_path / 'bundled').as_uri()}; speech: {cache.as_uri()}",)


@pytest.mark.parametrize("speech_engine", ["whisper", "pocketsphinx"])
def test_a_summarization_model_in_the_cache_is_found(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, speech_engine: str
) -> None:
    """Where `samo models build summarization` puts it; the emotion model still comes from the first store."""
    monkeypatch.setenv("SAMO_MODELS", (tmp_path / "named").as_uri())

    models = models_for_up(speech_engine)

    assert (models.all, models.summarization) == ((tmp_path / "named").as_uri(), cache.as_uri())


def test_the_store_that_is_named_serves_all_functions(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Speech as well, where it has such a model."""
    named = (tmp_path / "named").as_uri()
    monkeypatch.setenv("SAMO_MODELS", named)
    publish_speech(cache)
    publish_speech(tmp_path / "named")

    models = models_for_up("whisper")

    assert (models.all, models.transcription) == (named, named)
    assert models.lines == (f"models: {named}; speech: {named}",)


def test_the_stand_in_needs_no_weights() -> None:
    """It is named as what it is."""
    [line] = models_for_up("pocketsphinx").lines

    assert line.endswith("speech: pocketsphinx, a stand-in")


def test_a_bucket_of_models_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions would look for it in the local Cloud Storage server, where it is not."""
    monkeypatch.setenv("SAMO_MODELS", "gs://models-of-the-team")

    result = CliRunner().invoke(main, ["up", str(tmp_path / "journal")])

    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.startswith("Error: SAMO_MODELS is gs://models-of-the-team")


def test_a_folder_that_is_served_already_is_refused(tmp_path: Path) -> None:
    """Before a second stack is started."""
    with owned_folder(tmp_path / "journal"):
        result = CliRunner().invoke(main, ["up", "--speech-engine", "pocketsphinx", str(tmp_path / "journal")])

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: another `samo up` serves")
    assert not (tmp_path / "journal" / "logs").exists()

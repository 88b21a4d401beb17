"""Loading Whisper: a folder that is not whole, or not of one model, is refused before it says a word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from samo.domain.errors import ModelCorrupt, ModelUnavailable
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.whisper_model import load_whisper
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import store_with, whisper_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A faster-whisper folder with random weights, to be spoilt."""
    return random_whisper(tmp_path / "whisper")


def load(folder: Path) -> None:
    """Load the folder as a published version."""
    load_whisper(folder, whisper_manifest(folder, version="whisper-random-1"), threads=1)


def test_a_whole_folder_loads(folder: Path) -> None:
    """The folder that the other tests spoil is a good one."""
    load(folder)


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    """faster-whisper would ask the hub for a missing tokenizer; here the error says what is missing."""
    (folder / name).unlink()

    with pytest.raises(ModelCorrupt, match="vocabulary" if name == "vocabulary.json" else name):
        load(folder)


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
def test_truncated_weights_are_refused(kept: float, folder: Path) -> None:
    """A model.bin that was cut short is no model."""
    weights = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(weights[: int(len(weights) * kept)])

    with pytest.raises(ModelCorrupt, match="whisper-random-1"):
        load(folder)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "vocabulary.json", "config.json"])
def test_rubbish_is_refused(name: str, folder: Path) -> None:
    """A file of the right name with the wrong content."""
    (folder / name).write_text("not what it was")

    with pytest.raises(ModelCorrupt, match="whisper-random-1"):
        load(folder)


def test_the_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    """One more word before the controls, and every time would be read as another one."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    for token in tokenizer["added_tokens"]:
        token["id"] += 1
    tokenizer["model"]["vocab"]["Ġmore"] = len(tokenizer["model"]["vocab"])
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))

    with pytest.raises(ModelCorrupt, match="tokenizer"):
        load(folder)


def test_filters_of_another_model_are_refused(folder: Path) -> None:
    """large-v3 hears in 128 bands, the others in 80; a preprocessor_config.json of the wrong one is noticed."""
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 128}))

    with pytest.raises(ModelCorrupt, match="128"):
        load(folder)


def test_a_vocabulary_as_text_is_read(folder: Path) -> None:
    """Older conversions list the vocabulary line by line."""
    tokens = json.loads((folder / "vocabulary.json").read_text())
    (folder / "vocabulary.txt").write_text("\n".join(tokens), "utf-8")
    (folder / "vocabulary.json").unlink()

    load(folder)


def test_a_file_that_differs_from_its_manifest_is_never_loaded(folder: Path) -> None:
    """One flipped byte in the store: refused, nothing kept, and loaded once the store is repaired."""
    store = store_with({"whisper-random-1": folder})
    name = "transcription/whisper-random-1/model.bin"
    good = store.read(name)
    models = LazyModels(
        ModelStore([store]), "transcription", lambda path, manifest: load_whisper(path, manifest, threads=1)
    )
    store.put(name, good[:-1] + bytes([good[-1] ^ 1]))

    with pytest.raises(ModelUnavailable):
        models.get("ada/monday.m4a")

    store.put(name, good)
    assert models.get("ada/monday.m4a").manifest.version == "whisper-random-1"


def test_the_files_are_not_needed_once_the_model_is_loaded(folder: Path) -> None:
    """On Cloud Run the disk is memory, so files are deleted after the load."""
    model = load_whisper(folder, whisper_manifest(folder, version="whisper-random-1"), threads=1)

    shutil.rmtree(folder)

    assert model.supported_languages == ["en"]

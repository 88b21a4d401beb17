"""The whole build on a small random BERT and made-up rows: what it publishes, what it refuses to publish."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from samo.adapters.directory import DirectoryStore
from samo.domain.errors import ModelUnavailable, ModelVersionTaken
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import load_emotion_classifier
from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.store import ModelStore
from samo.modelling.build import build_emotion
from samo.modelling.config import EmotionBuildConfig, GateConfig, TrainingConfig
from samo.modelling.dataset import DatasetInvalid
from samo.modelling.gate import GateFailed
from samo.modelling.training import CHECKPOINT_FILE, CheckpointForeign

BASE_PACKAGE = "tiny_base"
PROVENANCE = Provenance(base="random weights", data="made-up rows", command="pytest")
OPEN_GATE = GateConfig(max_macro_f1_loss=1.0, max_label_f1_loss=1.0)
SHUT_GATE = GateConfig(max_size=1)


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with an untrained encoder whose vocabulary is the names of the labels."""
    words = {word: number for number, word in enumerate(("[PAD]", "[UNK]", *LABELS))}
    model = tmp_path / "packages" / BASE_PACKAGE / "model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").touch()
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(model / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(model)
    monkeypatch.syspath_prepend(model.parents[1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Rows that name their own emotion."""
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "labels.txt").write_text("\n".join(LABELS), encoding="utf-8")
    for split, repetitions in (("train", 20), ("dev", 4)):
        rows = [f"so much {name} today\t{number}\tid\n" for number, name in enumerate(LABELS)] * repetitions
        (directory / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")
    return directory


def config_of(gate: GateConfig, *, epochs: int = 12) -> EmotionBuildConfig:
    """A build that learns its rows by heart within seconds."""
    training = TrainingConfig(epochs=epochs, learning_rate=5e-3, patience=epochs)
    return EmotionBuildConfig(
        version="tiny-1", licence="MIT", provenance=PROVENANCE, base=BASE_PACKAGE, training=training, gate=gate
    )


def test_a_build_publishes_a_version_that_the_runtime_reads(tmp_path: Path, data: Path) -> None:
    """From rows to probabilities, through the same store and classifier as in production."""
    build_emotion(data, config_of(OPEN_GATE), tmp_path / "store", tmp_path / "work")

    models = ModelStore([DirectoryStore(tmp_path / "store")])
    manifest = models.choose("emotion", key="somebody/an-entry")
    with models.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=1)
    (probabilities,) = classifier.probabilities(["so much gratitude today"])
    assert manifest.version == "tiny-1"
    assert LABELS[int(probabilities.argmax())] == "gratitude"
    assert manifest.metrics["dev_macro_f1"].value > 0.9
    assert {file.path for file in manifest.files} == {"README.md", "model.onnx", "tokenizer.json"}


def test_a_failed_gate_publishes_nothing_and_the_next_build_goes_on_from_the_trained_weights(
    tmp_path: Path, data: Path
) -> None:
    """Who repairs what the gate complained about does not train again."""
    with pytest.raises(GateFailed):
        build_emotion(data, config_of(SHUT_GATE), tmp_path / "store", tmp_path / "work")
    with pytest.raises(ModelUnavailable):
        ModelStore([DirectoryStore(tmp_path / "store")]).choose("emotion", key="somebody/an-entry")
    trained = (tmp_path / "work" / CHECKPOINT_FILE).stat().st_mtime_ns

    manifest = build_emotion(data, config_of(OPEN_GATE), tmp_path / "store", tmp_path / "work")

    assert isinstance(manifest, Manifest)
    assert (tmp_path / "work" / CHECKPOINT_FILE).stat().st_mtime_ns == trained


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path: Path, data: Path) -> None:
    """Weights trained half one way and half another way would be nobody's."""
    build_emotion(data, config_of(OPEN_GATE, epochs=1), tmp_path / "store", tmp_path / "work")

    with pytest.raises(CheckpointForeign):
        build_emotion(data, config_of(OPEN_GATE, epochs=2), tmp_path / "other-store", tmp_path / "work")


def test_a_version_that_is_published_is_not_built_again(tmp_path: Path, data: Path) -> None:
    """Said before the training, which takes long."""
    build_emotion(data, config_of(OPEN_GATE, epochs=1), tmp_path / "store", tmp_path / "work")

    with pytest.raises(ModelVersionTaken, match="tiny-1"):
        build_emotion(data, config_of(OPEN_GATE, epochs=1), tmp_path / "store", tmp_path / "other-work")

    assert not (tmp_path / "other-work").exists()


def test_a_bad_row_stops_the_build_before_it_trains(tmp_path: Path, data: Path) -> None:
    """Nothing is learnt from the rows that happened to be readable."""
    with (data / "train.tsv").open("a", encoding="utf-8") as file:
        file.write("a row without labels\n")

    with pytest.raises(DatasetInvalid, match=r"^train\.tsv, line 561: "):
        build_emotion(data, config_of(OPEN_GATE), tmp_path / "store", tmp_path / "work")

    assert not (tmp_path / "work").exists()


def test_dev_mode_leaves_the_version_and_its_channel_alone(tmp_path: Path, data: Path) -> None:
    """A trial build must not reach anybody."""
    config = msgspec.structs.replace(config_of(OPEN_GATE), dev_mode=True)

    manifest = build_emotion(data, config, tmp_path / "store", tmp_path / "work")

    store = DirectoryStore(tmp_path / "store")
    assert manifest.version == "tiny-1-dev"
    assert store.stat("emotion/channels/dev.json") is not None
    assert store.stat("emotion/channels/stable.json") is None

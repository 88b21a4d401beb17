"""The whole build on a small random BERT and made-up rows: what it publishes, what it refuses to publish."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain.errors import ModelUnavailable, ModelVersionTaken
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import load_emotion_classifier
from samo.inference.model_store.manifest import Manifest
from samo.inference.model_store.store import ModelStore
from samo.modelling.emotion.build import build_emotion
from samo.modelling.emotion.checkpoints import CHECKPOINT_FILE
from samo.modelling.emotion.config import CalibrationConfig, CalibrationMethod, DistillationConfig
from samo.modelling.emotion.dataset import read_corpus, targets
from samo.modelling.emotion.evaluation import evaluate
from samo.modelling.emotion.training import CheckpointForeign
from samo.modelling.errors import DatasetInvalid, GateFailed
from tests.parity.given_builds import OPEN_GATE, SHUT_GATE, config_of, install_base, write_data


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with an untrained encoder."""
    install_base(tmp_path, monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Rows that name their own emotion."""
    return write_data(tmp_path / "data")


def test_a_build_publishes_a_version_that_the_runtime_reads(tmp_path: Path, data: Path) -> None:
    """From rows to probabilities, through the same store and classifier as in production."""
    build_emotion(data, config_of(OPEN_GATE), DirectoryStore(tmp_path / "store"), tmp_path / "work")

    models = ModelStore([DirectoryStore(tmp_path / "store")])
    manifest = models.choose("emotion", key="somebody/an-entry")
    with models.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=1)
    (probabilities,) = classifier.probabilities(["so much gratitude today"])
    assert manifest.version == "tiny-1"
    assert LABELS[int(probabilities.argmax())] == "gratitude"
    assert manifest.metrics["dev_macro_f1"].value > 0.9
    assert {file.path for file in manifest.files} == {"README.md", "model.onnx", "tokenizer.json"}


@pytest.mark.parametrize("method", ["temperature", "vector"])
def test_the_published_model_gives_the_probabilities_that_were_judged(
    tmp_path: Path, data: Path, method: CalibrationMethod
) -> None:
    """Scales and shifts are part of the graph: what is evaluated afterwards is what the build measured."""
    config = config_of(OPEN_GATE)
    calibration = CalibrationConfig(method=method)
    config = msgspec.structs.replace(config, calibration=calibration)

    manifest = build_emotion(data, config, DirectoryStore(tmp_path / "store"), tmp_path / "work")

    models = ModelStore([DirectoryStore(tmp_path / "store")])
    with models.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=1)
    rows = read_corpus(data).dev
    probabilities = classifier.probabilities([row.text for row in rows])
    judged = evaluate(probabilities, targets(rows, len(LABELS)), manifest.thresholds or {}, manifest.version)
    assert judged.ece == pytest.approx(manifest.metrics["dev_ece"].value, abs=1e-3)
    assert judged.macro_f1.value == pytest.approx(manifest.metrics["dev_macro_f1"].value, abs=1e-3)


def test_a_student_learns_from_teachers_that_are_not_trained_twice(tmp_path: Path, data: Path) -> None:
    """Two seeds teach one model; a build that failed its gate finds both again."""
    distillation = DistillationConfig(seeds=(2, 3))
    shut, opened = (
        msgspec.structs.replace(config_of(gate), distillation=distillation) for gate in (SHUT_GATE, OPEN_GATE)
    )
    with pytest.raises(GateFailed):
        build_emotion(data, shut, DirectoryStore(tmp_path / "store"), tmp_path / "work")
    teachers = [tmp_path / "work" / f"teacher-{seed}" / CHECKPOINT_FILE for seed in (2, 3)]
    trained = [teacher.stat().st_mtime_ns for teacher in teachers]

    manifest = build_emotion(data, opened, DirectoryStore(tmp_path / "store"), tmp_path / "work")

    assert manifest.metrics["dev_macro_f1"].value > 0.9
    assert [teacher.stat().st_mtime_ns for teacher in teachers] == trained


def test_a_failed_gate_publishes_nothing_and_the_next_build_goes_on_from_the_trained_weights(
    tmp_path: Path, data: Path
) -> None:
    """Who repairs what the gate complained about does not train again."""
    with pytest.raises(GateFailed):
        build_emotion(data, config_of(SHUT_GATE), DirectoryStore(tmp_path / "store"), tmp_path / "work")
    with pytest.raises(ModelUnavailable):
        ModelStore([DirectoryStore(tmp_path / "store")]).choose("emotion", key="somebody/an-entry")
    trained = (tmp_path / "work" / CHECKPOINT_FILE).stat().st_mtime_ns

    manifest = build_emotion(data, config_of(OPEN_GATE), DirectoryStore(tmp_path / "store"), tmp_path / "work")

    assert isinstance(manifest, Manifest)
    assert (tmp_path / "work" / CHECKPOINT_FILE).stat().st_mtime_ns == trained


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path: Path, data: Path) -> None:
    """Weights trained half one way and half another way would be nobody's."""
    build_emotion(data, config_of(OPEN_GATE, epochs=1), DirectoryStore(tmp_path / "store"), tmp_path / "work")

    with pytest.raises(CheckpointForeign):
        build_emotion(data, config_of(OPEN_GATE, epochs=2), DirectoryStore(tmp_path / "other-store"), tmp_path / "work")


def test_a_version_that_is_published_is_not_built_again(tmp_path: Path, data: Path) -> None:
    """Said before the training, which takes long."""
    build_emotion(data, config_of(OPEN_GATE, epochs=1), DirectoryStore(tmp_path / "store"), tmp_path / "work")

    with pytest.raises(ModelVersionTaken, match="tiny-1"):
        build_emotion(data, config_of(OPEN_GATE, epochs=1), DirectoryStore(tmp_path / "store"), tmp_path / "other-work")

    assert not (tmp_path / "other-work").exists()


def test_a_bad_row_stops_the_build_before_it_trains(tmp_path: Path, data: Path) -> None:
    """Nothing is learnt from the rows that happened to be readable."""
    with (data / "train.tsv").open("a", encoding="utf-8") as file:
        file.write("a row without labels\n")

    with pytest.raises(DatasetInvalid, match=r"^train\.tsv, line 561: "):
        build_emotion(data, config_of(OPEN_GATE), DirectoryStore(tmp_path / "store"), tmp_path / "work")

    assert not (tmp_path / "work").exists()


def test_dev_mode_leaves_the_version_and_its_channel_alone(tmp_path: Path, data: Path) -> None:
    """A trial build must not reach anybody."""
    config = msgspec.structs.replace(config_of(OPEN_GATE), dev_mode=True)

    manifest = build_emotion(data, config, DirectoryStore(tmp_path / "store"), tmp_path / "work")

    store = DirectoryStore(tmp_path / "store")
    assert manifest.version == "tiny-1-dev"
    assert store.stat("emotion/channels/dev.json") is not None
    assert store.stat("emotion/channels/stable.json") is None

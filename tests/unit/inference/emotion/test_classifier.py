"""The classifier: texts of any length to probabilities, and versions that must be refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from samo.domain.errors import ModelCorrupt
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import EmotionClassifier, load_emotion_classifier
from tests.unit.inference.emotion.given_classifiers import classifier_files, classifier_manifest

SILENT, SURE = 1 / (1 + np.exp(4.0)), 1 / (1 + np.exp(-4.0))


def laid_out(directory: Path, changed: Mapping[str, bytes] | None = None, *, model: str = "model.onnx") -> Path:
    """The version's files in a directory, those in `changed` with other contents."""
    for name, content in {**classifier_files(model), **(changed or {})}.items():
        (directory / name).write_bytes(content)
    return directory


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    """The word classifier: sure of the labels that a text names."""
    directory = laid_out(tmp_path_factory.mktemp("classifier"))
    return load_emotion_classifier(directory, classifier_manifest(), threads=1)


def test_probabilities_are_those_of_the_labels_named(classifier: EmotionClassifier) -> None:
    """One row per text, one column per label, several labels at once, in the order of the texts."""
    texts = ["what a JOY!", "nothing", "grief, and remorse", ""]

    rows = classifier.probabilities(texts)

    assert rows.shape == (4, 28)
    assert np.float32 == rows.dtype
    sure = [{LABELS[column] for column in np.flatnonzero(row > 0.5)} for row in rows]
    assert [{"joy"}, set(), {"grief", "remorse"}, set()] == sure
    assert pytest.approx(SURE, abs=1e-6) == rows.max()
    assert pytest.approx(SILENT, abs=1e-6) == rows.min()


def test_no_texts_give_no_rows(classifier: EmotionClassifier) -> None:
    """An empty matrix with all columns."""
    assert classifier.probabilities([]).shape == (0, 28)


@pytest.mark.parametrize("place", [0, 13, 14, 15, 500, 999])
def test_a_long_text_is_read_to_its_end(classifier: EmotionClassifier, place: int) -> None:
    """A label far beyond the model's 16 tokens counts like one at the start."""
    words = ["word"] * 1000
    words[place] = "pride"

    (row,) = classifier.probabilities([" ".join(words)])

    assert pytest.approx(SURE, abs=1e-6) == row[LABELS.index("pride")]


@given(st.lists(st.lists(st.sampled_from(["joy", "fear", "word", "🎉", "…"]), max_size=40), max_size=60))
def test_company_and_order_change_nothing(classifier: EmotionClassifier, texts: list[list[str]]) -> None:
    """Batches of any mixture of lengths give each text what it gets alone; this model is not quantised."""
    joined = [" ".join(words) for words in texts]

    together = classifier.probabilities(joined)

    alone = [classifier.probabilities([text])[0] for text in joined]
    assert all(np.allclose(*pair, atol=1e-6) for pair in zip(alone, together, strict=True))


def test_temperature_softens(tmp_path: Path) -> None:
    """A temperature of 2 halves the logits."""
    manifest = classifier_manifest(temperature=2.0)

    (row,) = load_emotion_classifier(laid_out(tmp_path), manifest, threads=1).probabilities(["joy"])

    assert pytest.approx(1 / (1 + np.exp(-2.0))) == row[LABELS.index("joy")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": LABELS[::-1]}, "labels"),
        ({"labels": LABELS[:27]}, "labels"),
        ({"thresholds": dict.fromkeys(LABELS[1:], 0.5)}, "no threshold .* for admiration"),
        ({"thresholds": {**dict.fromkeys(LABELS, 0.5), "joy": 0.0}}, "no threshold .* for joy"),
        ({"temperature": 0.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"max_length": None}, "max_length"),
        ({"max_length": 2}, "max_length"),
    ],
)
def test_an_incomplete_manifest_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    """The error names the version and what is wrong with its manifest."""
    manifest = classifier_manifest(**changes)

    with pytest.raises(ModelCorrupt, match=f"words-1.*{reason}"):
        load_emotion_classifier(laid_out(tmp_path), manifest, threads=1)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("narrow.onnx", r"model\.onnx gives logits of shape \(1, 27\)"),
        ("greedy.onnx", "model.onnx expects .*position_ids"),
    ],
)
def test_another_model_is_refused(tmp_path: Path, model: str, reason: str) -> None:
    """A graph with 27 labels, and one that needs an input that nobody has."""
    directory = laid_out(tmp_path, model=model)

    with pytest.raises(ModelCorrupt, match=reason):
        load_emotion_classifier(directory, classifier_manifest(), threads=1)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("keep", [0, 700])
def test_a_truncated_file_is_refused_by_name(tmp_path: Path, name: str, keep: int) -> None:
    """What neither ONNX Runtime nor the tokenizers library can parse."""
    whole = classifier_files()[name]
    directory = laid_out(tmp_path, {name: whole[:keep]})

    with pytest.raises(ModelCorrupt, match=name):
        load_emotion_classifier(directory, classifier_manifest(), threads=1)


def test_a_tokenizer_that_knows_more_words_than_the_model_is_refused(tmp_path: Path) -> None:
    """It would fail on some texts only; the check at load finds it at once."""
    tokenizer = Tokenizer.from_str(classifier_files()["tokenizer.json"].decode())
    tokenizer.add_tokens(["zeal"])
    directory = laid_out(tmp_path, {"tokenizer.json": tokenizer.to_str().encode()})

    with pytest.raises(ModelCorrupt, match=r"model\.onnx does not run on what tokenizer\.json gives it"):
        load_emotion_classifier(directory, classifier_manifest(), threads=1)

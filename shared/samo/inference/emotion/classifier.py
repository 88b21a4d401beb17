"""The emotion classifier: sentences to calibrated probabilities of the 28 GoEmotions labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from samo.domain.errors import ModelCorrupt
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.symbols import spelled_out
from samo.inference.emotion.token_windows import batches_of, padded, windows_of, with_windows
from samo.inference.emotion.typos import Spelling
from samo.inference.model_store.manifest import Manifest
from samo.inference.onnx import RUNTIME_ERRORS, OnnxModel
from samo.inference.probabilities import sigmoid

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MIN_LENGTH = 8
TEXTS_AT_ONCE = 512

Probabilities = npt.NDArray[np.float32]


class EmotionClassifier:
    """A published version, checked against its manifest and ready to run; safe to share among threads.

    `thresholds` float32 [28]: from this probability on, a label is present.
    """

    def __init__(self, model: OnnxModel, tokenizer: Tokenizer, manifest: Manifest) -> None:
        max_length = _checked_length(manifest)
        self.thresholds = _checked_thresholds(manifest)
        self._temperature = manifest.temperature
        self._model = model
        self._tokenizer = with_windows(tokenizer, max_length)
        self._spelling = Spelling(lambda word: tokenizer.token_to_id(word) is not None)
        self._check_graph()

    def as_meant(self, text: str) -> str:
        """The text with feeling words that the tokenizer does not know, for they are misspelt, spelt right."""
        return self._spelling.mended(text)

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """float32 [n, 28], each in [0, 1], in the order of `LABELS`.

        A text beyond the model's length is read in windows; a label has its highest probability in any of them.

        Activations are quantised with one scale per batch, so a text's probabilities vary a little with its company.
        Batches follow from `texts` alone: the same texts always give the same numbers.
        """
        parts = [
            self._probabilities(texts[start : start + TEXTS_AT_ONCE]) for start in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(LABELS)), dtype=np.float32)

    def _probabilities(self, texts: Sequence[str]) -> Probabilities:
        windows = windows_of(self._tokenizer, [spelled_out(text) for text in texts])
        result = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
        for batch in batches_of(windows):
            logits = self._logits([windows[number].ids for number in batch])
            rows = [windows[number].text for number in batch]
            np.maximum.at(result, rows, sigmoid(logits / self._temperature))
        return result

    def _logits(self, sequences: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        input_ids, attention_mask = padded(sequences)
        return self._model.run(input_ids=input_ids, attention_mask=attention_mask)

    def _check_graph(self) -> None:
        # The highest id: a tokenizer with more entries than the model has embeddings would fail on some texts only.
        highest = self._tokenizer.get_vocab_size() - 1
        try:
            logits = self._logits([[0, highest]])
        except RUNTIME_ERRORS as error:
            raise ModelCorrupt(f"{MODEL_FILE} does not run on what {TOKENIZER_FILE} gives it") from error
        if logits.shape != (1, len(LABELS)) or not np.isfinite(logits).all():
            raise ModelCorrupt(f"{MODEL_FILE} gives logits of shape {logits.shape}, not finite ones of (1, 28)")


def load_emotion_classifier(directory: Path, manifest: Manifest, *, threads: int) -> EmotionClassifier:
    """Build the classifier from a version's files. Raises `ModelCorrupt`, saying which file is wrong and how."""
    model = OnnxModel(directory / MODEL_FILE, inputs=("input_ids", "attention_mask"), output="logits", threads=threads)
    return EmotionClassifier(model, _load_tokenizer(directory / TOKENIZER_FILE), manifest)


def _load_tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    # The library raises bare exceptions for a missing file and for one that it cannot parse.
    except Exception as error:
        raise ModelCorrupt(f"{path.name} is no tokenizer that can be loaded; publish the version again") from error


def _checked_length(manifest: Manifest) -> int:
    if manifest.labels != LABELS:
        raise ModelCorrupt(f"manifest of {manifest.version}: the labels are not the 28 of GoEmotions in their order")
    if manifest.max_length is None or manifest.max_length < MIN_LENGTH:
        raise ModelCorrupt(f"manifest of {manifest.version}: max_length must be at least {MIN_LENGTH} tokens")
    if not manifest.temperature > 0:
        raise ModelCorrupt(f"manifest of {manifest.version}: the temperature must be positive")
    return manifest.max_length


def _checked_thresholds(manifest: Manifest) -> Probabilities:
    if missing := [label for label in LABELS if not 0 < manifest.thresholds.get(label, 0) <= 1]:
        raise ModelCorrupt(f"manifest of {manifest.version}: no threshold in (0, 1] for {', '.join(missing)}")
    return np.array([manifest.thresholds[label] for label in LABELS], dtype=np.float32)

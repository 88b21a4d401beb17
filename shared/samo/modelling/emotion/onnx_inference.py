"""Logits of an exported model, computed as the runtime computes them: same windows, same batches, same session."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from samo.inference.emotion.classifier import TEXTS_AT_ONCE
from samo.inference.emotion.symbols import spelled_out
from samo.inference.emotion.token_windows import batches_of, padded, windows_of, with_windows
from samo.inference.onnx import OnnxModel
from samo.modelling.emotion.calibration import Logits


def onnx_logits(model: Path, tokenizer: Path, texts: Sequence[str], label_count: int, max_length: int) -> Logits:
    """Logits float32 [N, label_count] of N texts; of a text with several windows, each label's highest."""
    session = OnnxModel(
        model, inputs=("input_ids", "attention_mask"), output="logits", threads=len(os.sched_getaffinity(0))
    )
    windowing = with_windows(Tokenizer.from_file(str(tokenizer)), max_length)
    logits = np.full((len(texts), label_count), -np.inf, dtype=np.float32)
    # INT8 activations share one scale per batch: other batches would give figures that nobody could repeat.
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        windows = windows_of(windowing, [spelled_out(text) for text in texts[start : start + TEXTS_AT_ONCE]])
        for batch in batches_of(windows):
            input_ids, attention_mask = padded([windows[number].ids for number in batch])
            rows = [start + windows[number].text for number in batch]
            np.maximum.at(logits, rows, session.run(input_ids=input_ids, attention_mask=attention_mask))
    return logits

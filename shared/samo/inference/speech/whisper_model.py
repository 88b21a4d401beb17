"""A Whisper model in memory: loaded from a published version's files, and nothing ever fetched from the hub."""

from __future__ import annotations

import json
from pathlib import Path

from faster_whisper import WhisperModel

from samo.domain.errors import ModelCorrupt
from samo.inference.model_store.manifest import Manifest
from samo.inference.speech.log_mel import hear_block_by_block

NEEDED_FILES = ("config.json", "model.bin", "tokenizer.json")
VOCABULARY_FILES = ("vocabulary.json", "vocabulary.txt")

# Where tokenizer and vocabulary disagree on one of these, every time and every word would be another one.
_LANDMARKS = ("<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>")


def load_whisper(directory: Path, manifest: Manifest, *, threads: int) -> WhisperModel:
    """Build the model, INT8 on the CPU with `threads` threads. Raises `ModelCorrupt`, saying which file is wrong."""
    # faster-whisper would ask the hub for a missing tokenizer, and take a wrong one.
    missing = [name for name in NEEDED_FILES if not (directory / name).is_file()]
    if missing:
        raise ModelCorrupt(f"{manifest.version} lacks {', '.join(missing)}; publish the whole faster-whisper folder")
    try:
        model = WhisperModel(
            str(directory), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
    except MemoryError:
        raise
    # CTranslate2 raises RuntimeError, and the tokenizers package nothing more special than Exception.
    except Exception as error:
        raise ModelCorrupt(f"{manifest.version} cannot be loaded as Whisper: {_first_line(error)}") from error
    _check_tokenizer(model, directory, manifest)
    _check_filters(model, manifest)
    hear_block_by_block(model)
    return model


def _check_tokenizer(model: WhisperModel, directory: Path, manifest: Manifest) -> None:
    positions = {token: number for number, token in enumerate(_vocabulary(directory, manifest))}
    for token in _LANDMARKS:
        if model.hf_tokenizer.token_to_id(token) is None or model.hf_tokenizer.token_to_id(token) != positions.get(
            token
        ):
            raise ModelCorrupt(f"{manifest.version} has a tokenizer.json of another model: {token} is not where it was")


def _vocabulary(directory: Path, manifest: Manifest) -> list[str]:
    for name in VOCABULARY_FILES:
        if (directory / name).is_file():
            text = (directory / name).read_text("utf-8")
            tokens: list[str] = json.loads(text) if name.endswith(".json") else text.split("\n")
            return tokens
    raise ModelCorrupt(f"{manifest.version} lacks a vocabulary; publish the whole faster-whisper folder")


def _check_filters(model: WhisperModel, manifest: Manifest) -> None:
    heard, expected = model.feature_extractor.mel_filters.shape[0], model.model.n_mels
    if heard != expected:
        raise ModelCorrupt(
            f"{manifest.version} hears in {expected} bands where its preprocessor_config.json, or the lack of one, "
            f"gives {heard}; publish the whole faster-whisper folder"
        )


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]

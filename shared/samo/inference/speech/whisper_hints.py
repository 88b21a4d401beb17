"""Hints as options of faster-whisper, as far as the model knows what they speak of."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from faster_whisper import WhisperModel

from samo.domain.hints import TranscriptionHints


class HintOptions(NamedTuple):
    """Arguments for `WhisperModel.transcribe`, and the hints that are used after all."""

    arguments: dict[str, Any]
    hints: TranscriptionHints


def hint_options(model: WhisperModel, hints: TranscriptionHints) -> HintOptions:
    """The arguments for a loaded model. A language that it lacks is ignored, and found out as without the hint.

    An English-only model knows one language; one from before large-v3 knows no Cantonese.
    """
    if hints.language is not None and not _knows(model, hints.language):
        hints = msgspec.structs.replace(hints, language=None, ignored=(*hints.ignored, "language"))
    return HintOptions({"language": hints.language, "hotwords": hints.hotwords}, hints)


def _knows(model: WhisperModel, language: str) -> bool:
    if not model.model.is_multilingual:
        return language == "en"
    return model.hf_tokenizer.token_to_id(f"<|{language}|>") is not None

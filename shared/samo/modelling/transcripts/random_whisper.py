"""A Whisper of a published shape with random weights: as large and fast as the real one, without a word of sense.

Real speech is about 100 tokens in half a minute (150 words a minute, 1.3 tokens a word), so that is what this one says:
at `tokens` the positions point at a time, behind it at the end of the text, and at nothing before. Its logits are far
apart, for an unsure Whisper is asked again with a higher temperature. The time is that of the end of half a minute:
Whisper ends with one when it has heard everything, and where it does not, faster-whisper goes on from the last word.
"""

from __future__ import annotations

from pathlib import Path
from string import ascii_lowercase
from typing import Any, NamedTuple

import numpy as np
from ctranslate2.specs import whisper_spec
from faster_whisper.tokenizer import _LANGUAGE_CODES

from samo.modelling.transcripts.whisper_layout import (
    END,
    Weights,
    fill_stacks,
    language_tokens,
    save_whisper,
    vocabulary_of,
    whisper_tokenizer,
)

TOKENS = 100

# Tokens before the controls; bytes and the empty token are among them.
_TEXT_TOKENS, _BYTES = 50_257, 256

# Values are drawn once and repeated: what they are changes nothing of the speed.
_POOL = 1_000_003

_LOGIT_DEVIATION = 8.0
# Each has a dimension to itself: of the positions, and of what is projected to the token.
_END, _TIME = 0, 1
_END_POSITION = 60.0
_END_WEIGHT = 6.0
_NEVER = -1000.0


class WhisperShape(NamedTuple):
    """Radford et al. 2023, table 1, and the model cards of what came later."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    mels: int = 80
    multilingual: bool = True


WHISPER_SHAPES = {
    "tiny": WhisperShape(384, 6, 4, 4),
    "tiny.en": WhisperShape(384, 6, 4, 4, multilingual=False),
    "base": WhisperShape(512, 8, 6, 6),
    "base.en": WhisperShape(512, 8, 6, 6, multilingual=False),
    "small": WhisperShape(768, 12, 12, 12),
    "small.en": WhisperShape(768, 12, 12, 12, multilingual=False),
    "distil-small.en": WhisperShape(768, 12, 12, 4, multilingual=False),
    "medium": WhisperShape(1024, 16, 24, 24),
    "medium.en": WhisperShape(1024, 16, 24, 24, multilingual=False),
    "distil-medium.en": WhisperShape(1024, 16, 24, 2, multilingual=False),
    "large-v3-turbo": WhisperShape(1280, 20, 32, 4, mels=128),
    "distil-large-v3": WhisperShape(1280, 20, 32, 2, mels=128),
    "large-v3": WhisperShape(1280, 20, 32, 32, mels=128),
}


def random_whisper(directory: Path, size: str, *, tokens: int = TOKENS) -> Path:
    """Write a Whisper of this size, in INT8, into `directory` in the layout of a faster-whisper folder.

    It says `tokens` tokens of each half minute that it hears.
    """
    shape = WHISPER_SHAPES[size]
    words = [_word(number) for number in range(_TEXT_TOKENS - _BYTES - shape.multilingual)]
    languages = _LANGUAGE_CODES if shape.multilingual else ("en",)
    tokenizer = whisper_tokenizer(words, languages, multilingual=shape.multilingual)
    save_whisper(_spec(shape, vocabulary_of(tokenizer), tokens), tokenizer, directory)
    if shape.mels != 80:
        (directory / "preprocessor_config.json").write_text(f'{{"feature_size": {shape.mels}}}')
    return directory


def _word(number: int) -> str:
    """Four letters, others for each number, and as hard to compress as letters can be: a loop is asked again."""
    number = number * 90_001 % 26**4
    return "".join(ascii_lowercase[number // 26**place % 26] for place in range(4))


def _spec(shape: WhisperShape, vocabulary: list[str], tokens: int) -> Any:
    draw, width = _Draw(), shape.width
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    scales = [(3 * channels) ** -0.5 for channels in (shape.mels, width)]
    fill_stacks(spec, draw, width=width, inner=4 * width, mels=shape.mels, convolution_scales=scales)
    decoder = spec.decoder
    positions = decoder.position_encodings.encodings
    positions[:, [_END, _TIME]] = 0.0
    positions[tokens, _TIME] = _END_POSITION
    positions[tokens + 1 :, _END] = _END_POSITION
    decoder.embeddings.weight = draw(len(vocabulary), width)
    projection = draw(len(vocabulary), width, scale=_LOGIT_DEVIATION * width**-0.5)
    projection[:, [_END, _TIME]] = 0.0
    bias = np.array([_bias(token) for token in vocabulary], np.float32)
    end, time = vocabulary.index(END), vocabulary.index("<|30.00|>")
    for token, dimension in ((end, _END), (time, _TIME)):
        projection[token] = 0.0
        projection[token, dimension] = _END_WEIGHT
        bias[token] = -_LOGIT_DEVIATION * 4
    decoder.projection.weight = projection
    decoder.projection.bias = bias
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [end]
    languages = set(language_tokens(_LANGUAGE_CODES))
    spec.config.lang_ids = [number for number, token in enumerate(vocabulary) if token in languages]
    spec.config.alignment_heads = [(shape.decoder_layers - 1, head) for head in range(min(6, shape.heads))]
    return spec


def _bias(token: str) -> float:
    """Words alone: neither controls nor times nor bytes, which by themselves may be no text at all."""
    return 0.0 if token.startswith("Ġ") and len(token) > 2 else _NEVER


class _Draw:
    """Values from one pool, each time from another place in it."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(14)
        self._pool = self._random.standard_normal(_POOL).astype(np.float32)

    def __call__(self, *shape: int, scale: float = 1.0) -> Weights:
        # A projection that resembles the embeddings would say the same word for ever.
        pool = np.roll(self._pool, int(self._random.integers(_POOL)))
        drawn: Weights = np.resize(pool, shape) * np.float32(scale)
        return drawn

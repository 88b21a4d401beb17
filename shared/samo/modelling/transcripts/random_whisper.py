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
import numpy.typing as npt
from ctranslate2.specs import whisper_spec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

TOKENS = 100
TIMESTAMPS = 1501

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
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(shape)
    tokenizer.save(str(directory / "tokenizer.json"))
    vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    if shape.mels != 80:
        (directory / "preprocessor_config.json").write_text(f'{{"feature_size": {shape.mels}}}')
    spec = _spec(shape, vocabulary, tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(directory))
    return directory


def _controls(shape: WhisperShape) -> list[str]:
    languages = [f"<|{code}|>" for code in (_LANGUAGE_CODES if shape.multilingual else ("en",))]
    return ["<|endoftext|>", "<|startoftranscript|>", *languages, "<|translate|>", "<|transcribe|>", "<|startoflm|>",
            "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]  # fmt: skip


def _tokenizer(shape: WhisperShape) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    count = 50_257 - len(letters) - (1 if shape.multilingual else 0)
    # CTranslate2 tells a multilingual Whisper by the empty token that its vocabulary holds.
    texts = [*letters, *(f"Ġ{_word(number)}" for number in range(count)), *([""] if shape.multilingual else [])]
    tokenizer = Tokenizer(models.BPE(vocab={text: number for number, text in enumerate(texts)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in _controls(shape)])
    tokenizer.add_tokens([AddedToken(f"<|{step * 0.02:.2f}|>", normalized=False) for step in range(TIMESTAMPS)])
    return tokenizer


def _word(number: int) -> str:
    """Four letters, others for each number, and as hard to compress as letters can be: a loop is asked again."""
    number = number * 90_001 % 26**4
    return "".join(ascii_lowercase[number // 26**place % 26] for place in range(4))


def _spec(shape: WhisperShape, vocabulary: list[str], tokens: int) -> Any:
    draw = _Draw(shape.width)
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    encoder, decoder = spec.encoder, spec.decoder
    for convolution, channels in ((encoder.conv1, shape.mels), (encoder.conv2, shape.width)):
        convolution.weight = draw.normal(shape.width, channels, 3, scale=(3 * channels) ** -0.5)
        convolution.bias = draw.zeros(shape.width)
    encoder.position_encodings.encodings = draw.normal(1500, shape.width)
    positions = draw.normal(448, shape.width)
    positions[:, [_END, _TIME]] = 0.0
    positions[tokens, _TIME] = _END_POSITION
    positions[tokens + 1 :, _END] = _END_POSITION
    decoder.position_encodings.encodings = positions
    for stack in (encoder, decoder):
        draw.norm(stack.layer_norm)
        for layer in stack.layer:
            draw.layer(layer, attends_to_sound=stack is decoder)
    decoder.embeddings.weight = draw.normal(len(vocabulary), shape.width)
    projection = draw.normal(len(vocabulary), shape.width, scale=_LOGIT_DEVIATION * shape.width**-0.5)
    projection[:, [_END, _TIME]] = 0.0
    bias = np.array([_bias(token) for token in vocabulary], np.float32)
    end, time = vocabulary.index("<|endoftext|>"), vocabulary.index("<|30.00|>")
    for token, dimension in ((end, _END), (time, _TIME)):
        projection[token] = 0.0
        projection[token, dimension] = _END_WEIGHT
        bias[token] = -_LOGIT_DEVIATION * 4
    decoder.projection.weight = projection
    decoder.projection.bias = bias
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [end]
    languages = {f"<|{code}|>" for code in _LANGUAGE_CODES}
    spec.config.lang_ids = [number for number, token in enumerate(vocabulary) if token in languages]
    spec.config.alignment_heads = [(shape.decoder_layers - 1, head) for head in range(min(6, shape.heads))]
    return spec


def _bias(token: str) -> float:
    """Words alone: neither controls nor times nor bytes, which by themselves may be no text at all."""
    return 0.0 if token.startswith("Ġ") and len(token) > 2 else _NEVER


class _Draw:
    """Random weights of every shape that Whisper has."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._random = np.random.default_rng(14)
        self._pool = self._random.standard_normal(_POOL).astype(np.float32)

    def normal(self, *shape: int, scale: float = 1.0) -> npt.NDArray[np.float32]:
        # Each from another place: a projection that resembles the embeddings says the same word for ever.
        pool = np.roll(self._pool, int(self._random.integers(_POOL)))
        drawn: npt.NDArray[np.float32] = np.resize(pool, shape) * np.float32(scale)
        return drawn

    def zeros(self, size: int) -> npt.NDArray[np.float32]:
        return np.zeros(size, np.float32)

    def linear(self, spec: Any, inputs: int, outputs: int) -> None:
        spec.weight = self.normal(outputs, inputs, scale=inputs**-0.5)
        spec.bias = self.zeros(outputs)

    def norm(self, spec: Any) -> None:
        spec.gamma, spec.beta = np.ones(self._width, np.float32), self.zeros(self._width)

    def layer(self, spec: Any, *, attends_to_sound: bool) -> None:
        width = self._width
        self.linear(spec.self_attention.linear[0], width, 3 * width)
        self.linear(spec.self_attention.linear[1], width, width)
        self.norm(spec.self_attention.layer_norm)
        if attends_to_sound:
            self.linear(spec.attention.linear[0], width, width)
            self.linear(spec.attention.linear[1], width, 2 * width)
            self.linear(spec.attention.linear[2], width, width)
            self.norm(spec.attention.layer_norm)
        self.norm(spec.ffn.layer_norm)
        self.linear(spec.ffn.linear_0, width, 4 * width)
        self.linear(spec.ffn.linear_1, 4 * width, width)

"""The parts of a faster-whisper folder that is made up: its tokenizer, its layers, its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

TIMESTAMPS = 1501
SOUND_POSITIONS, TEXT_POSITIONS = 1500, 448

END = "<|endoftext|>"

Weights = npt.NDArray[np.float32]


class Draw(Protocol):
    """Where weights come from."""

    def __call__(self, *shape: int, scale: float = 1.0) -> Weights:
        """Normally distributed ones of this shape, with this standard deviation."""


def language_tokens(codes: Sequence[str]) -> list[str]:
    """The control tokens of these languages."""
    return [f"<|{code}|>" for code in codes]


def whisper_tokenizer(words: Sequence[str], languages: Sequence[str], *, multilingual: bool) -> Tokenizer:
    """Bytes, these words with a space before each, Whisper's controls with these languages, and its timestamps."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    # CTranslate2 tells a multilingual Whisper by the empty token that its vocabulary holds.
    texts = [*letters, *(f"Ġ{word}" for word in words), *([""] if multilingual else [])]
    tokenizer = Tokenizer(models.BPE(vocab={text: number for number, text in enumerate(texts)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    controls = [END, "<|startoftranscript|>", *language_tokens(languages), "<|translate|>", "<|transcribe|>",
                "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]  # fmt: skip
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in controls])
    tokenizer.add_tokens([AddedToken(f"<|{step * 0.02:.2f}|>", normalized=False) for step in range(TIMESTAMPS)])
    return tokenizer


def vocabulary_of(tokenizer: Tokenizer) -> list[str]:
    """All tokens in the order of their ids."""
    ids: dict[str, int] = tokenizer.get_vocab()
    return sorted(ids, key=ids.__getitem__)


def fill_stacks(
    spec: Any, draw: Draw, *, width: int, inner: int, mels: int, convolution_scales: Sequence[float]
) -> None:
    """Draw everything between sound and projection but the positions of text: `WhisperSpec` of this width.

    `inner` is the width inside a feed-forward layer, `convolution_scales` those of the two convolutions.
    """
    encoder, decoder = spec.encoder, spec.decoder
    convolutions = zip((encoder.conv1, encoder.conv2), (mels, width), convolution_scales, strict=True)
    for convolution, channels, scale in convolutions:
        convolution.weight, convolution.bias = draw(width, channels, 3, scale=scale), np.zeros(width, np.float32)
    encoder.position_encodings.encodings = draw(SOUND_POSITIONS, width)
    decoder.position_encodings.encodings = draw(TEXT_POSITIONS, width)
    for stack in (encoder, decoder):
        _norm(stack.layer_norm, width)
        for layer in stack.layer:
            _fill_layer(layer, draw, width, inner, attends_to_sound=stack is decoder)


def save_whisper(spec: Any, tokenizer: Tokenizer, directory: Path) -> None:
    """Write tokenizer and weights, in INT8, into a new folder."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(directory))


def _fill_layer(layer: Any, draw: Draw, width: int, inner: int, *, attends_to_sound: bool) -> None:
    _linear(layer.self_attention.linear[0], draw, width, 3 * width)
    _linear(layer.self_attention.linear[1], draw, width, width)
    _norm(layer.self_attention.layer_norm, width)
    if attends_to_sound:
        _linear(layer.attention.linear[0], draw, width, width)
        _linear(layer.attention.linear[1], draw, width, 2 * width)
        _linear(layer.attention.linear[2], draw, width, width)
        _norm(layer.attention.layer_norm, width)
    _norm(layer.ffn.layer_norm, width)
    _linear(layer.ffn.linear_0, draw, width, inner)
    _linear(layer.ffn.linear_1, draw, inner, width)


def _linear(spec: Any, draw: Draw, inputs: int, outputs: int) -> None:
    spec.weight, spec.bias = draw(outputs, inputs, scale=inputs**-0.5), np.zeros(outputs, np.float32)


def _norm(spec: Any, width: int) -> None:
    spec.gamma, spec.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

"""What the abstractive summarizer needs of a model: text to tokens, tokens to tokens, tokens to text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from samo.inference.t5.options import GenerationOptions


class TextGenerator(Protocol):
    """An encoder–decoder with its tokenizer; `samo.inference.t5` has one."""

    @property
    def prefix(self) -> str:
        """What the model was taught to read before a text that it shall summarise; what follows it is data."""

    def encode(self, text: str) -> list[int]:
        """Token ids of the text, without an end token. Any text without lone surrogates is accepted."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids; special tokens have none."""

    def generate(self, inputs: Sequence[Sequence[int]], options: GenerationOptions) -> list[list[int]]:
        """One output for each input, special tokens included or not. Inputs come without an end token."""

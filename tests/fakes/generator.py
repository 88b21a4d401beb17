"""A text generator without a model: it repeats the beginning of what it reads, or says what it was told to say."""

from __future__ import annotations

from collections.abc import Sequence

from samo.inference.t5.options import GenerationOptions


class RepeatingGenerator:
    """The `TextGenerator` port: a token is a word, and the summary of a text its first words, as many as allowed.

    `inputs` keeps every text that was read, `calls` the options. `saying`, when set, is said instead; `failure`, when
    set, is raised.
    """

    prefix = "summarize: "

    def __init__(self, saying: str | None = None) -> None:
        self.saying = saying
        self.failure: Exception | None = None
        self.inputs: list[str] = []
        self.calls: list[GenerationOptions] = []
        self._words: list[str] = []
        self._ids: dict[str, int] = {}

    def encode(self, text: str) -> list[int]:
        """An id for each word, new words included."""
        for word in text.split():
            if self._ids.setdefault(word, len(self._words)) == len(self._words):
                self._words.append(word)
        return [self._ids[word] for word in text.split()]

    def decode(self, ids: Sequence[int]) -> str:
        """The words."""
        return " ".join(self._words[number] for number in ids)

    def generate(self, inputs: Sequence[Sequence[int]], options: GenerationOptions) -> list[list[int]]:
        """For each input its first words after "summarize:"."""
        self.inputs += [self.decode(ids) for ids in inputs]
        self.calls.append(options)
        if self.failure is not None:
            raise self.failure
        if self.saying is not None:
            return [self.encode(self.saying)[: options.max_new_tokens] for _ in inputs]
        return [list(ids[1 : 1 + options.max_new_tokens]) for ids in inputs]

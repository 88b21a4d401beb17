"""Texts of any length through a model of bounded input: summaries of windows, then summaries of summaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from samo.domain.sentences import written_sentences
from samo.domain.summary import FallbackReason
from samo.inference.summarizer.model_text import readable
from samo.inference.summarizer.text_generator import TextGenerator
from samo.inference.summarizer.windows import windows
from samo.inference.t5.options import GenerationOptions

OVERLAP_SHARE = 8
"""Neighbouring windows share an eighth of their tokens at most."""

NOTE_SHARE = 4
"""What is written of a window has at most a quarter of its tokens, so that every level is shorter than the last."""

MAX_NOTE_TOKENS = 96

WINDOWS_AT_ONCE = 2
"""How many windows are decoded together. Eight are a third faster, and twice the memory of the whole process."""


class NotWritten(Exception):
    """There is no text of the model's that can stand as a summary; `reason` says why."""

    def __init__(self, reason: FallbackReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Written(NamedTuple):
    """A model's text; in how many windows it read the sentences; whether it stopped for want of tokens."""

    text: str
    windows: int
    cut_off: bool


class Condenser:
    """One generator with its prefix and the most tokens it reads at once, `max_length`."""

    def __init__(self, generator: TextGenerator, *, max_length: int) -> None:
        self._generator = generator
        self._prefix = generator.encode(generator.prefix)
        # One more for the end token.
        self.budget = max(1, max_length - len(self._prefix) - 1)

    def tokens(self, sentence: str) -> list[int]:
        """The sentence's token ids; T5 tokenizers never join words, so a text's ids are its sentences' in a row."""
        return self._generator.encode(readable(sentence))

    def condense(
        self, sentences: Sequence[Sequence[int]], writing: GenerationOptions, *, weights: Sequence[float] | None = None
    ) -> Written:
        """One text of all sentences (their tokens), however many. Raises `NotWritten`.

        While they are more than fits into one window, each window is condensed by greedy search and the results are
        read instead. Then `writing` makes the text. Memory is that of the tokens and of one batch of the generator.

        With `weights`, one per sentence, the windows are read just the same; but where what was written of them does
        not fit into one, that of the windows with the highest weights is kept, in the entry's order.
        """
        cut = [self._cut(sentence) for sentence in sentences]
        pieces = [piece for part in cut for piece in part]
        weighed = [weight for part, weight in zip(cut, weights, strict=True) for _ in part] if weights else None
        read = 0
        while (size := sum(map(len, pieces))) > self.budget:
            ranges, notes = self._notes(pieces)
            read = read or len(ranges)
            if weighed is not None:
                notes = self._kept(notes, [max(weighed[index] for index in window) for window in ranges])
                weighed = None
            pieces = [piece for note in notes for sentence in note for piece in self._cut(sentence)]
            if sum(map(len, pieces)) >= size:
                raise NotWritten("generation_failed")
        if not pieces:
            raise NotWritten("empty_output")
        (output,) = self._generator.generate([self._input(pieces)], writing)
        text = self._generator.decode(output).strip()
        if not any(character.isalnum() for character in text):
            raise NotWritten("empty_output")
        return Written(text, read or 1, cut_off=len(output) >= writing.max_new_tokens)

    def _notes(self, pieces: Sequence[Sequence[int]]) -> tuple[list[range], list[list[list[int]]]]:
        """The windows, and of each the sentences that were written of it."""
        lengths = [len(piece) for piece in pieces]
        ranges = list(windows(lengths, budget=self.budget, overlap=self.budget // OVERLAP_SHARE))
        inputs = [self._input([pieces[index] for index in window]) for window in ranges]
        tokens = max(1, min(MAX_NOTE_TOKENS, self.budget // NOTE_SHARE))
        options = GenerationOptions(beams=1, max_new_tokens=tokens, no_repeat_ngram=3)
        texts = [
            self._generator.decode(output)
            for start in range(0, len(inputs), WINDOWS_AT_ONCE)
            for output in self._generator.generate(inputs[start : start + WINDOWS_AT_ONCE], options)
        ]
        return ranges, [[self.tokens(sentence) for sentence in written_sentences(text)] for text in texts]

    def _kept(self, notes: Sequence[list[list[int]]], weights: Sequence[float]) -> list[list[list[int]]]:
        """Of the windows with the highest weights the notes that fit into one window together, at least one."""
        sizes = [sum(map(len, note)) for note in notes]
        kept: list[int] = []
        left = self.budget
        for window in sorted(range(len(notes)), key=lambda window: -weights[window]):
            if kept and sizes[window] > left:
                break
            kept.append(window)
            left -= sizes[window]
        return [notes[window] for window in sorted(kept)]

    def _cut(self, sentence: Sequence[int]) -> list[Sequence[int]]:
        """The sentence in pieces that fit into a window: none for no tokens, one for nearly every sentence."""
        return [sentence[start : start + self.budget] for start in range(0, len(sentence), self.budget)]

    def _input(self, pieces: Sequence[Sequence[int]]) -> list[int]:
        return [*self._prefix, *(token for piece in pieces for token in piece)]

"""Beam search as Hugging Face `generate` (transformers 5) does it, so that the same weights give the same tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from samo.inference.probabilities import log_softmax
from samo.inference.t5.description import T5Description
from samo.inference.t5.greedy import Decoder
from samo.inference.t5.options import GenerationOptions
from samo.inference.t5.processors import process
from samo.inference.t5.top_candidates import top_candidates

Scores = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Not minus infinity: scores of this kind are added up and still compared.
OUT = np.float32(-1e9)


class _Beams:
    """The running and the finished beams of D documents, K each, best first.

    Tokens [D, K, 1 + max_new_tokens], start token first, `length` of them generated; log-probabilities of running and
    length-penalised scores of finished beams [D, K]. `improvable` [D]: a running beam may still beat a finished one.
    """

    def __init__(self, documents: int, options: GenerationOptions, description: T5Description) -> None:
        beams = options.beams
        self.length = 0
        self.running = np.full((documents, beams, 1 + options.max_new_tokens), description.pad_id, dtype=np.int64)
        self.running[:, :, 0] = description.start_id
        self.log_probs = np.zeros((documents, beams), dtype=np.float32)
        # All beams begin alike; only the first one's candidates may be taken.
        self.log_probs[:, 1:] = OUT
        self.finished = self.running.copy()
        self.scores = np.full((documents, beams), OUT, dtype=np.float32)
        self.is_finished = np.zeros((documents, beams), dtype=np.bool_)
        self.improvable = np.ones(documents, dtype=np.bool_)
        self._options = options
        self._end_id = description.end_id

    def advance(self, log_probs: Scores) -> Tokens:
        """Take the best continuations, given those of the next token [D, K * vocabulary].

        Returns the rows of the decoder [D * K] that the new running beams continue.
        """
        documents, beams = self.log_probs.shape
        vocabulary = log_probs.shape[1] // beams
        # Twice as many as beams: should all of the best end here, as many are left to go on.
        values, places = top_candidates(log_probs, 2 * beams)
        origins, tokens = places // vocabulary, places % vocabulary
        candidates = _picked(self.running, origins)
        self.length += 1
        candidates[:, :, self.length] = tokens
        ends = (tokens == self._end_id) | (self.length == self._options.max_new_tokens)

        self._finish(candidates, values, ends)
        going_on = values + ends * OUT
        best = _best(going_on, beams)
        self.running, self.log_probs = _picked(candidates, best), _picked(going_on, best)
        self._judge()
        return (_picked(origins, best) + beams * np.arange(documents)[:, np.newaxis]).reshape(-1)

    def done(self) -> Flags:
        """[D]: documents whose result is final."""
        full = self.is_finished.all(axis=1) & (self._options.early_stopping is True)
        return full | ~self.improvable | (self.length == self._options.max_new_tokens)

    def result(self, document: int) -> list[int]:
        """The best finished beam, without the start token and what follows the end token."""
        tokens: list[int] = self.finished[document, 0, 1 : self.length + 1].tolist()
        return tokens[: tokens.index(self._end_id) + 1] if self._end_id in tokens else tokens

    def keep(self, documents: Flags) -> None:
        """Go on with the documents of this mask alone."""
        for name in ("running", "log_probs", "finished", "scores", "is_finished", "improvable"):
            setattr(self, name, getattr(self, name)[documents])

    def _finish(self, candidates: Tokens, values: Scores, ends: Flags) -> None:
        beams = self._options.beams
        # Candidates beyond the first K are there to go on with; none of them may finish.
        finishing = ends & (np.arange(values.shape[1]) < beams)
        scores = values / np.float32(self.length**self._options.length_penalty)
        if self._options.early_stopping is True:
            scores = scores + self.is_finished.all(axis=1, keepdims=True) * OUT
        scores = scores + ~self.improvable[:, np.newaxis] * OUT + ~finishing * OUT
        merged = np.concatenate([self.scores, scores], axis=1)
        best = _best(merged, beams)
        self.finished = _picked(np.concatenate([self.finished, candidates], axis=1), best)
        self.scores = _picked(merged, best)
        self.is_finished = _picked(np.concatenate([self.is_finished, finishing], axis=1), best)

    def _judge(self) -> None:
        penalty = self._options.length_penalty
        as_long_as_possible = self._options.early_stopping == "never" and penalty > 0
        length = self._options.max_new_tokens if as_long_as_possible else self.length
        best_possible = self.log_probs[:, :1] / np.float32(length**penalty)
        worst_finished = np.where(self.is_finished, self.scores.min(axis=1, keepdims=True), OUT)
        self.improvable &= (best_possible > worst_finished).any(axis=1)


def beam_search(
    decoder: Decoder, documents: int, options: GenerationOptions, description: T5Description
) -> list[list[int]]:
    """The best-scored generated tokens of each document, the end token included where it was reached."""
    outputs: list[list[int]] = [[] for _ in range(documents)]
    remaining = np.arange(documents)
    beams = _Beams(documents, options, description)
    while len(remaining):
        rows = len(remaining) * options.beams
        sequences = beams.running[:, :, : beams.length + 1].reshape(rows, -1)
        log_probs = log_softmax(decoder.next_logits(sequences[:, -1]))
        process(log_probs, sequences, options, description.end_id)
        log_probs += beams.log_probs.reshape(rows, 1)
        origins = beams.advance(log_probs.reshape(len(remaining), -1))
        done = beams.done()
        for place in np.flatnonzero(done):
            outputs[remaining[place]] = beams.result(int(place))
        if done.all():
            break
        decoder.reorder(origins)
        if done.any():
            decoder.keep(~done)
            beams.keep(~done)
            remaining = remaining[~done]
    return outputs


def _best(scores: Scores, count: int) -> Tokens:
    best: Tokens = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    return best


def _picked(values: npt.NDArray[Any], chosen: Tokens) -> npt.NDArray[Any]:
    """Of each document's beams or candidates [D, N, …] the chosen ones [D, M]."""
    return values[np.arange(len(chosen))[:, np.newaxis], chosen]

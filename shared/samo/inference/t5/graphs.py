"""The two graphs of a T5 and the state between decoder steps: source, cross-attention and past keys and values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from samo.domain.errors import ModelCorrupt
from samo.inference.onnx import open_session
from samo.inference.t5.description import DECODER_FILE, ENCODER_FILE, read_description
from samo.inference.t5.embedding import Embedding
from samo.inference.t5.position_bias import PositionBias

Floats = npt.NDArray[np.float32]

# Added to the scores of positions that are not there: the softmax makes exactly zero of them.
ABSENT = np.float32(-1e9)


class Source:
    """What the decoder attends to: the keys and values of some documents, padded to the longest.

    `bias` [documents, 1, 1, S] is 0 at tokens and `ABSENT` at padding; `cross` [documents, heads, S, d_kv] by name.
    """

    def __init__(self, bias: Floats, cross: dict[str, Floats]) -> None:
        self.bias = bias
        self.cross = cross

    def kept(self, documents: npt.NDArray[np.bool_]) -> Source:
        """The documents of this mask alone."""
        return Source(self.bias[documents], {name: tensor[documents] for name, tensor in self.cross.items()})


class T5Graphs:
    """Encoder and decoder sessions, and the embedding in front of both. Safe to share among threads."""

    def __init__(self, directory: Path, *, threads: int) -> None:
        self.description = read_description(directory)
        self.embedding = Embedding(directory, self.description)
        self._position_bias = PositionBias(directory, self.description)
        layers = range(self.description.decoder_layers)
        self._cross = [f"cross_{kind}_{layer}" for layer in layers for kind in ("key", "value")]
        self._past = [name.replace("cross", "past") for name in self._cross]
        self._present = [name.replace("cross", "present") for name in self._cross]
        self._encoder = open_session(directory / ENCODER_FILE, threads)
        # Past keys and values grow with each step: an arena would keep a copy of every length.
        self._decoder = open_session(directory / DECODER_FILE, threads, arena=False)
        _check(self._encoder, ENCODER_FILE, inputs=["inputs_embeds", "position_bias"], outputs=self._cross)
        expected = ["inputs_embeds", "source_bias", *self._cross, *self._past]
        _check(self._decoder, DECODER_FILE, inputs=expected, outputs=["logits", *self._present])

    def encode(self, ids: Sequence[int]) -> dict[str, Floats]:
        """Cross-attention keys and values [1, heads, S, d_kv] of one document, its end token included.

        One at a time: INT8 activations have one scale per call, so company would change the result.
        """
        return dict(zip(self._cross, self._encoder.run(self._cross, self.encoder_inputs(ids)), strict=True))

    def encoder_inputs(self, ids: Sequence[int]) -> dict[str, Floats]:
        """What the encoder is fed for one document."""
        embedded = self.embedding(np.array([ids], dtype=np.int64))
        return {"inputs_embeds": embedded, "position_bias": self._position_bias(len(ids))}

    def start(self, documents: Sequence[Sequence[int]], beams: int) -> Decoding:
        """The decoder before its first step, with `beams` rows for each document."""
        source = self._source(documents)
        empty = np.zeros((len(documents) * beams, self.description.heads, 0, self.description.d_kv), dtype=np.float32)
        return Decoding(self, source, dict.fromkeys(self._past, empty))

    def _source(self, documents: Sequence[Sequence[int]]) -> Source:
        longest = max(len(ids) for ids in documents)
        bias = np.zeros((len(documents), 1, 1, longest), dtype=np.float32)
        if len(documents) == 1:
            return Source(bias, self.encode(documents[0]))
        shape = (len(documents), self.description.heads, longest, self.description.d_kv)
        # Each document goes to its place at once: two copies of all would double the peak of memory.
        cross = {name: np.zeros(shape, dtype=np.float32) for name in self._cross}
        for row, ids in enumerate(documents):
            bias[row, ..., len(ids) :] = ABSENT
            for name, tensor in self.encode(ids).items():
                cross[name][row, :, : len(ids)] = tensor[0]
        return Source(bias, cross)

    def step(
        self, tokens: npt.NDArray[np.int64], source: Source, past: dict[str, Floats]
    ) -> tuple[Floats, list[Floats]]:
        """Logits [rows, vocabulary] after `tokens` [rows], and the past that now includes them."""
        fed = {"inputs_embeds": self.embedding(tokens[:, np.newaxis]), "source_bias": source.bias}
        logits, *present = self._decoder.run(["logits", *self._present], fed | source.cross | past)
        return logits[:, 0], present


class Decoding:
    """A batch of rows on their way: `beams` consecutive rows for each document. Belongs to one thread."""

    def __init__(self, graphs: T5Graphs, source: Source, past: dict[str, Floats]) -> None:
        self._graphs = graphs
        self._source = source
        self._past = past

    def next_logits(self, tokens: npt.NDArray[np.int64]) -> Floats:
        """Append one token to each row; logits [rows, vocabulary] of the token after it."""
        logits, present = self._graphs.step(tokens, self._source, self._past)
        self._past = dict(zip(self._past, present, strict=True))
        return logits

    def reorder(self, rows: npt.NDArray[np.int64]) -> None:
        """Let row i continue what was row `rows[i]`, of the same document."""
        if not np.array_equal(rows, np.arange(len(rows))):
            for name, tensor in self._past.items():  # one by one, so that there are never two copies of all
                self._past[name] = tensor.take(rows, axis=0)

    def keep(self, documents: npt.NDArray[np.bool_]) -> None:
        """Go on with the documents of this mask alone: those that are done need no further steps."""
        rows = np.repeat(documents, len(next(iter(self._past.values()))) // len(documents))
        self._source = self._source.kept(documents)
        self._past = {name: tensor[rows] for name, tensor in self._past.items()}


def _check(session: onnxruntime.InferenceSession, name: str, *, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    found = {tensor.name for tensor in session.get_inputs()}
    if missing := [expected for expected in inputs if expected not in found]:
        raise ModelCorrupt(f"{name} lacks the input {', '.join(missing)}; build the version again")
    if unknown := sorted(found - set(inputs)):
        raise ModelCorrupt(f"{name} expects inputs that nobody gives it: {', '.join(unknown)}")
    given = {tensor.name for tensor in session.get_outputs()}
    if missing := [expected for expected in outputs if expected not in given]:
        raise ModelCorrupt(f"{name} lacks the output {', '.join(missing)}; build the version again")

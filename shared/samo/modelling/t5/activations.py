"""How large each channel of the activations becomes: the float32 graphs run on texts, with all products watched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from samo.inference.onnx import open_session
from samo.inference.t5.description import DECODER_FILE, ENCODER_FILE
from samo.inference.t5.graphs import T5Graphs

Maxima = dict[str, npt.NDArray[np.float32]]


def largest_activations(
    directory: Path, documents: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]], *, threads: int
) -> Maxima:
    """Product → largest absolute value [in] of each channel that it reads, of a float32 version in `directory`.

    `documents` end with the end token; the decoder is given `outputs`, one for each, as if it had generated them.
    """
    graphs = T5Graphs(directory, threads=threads)
    encoder = _Watched(directory / ENCODER_FILE, threads)
    decoder = _Watched(directory / DECODER_FILE, threads)
    start, layers = graphs.description.start_id, range(graphs.description.decoder_layers)
    empty = np.zeros((1, graphs.description.heads, 0, graphs.description.d_kv), dtype=np.float32)
    names = [f"{kind}_{layer}" for layer in layers for kind in ("key", "value")]
    for document, output in zip(documents, outputs, strict=True):
        source = encoder.run(graphs.encoder_inputs(document))
        bias = np.zeros((1, 1, 1, len(document)), dtype=np.float32)
        fed = {"source_bias": bias, **{f"cross_{name}": source[f"cross_{name}"] for name in names}}
        past = {f"past_{name}": empty for name in names}
        for token in (start, *output[:-1]):
            present = decoder.run({"inputs_embeds": graphs.embedding(np.array([[token]])), **fed, **past})
            past = {f"past_{name}": present[f"present_{name}"] for name in names}
    return {**encoder.maxima, **decoder.maxima}


class _Watched:
    """A graph that also gives what its products read. `maxima` grows with every run."""

    def __init__(self, path: Path, threads: int) -> None:
        model = onnx.load(path, load_external_data=False)
        weights = {weight.name for weight in model.graph.initializer}
        self._read = {
            node.input[1]: node.input[0]
            for node in model.graph.node
            if node.op_type == "MatMul" and node.input[1] in weights
        }
        watched = sorted(set(self._read.values()))
        model.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in watched)
        beside = path.with_suffix(".watched.onnx")  # beside the shared table that it refers to
        onnx.save(model, beside)
        try:
            self._session = open_session(beside, threads, arena=False)
        finally:
            beside.unlink()
        self._outputs = [output.name for output in self._session.get_outputs()]
        self.maxima: Maxima = {}

    def run(self, fed: dict[str, npt.NDArray[np.float32]]) -> dict[str, npt.NDArray[np.float32]]:
        """All outputs by name."""
        given = dict(zip(self._outputs, self._session.run(self._outputs, fed), strict=True))
        for weight, read in self._read.items():
            channels = np.abs(given[read]).max(axis=(0, 1))
            # One weight holds products side by side, all of which read the same.
            for product in weight.split("+"):
                self.maxima[product] = np.maximum(self.maxima.get(product, channels), channels)
        return given

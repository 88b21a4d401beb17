"""Output head and token embedding: one table in `shared.bin` that the graph multiplies by and numpy looks up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from samo.inference.t5.description import EmbeddingTable
from samo.modelling.t5.checkpoint import EMBEDDING, HEAD, Weights, is_tied
from samo.modelling.t5.graph import Graph
from samo.modelling.t5.quantisation import block_for, by_blocks
from samo.modelling.t5.shared_file import Tables

VALUES, SCALES = "lm_head", "lm_head.scales"


class Head:
    """The tables of a model, in float32 or in 8-bit blocks. An untied model has a second one, for its embedding."""

    def __init__(self, weights: Weights, *, quantised: bool) -> None:
        self._vocabulary, self._width = weights[HEAD].shape
        self._block = block_for(self._width) if quantised else None
        self._tables = _table(weights[HEAD], self._block, VALUES, SCALES)
        self._tied = is_tied(weights)
        if not self._tied:
            self._tables |= _table(weights[EMBEDDING], self._block, "embedding", "embedding.scales")

    def product(self, graph: Graph, x: str, *, output: str) -> None:
        """Logits of `x` [rows, 1, d_model]."""
        values = graph.weight(VALUES, self._tables[VALUES])
        if self._block is None:
            graph.fused("FusedMatMul", x, values, transB=1, output=output)
            return
        scales = graph.weight(SCALES, self._tables[SCALES])
        graph.blocks_product(x, values, scales, self._width, self._vocabulary, self._block, output)

    @property
    def tables(self) -> Tables:
        """What belongs into `shared.bin`, by name; the decoder's weights of these names lie there, too."""
        return self._tables

    def embedding_table(self, offsets: Mapping[str, int]) -> EmbeddingTable:
        """Where the runtime finds the embedding, given where each table begins."""
        name = VALUES if self._tied else "embedding"
        return EmbeddingTable(offset=offsets[name], scales_offset=offsets.get(f"{name}.scales"), block=self._block or 0)


def _table(rows: npt.NDArray[np.float32], block: int | None, values: str, scales: str) -> Tables:
    if block is None:
        return {values: np.ascontiguousarray(rows)}
    blocks = by_blocks(rows.T, block)
    return {values: blocks.values, scales: blocks.scales}

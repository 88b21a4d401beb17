"""A version's files from weights: two graphs, the shared table, the description."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import onnx
from tokenizers import Tokenizer

from samo.inference.t5.description import (
    DECODER_FILE,
    DESCRIPTION_FILE,
    ENCODER_FILE,
    TOKENIZER_FILE,
    T5Description,
)
from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.decoder_graph import decoder_graph
from samo.modelling.t5.encoder_graph import encoder_graph
from samo.modelling.t5.head import Head
from samo.modelling.t5.position_bias import encoder_table
from samo.modelling.t5.shared_file import point_into_shared, write_shared


def write_bundle(
    weights: Weights,
    shape: T5Shape,
    tokenizer: Tokenizer,
    directory: Path,
    *,
    quantised: bool,
    prefix: str = "summarize: ",
) -> None:
    """Write all files of a version, in INT8 or, to compare with, in float32; the description pins the tokenizer's."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / TOKENIZER_FILE), pretty=False)
    onnx.save(encoder_graph(weights, shape, "columns" if quantised else "float32"), directory / ENCODER_FILE)
    head = Head(weights, quantised=quantised)
    decoder = decoder_graph(weights, shape, "blocks" if quantised else "float32", head)
    learnt = weights["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    tables = {**head.tables, "encoder.position_bias": encoder_table(learnt, shape)}
    offsets = write_shared(directory, tables)
    point_into_shared(decoder, tables, offsets)
    description = T5Description(
        vocabulary=shape.vocabulary,
        d_model=shape.d_model,
        d_kv=shape.d_kv,
        heads=shape.heads,
        decoder_layers=shape.decoder_layers,
        start_id=shape.start_id,
        end_id=shape.end_id,
        pad_id=shape.pad_id,
        max_distance=shape.max_distance,
        position_bias_offset=offsets["encoder.position_bias"],
        embedding=head.embedding_table(offsets),
        tokenizer_sha256=hashlib.sha256((directory / TOKENIZER_FILE).read_bytes()).hexdigest(),
        prefix=prefix,
    )
    onnx.save(decoder, directory / DECODER_FILE)
    (directory / DESCRIPTION_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(description), indent=2))

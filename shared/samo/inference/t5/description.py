"""What a T5 version says about itself in `t5.json`: the shape of its graphs and where its token embedding lies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.domain.errors import ModelCorrupt

DESCRIPTION_FILE = "t5.json"
ENCODER_FILE = "encoder.onnx"
DECODER_FILE = "decoder.onnx"
SHARED_FILE = "shared.bin"
TOKENIZER_FILE = "tokenizer.json"


class EmbeddingTable(msgspec.Struct, frozen=True, kw_only=True):
    """The token embedding in `shared.bin`, offsets in bytes.

    Without `scales_offset` the values are float32 [vocabulary, d_model]. With it they are uint8 [vocabulary, blocks,
    block], and the embedding is `(value - 128) * scale` with float32 scales [vocabulary, blocks]: the layout of a
    `MatMulNBits` weight, for the same bytes serve as the head's.
    """

    offset: int
    scales_offset: int | None = None
    block: int = 0


class T5Description(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes as in the original paper: `d_kv` per head, `heads * d_kv` may differ from `d_model`.

    `vocabulary` is the number of embeddings, which the tokenizer's entries may leave some of unused. The encoder's
    position bias, float32 [heads, 2 * max_distance + 1], lies at `position_bias_offset` of `shared.bin`.
    `tokenizer_sha256` is that of the `tokenizer.json` whose ids the embedding's rows are. `prefix` is what training put
    before each text.
    """

    vocabulary: int
    d_model: int
    d_kv: int
    heads: int
    decoder_layers: int
    start_id: int
    end_id: int
    pad_id: int
    max_distance: int
    position_bias_offset: int
    embedding: EmbeddingTable
    tokenizer_sha256: str
    prefix: str = "summarize: "


def read_description(directory: Path) -> T5Description:
    """The description among a version's files. Raises `ModelCorrupt`."""
    try:
        return msgspec.json.decode((directory / DESCRIPTION_FILE).read_bytes(), type=T5Description)
    except FileNotFoundError:
        raise ModelCorrupt(f"the version has no {DESCRIPTION_FILE}: it was not made by `samo models build`") from None
    except msgspec.MsgspecError as error:
        raise ModelCorrupt(f"{DESCRIPTION_FILE} does not describe a T5: {error}; build the version again") from error

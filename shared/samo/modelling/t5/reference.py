"""The reference implementation with our weights in it: what the graphs are proved and measured against."""

from __future__ import annotations

import numpy as np
import torch
from transformers import T5Config, T5ForConditionalGeneration

from samo.modelling.t5.checkpoint import HEAD, T5Shape, Weights, is_tied


def torch_model(weights: Weights, shape: T5Shape) -> T5ForConditionalGeneration:
    """The same model in torch, in float32 and ready to generate."""
    config = T5Config(
        vocab_size=shape.vocabulary,
        d_model=shape.d_model,
        d_kv=shape.d_kv,
        d_ff=shape.d_ff,
        num_heads=shape.heads,
        num_layers=shape.encoder_layers,
        num_decoder_layers=shape.decoder_layers,
        feed_forward_proj="gated-gelu" if shape.gated else "relu",
        # Since transformers 5 this no longer unties the head, but says whether outputs are scaled.
        tie_word_embeddings=shape.scale_outputs,
        relative_attention_num_buckets=shape.buckets,
        relative_attention_max_distance=shape.max_distance,
        layer_norm_epsilon=shape.epsilon,
        decoder_start_token_id=shape.start_id,
        eos_token_id=shape.end_id,
        pad_token_id=shape.pad_id,
    )
    model = T5ForConditionalGeneration(config).eval()
    if not is_tied(weights):
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    missing, unexpected = model.load_state_dict(
        {name: torch.from_numpy(np.ascontiguousarray(weight)) for name, weight in weights.items()}, strict=False
    )
    if unexpected or any("embed_tokens" not in name for name in missing):
        raise ValueError(f"the reference asks for other weights: {missing}, {unexpected}")
    if not np.array_equal(model.lm_head.weight.detach().numpy(), weights[HEAD]):
        raise ValueError("the reference has tied a head that is not tied")
    return model

"""What the bench measures ours against, with the same weights: Hugging Face in float32, CTranslate2 in INT8."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from samo.modelling.t5.checkpoint import T5Shape, Weights

Run = Callable[[Sequence[int], int, int], int]
"""Source ids with the end token, beams, tokens to generate → tokens generated."""


def hugging_face(weights: Weights, shape: T5Shape, threads: int) -> Run:
    """`generate` of transformers in float32."""
    import torch

    from samo.modelling.t5.reference import torch_model

    torch.set_num_threads(threads)
    model = torch_model(weights, shape)

    def run(ids: Sequence[int], beams: int, length: int) -> int:
        with torch.inference_mode():
            generated = model.generate(
                input_ids=torch.tensor([list(ids)]),
                do_sample=False,
                num_beams=beams,
                max_new_tokens=length,
                min_new_tokens=length,
            )
        return int(generated.shape[1]) - 1

    return run


def ctranslate2_int8(weights: Weights, shape: T5Shape, threads: int, directory: Path) -> Run:
    """CTranslate2 in INT8, converted by its own loader."""
    import ctranslate2
    from ctranslate2.converters.transformers import T5Loader

    from samo.modelling.t5.reference import torch_model

    spec = T5Loader()(torch_model(weights, shape), _Tokens(shape))
    spec.validate()
    spec.optimize(quantization="int8")
    directory.mkdir()
    spec.save(str(directory))
    translator = ctranslate2.Translator(str(directory), device="cpu", compute_type="int8", intra_threads=threads)

    def run(ids: Sequence[int], beams: int, length: int) -> int:
        source = [_name(number) for number in ids]
        (result,) = translator.translate_batch(
            [source], beam_size=beams, max_decoding_length=length, min_decoding_length=length, max_input_length=0
        )
        return len(result.hypotheses[0])

    return run


class _Tokens:
    """As much of a tokenizer as the loader looks at: names for numbers."""

    pad_token, eos_token, unk_token, bos_token = "<pad>", "</s>", "<unk>", None
    pad_token_id, eos_token_id = 0, 1
    additional_special_tokens: tuple[str, ...] = ()

    def __init__(self, shape: T5Shape) -> None:
        self.vocab_size = shape.vocabulary

    def __len__(self) -> int:
        return self.vocab_size

    def get_vocab(self) -> dict[str, int]:
        """Name → number."""
        return {_name(number): number for number in range(self.vocab_size)}

    def convert_ids_to_tokens(self, ids: Any) -> Any:
        """Names of numbers, or the name of one."""
        return _name(ids) if isinstance(ids, int) else [_name(number) for number in ids]


def _name(number: int) -> str:
    return ("<pad>", "</s>", "<unk>")[number] if number < 3 else f"t{number}"

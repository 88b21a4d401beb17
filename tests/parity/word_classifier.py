"""Write the word classifier of `tests/golden`: `python -m tests.parity.word_classifier` (needs the extra `modelling`).

A real ONNX graph with a real tokenizer, whose results a test can foretell: it knows the names of the 28 labels, and a
label's logit is -4, plus 8 each time its name occurs. Two broken variants show what a faulty version does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from samo.domain.taxonomy import LABELS

GOLDEN = Path(__file__).parents[1] / "golden" / "emotion_words"
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
BIAS, WEIGHT = -4.0, 8.0
# What ONNX Runtime 1.27, the oldest that the package accepts, can load.
OPSET, IR_VERSION = 17, 8


def files() -> dict[str, bytes]:
    """Name → content of all golden files."""
    return {
        "model.onnx": _graph(len(LABELS), ("input_ids", "attention_mask")),
        "narrow.onnx": _graph(len(LABELS) - 1, ("input_ids", "attention_mask")),
        "greedy.onnx": _graph(len(LABELS), ("input_ids", "attention_mask", "position_ids")),
        "tokenizer.json": _tokenizer().to_str(pretty=True).encode(),
    }


def _graph(label_count: int, inputs: tuple[str, ...]) -> bytes:
    weights = np.zeros((len(SPECIAL_TOKENS) + len(LABELS), label_count), dtype=np.float32)
    weights[len(SPECIAL_TOKENS) :] = WEIGHT * np.eye(len(LABELS), label_count)
    constants = {
        "weights": weights,
        "bias": np.full(label_count, BIAS, dtype=np.float32),
        "last": np.array([-1]),
        "tokens": np.array([1]),
    }
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["words", "column"], ["real_words"]),
        helper.make_node("ReduceSum", ["real_words", "tokens"], ["sum"], keepdims=0),
        helper.make_node("Add", ["sum", "bias"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "word_classifier",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", label_count])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _tokenizer() -> Tokenizer:
    vocabulary = {word: number for number, word in enumerate((*SPECIAL_TOKENS, *LABELS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
    )
    return tokenizer


def main() -> None:
    """Write all files."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (GOLDEN / name).write_bytes(content)


if __name__ == "__main__":
    main()

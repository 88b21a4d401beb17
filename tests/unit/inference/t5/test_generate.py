"""Greedy and beam search: the tokens of Hugging Face `generate`, for any input, alone or in company.

The golden tokens come from `tests/parity/test_t5.py`, where transformers runs the same weights.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from samo.inference.t5.model import load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.random_tokenizer import random_tokenizer
from tests.unit.inference.t5.conftest import Folder, Model
from tests.unit.inference.t5.given_t5 import GOLDEN, SEARCHES, VARIANTS, searches_of, t5_manifest

CASES = [(name, search) for name in VARIANTS for search in searches_of(name)]
END = 1


def options_of(name: str, search: str) -> GenerationOptions:
    """The options of the golden tokens."""
    return msgspec.structs.replace(SEARCHES[search], max_new_tokens=VARIANTS[name].max_new_tokens)


@pytest.mark.parametrize(("name", "search"), CASES)
def test_float32_gives_the_tokens_of_transformers(model: Model, name: str, search: str) -> None:
    """50 inputs of 1 to 150 tokens in ragged batches: exactly the golden tokens, every one of them."""
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))[search]

    tokens = model(name).generate(VARIANTS[name].inputs(), options_of(name, search))

    assert tokens == golden


def test_the_golden_outputs_are_worth_comparing() -> None:
    """Most differ from each other, and they end after different numbers of tokens, some only at the limit."""
    for name, variant in VARIANTS.items():
        golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["greedy"]

        assert len(golden) == 50
        assert len({tuple(tokens) for tokens in golden}) >= 25
        assert len({len(tokens) for tokens in golden}) >= 5
        assert any(tokens[-1] != END and len(tokens) == variant.max_new_tokens for tokens in golden)


@pytest.mark.parametrize("search", ["greedy", "beam-4-early"])
@pytest.mark.parametrize("name", ["relu-untied", "gated-tied"])
def test_a_document_in_company_gives_what_it_gives_alone(model: Model, name: str, search: str) -> None:
    """Padding and the end of other documents change nothing."""
    inputs, options = VARIANTS[name].inputs()[:12], options_of(name, search)

    together = model(name).generate(inputs, options)

    assert together == [model(name).generate([ids], options)[0] for ids in inputs]


def test_an_empty_input_is_a_document_of_its_end_token(model: Model) -> None:
    """One position in the encoder is enough."""
    (tokens,) = model("relu-tied").generate([[]], GenerationOptions(beams=1, max_new_tokens=5, min_new_tokens=5))

    assert len(tokens) == 5


def test_no_input_gives_no_output(model: Model) -> None:
    """And is no error."""
    assert model("relu-tied").generate([], GenerationOptions()) == []


def test_input_and_output_far_beyond_the_longest_distance_of_training(model: Model) -> None:
    """There is no table of positions to run out of."""
    ids = np.random.default_rng(3).integers(3, 640, 1500).tolist()

    (tokens,) = model("relu-untied").generate([ids], GenerationOptions(beams=1, max_new_tokens=300, min_new_tokens=300))

    assert len(tokens) == 300


def test_the_number_of_threads_does_not_show(model: Model, folder: Folder) -> None:
    """The same version on another machine size writes the same."""
    directory = folder("gated-untied", quantised=True)
    inputs, options = VARIANTS["gated-untied"].inputs()[:10], options_of("gated-untied", "beam-4")

    two = load_t5(directory, t5_manifest(directory), threads=2).generate(inputs, options)

    assert two == model("gated-untied", quantised=True).generate(inputs, options)


def test_the_longest_and_the_shortest_output_that_may_be(model: Model) -> None:
    """`max_new_tokens` counts the end token; before `min_new_tokens` there is none."""
    inputs = VARIANTS["gated-tied"].inputs()

    for beams in (1, 4):
        outputs = model("gated-tied").generate(
            inputs, GenerationOptions(beams=beams, min_new_tokens=6, max_new_tokens=9)
        )
        assert {len(tokens) for tokens in outputs} <= {7, 8, 9}
        assert all(END not in tokens[:6] for tokens in outputs)


def test_an_ngram_never_comes_twice(model: Model) -> None:
    """Not even where the model would say nothing else."""
    options = GenerationOptions(no_repeat_ngram=2, max_new_tokens=24, min_new_tokens=24)

    outputs = model("relu-tied").generate(VARIANTS["relu-tied"].inputs()[:20], options)

    for tokens in outputs:
        pairs = list(pairwise(tokens))
        assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    "options",
    [GenerationOptions(beams=0), GenerationOptions(max_new_tokens=0), GenerationOptions(repetition_penalty=0.0)],
    ids=["beams", "max_new_tokens", "repetition_penalty"],
)
def test_options_that_ask_for_nothing_are_refused(model: Model, options: GenerationOptions) -> None:
    """Said at once, not as a division by zero on the way."""
    with pytest.raises(ValueError, match="must be positive"):
        model("relu-tied").generate([[5]], options)


def test_text_becomes_tokens_and_tokens_become_text(model: Model) -> None:
    """The end token is `generate`'s affair; special tokens are not text, nor are ids that the tokenizer lacks."""
    t5 = model("relu-tied")

    ids = t5.encode("ba be")

    assert END not in ids
    assert t5.decode([0, *ids, 639, END]) == "ba be"
    assert t5.encode("") == []
    assert len(t5.encode("ba " * 5000)) >= 5000


def test_a_model_reads_the_prefix_that_it_was_built_with(tmp_path: Path) -> None:
    """A fine-tune that knows no "summarize: " is not served one."""
    variant = VARIANTS["relu-tied"]
    tokenizer = random_tokenizer(variant.shape.vocabulary)
    write_bundle(variant.weights(), variant.shape, tokenizer, tmp_path, quantised=True, prefix="tell me: ")

    model = load_t5(tmp_path, t5_manifest(tmp_path), threads=1)

    assert model.prefix == "tell me: "

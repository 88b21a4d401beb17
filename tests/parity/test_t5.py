"""T5 by our graphs and our searches against `transformers`: the same weights give exactly the same tokens.

The golden files, which `make test` checks without torch, come from here:
`SAMO_WRITE_GOLDEN=1 .venv/bin/pytest tests/parity/test_t5.py`.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from transformers import T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.model import T5Model, load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.agreement import agreement
from samo.modelling.t5.position_bias import buckets_of
from samo.modelling.t5.reference import torch_model
from tests.unit.inference.t5.given_t5 import (
    GOLDEN,
    SEARCHES,
    SMALL_SEARCHES,
    VARIANTS,
    searches_of,
    t5_manifest,
    write_version,
)
from tests.unit.inference.t5.test_int8 import LEAST_AGREEMENT, LEAST_EXACT, LEAST_PREFIX, MOST_KL

WRITE_GOLDEN = os.environ.get("SAMO_WRITE_GOLDEN") == "1"
BATCH = 10
CASES = [(name, search) for name in VARIANTS for search in searches_of(name)]


@cache
def reference(name: str) -> T5ForConditionalGeneration:
    """The variant in torch, built once."""
    return torch_model(VARIANTS[name].weights(), VARIANTS[name].shape)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, T5Model]:
    """The variants in float32, as the runtime loads them."""
    loaded = {}
    for name, variant in VARIANTS.items():
        directory = write_version(tmp_path_factory.mktemp(name), variant)
        loaded[name] = load_t5(directory, t5_manifest(directory), threads=1)
    return loaded


def reference_tokens(name: str, options: GenerationOptions) -> list[list[int]]:
    """What `generate` gives for the variant's inputs, without the start token and padding."""
    model, shape = reference(name), VARIANTS[name].shape
    inputs = [[*ids, shape.end_id] for ids in VARIANTS[name].inputs()]
    order = sorted(range(len(inputs)), key=lambda number: len(inputs[number]))
    outputs: list[list[int]] = [[] for _ in inputs]
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        width = max(len(inputs[number]) for number in batch)
        ids = torch.full((len(batch), width), shape.pad_id)
        mask = torch.zeros((len(batch), width), dtype=torch.long)
        for row, number in enumerate(batch):
            ids[row, : len(inputs[number])] = torch.tensor(inputs[number])
            mask[row, : len(inputs[number])] = 1
        with torch.inference_mode():
            generated = model.generate(
                input_ids=ids,
                attention_mask=mask,
                do_sample=False,
                num_beams=options.beams,
                max_new_tokens=options.max_new_tokens,
                min_new_tokens=options.min_new_tokens or None,
                length_penalty=options.length_penalty,
                no_repeat_ngram_size=options.no_repeat_ngram,
                repetition_penalty=options.repetition_penalty,
                early_stopping=options.early_stopping,
            )
        for number, row in zip(batch, generated[:, 1:].tolist(), strict=True):
            outputs[number] = row[: row.index(shape.end_id) + 1] if shape.end_id in row else row
    return outputs


def golden_path(name: str) -> Path:
    """The golden tokens of a variant: search → one list of tokens per input."""
    return GOLDEN / f"{name}.json"


@pytest.mark.parametrize(("name", "search"), CASES)
def test_the_tokens_are_those_of_transformers(models: dict[str, T5Model], name: str, search: str) -> None:
    """50 inputs of one to many tokens, in ragged batches, in every way of searching."""
    options = msgspec.structs.replace(SEARCHES[search], max_new_tokens=VARIANTS[name].max_new_tokens)

    tokens = models[name].generate(VARIANTS[name].inputs(), options)

    expected = reference_tokens(name, options)
    assert tokens == expected
    if WRITE_GOLDEN:
        path = golden_path(name)
        golden = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        golden[search] = expected
        rows = ",\n".join(f" {json.dumps(each)}: {json.dumps(golden[each])}" for each in sorted(golden))
        path.write_text("{\n" + rows + "\n}\n", encoding="utf-8")
    assert json.loads(golden_path(name).read_text(encoding="utf-8"))[search] == expected


@pytest.mark.parametrize(("name", "search"), [(name, search) for name in VARIANTS for search in SMALL_SEARCHES])
def test_int8_agrees_with_transformers_at_a_stated_rate(tmp_path: Path, name: str, search: str) -> None:
    """As `test_int8.py` does along the golden tokens, live; `samo bench agreement` prints the figures."""
    options = msgspec.structs.replace(SEARCHES[search], max_new_tokens=VARIANTS[name].max_new_tokens)
    models = (
        T5Graphs(write_version(tmp_path / "float32", VARIANTS[name]), threads=1),
        T5Graphs(write_version(tmp_path / "int8", VARIANTS[name], quantised=True), threads=1),
    )

    found = agreement(name, models, VARIANTS[name].inputs(), reference_tokens(name, options), options)

    assert (found.tokens >= LEAST_AGREEMENT, found.kl <= MOST_KL) == (True, True)
    assert (found.exact >= LEAST_EXACT, found.prefix >= LEAST_PREFIX) == (True, True)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("buckets", "max_distance"), [(32, 128), (16, 64)])
def test_distances_fall_into_the_buckets_of_transformers(
    buckets: int, max_distance: int, *, bidirectional: bool
) -> None:
    """Every distance, for the borders between buckets lie on whole numbers."""
    shape = VARIANTS["relu-tied"].shape._replace(buckets=buckets, max_distance=max_distance)
    distances = np.arange(-2000, 2001)

    ours = buckets_of(distances, shape, bidirectional=bidirectional)

    theirs = T5Attention._relative_position_bucket(torch.from_numpy(distances), bidirectional, buckets, max_distance)
    assert ours.tolist() == theirs.tolist()

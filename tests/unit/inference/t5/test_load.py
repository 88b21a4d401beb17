"""Versions that are refused at load, with the reason."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import msgspec
import onnx
import pytest
from tokenizers import Tokenizer

from samo.domain.errors import ModelCorrupt
from samo.inference.t5.model import load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.random_tokenizer import random_tokenizer
from tests.unit.inference.t5.conftest import Folder
from tests.unit.inference.t5.given_t5 import TINY, t5_manifest


@pytest.fixture
def version(folder: Folder, tmp_path: Path) -> Path:
    """A small INT8 version to spoil."""
    return Path(shutil.copytree(folder("relu-tied", quantised=True), tmp_path / "version"))


def refused(version: Path, reason: str) -> None:
    """Loading says why it does not."""
    with pytest.raises(ModelCorrupt, match=reason):
        load_t5(version, t5_manifest(version), threads=1)


def put_tokenizer(version: Path, tokenizer: Tokenizer) -> None:
    """As a build would that was given this tokenizer."""
    path, description = version / "tokenizer.json", version / "t5.json"
    tokenizer.save(str(path))
    told = json.loads(description.read_bytes())
    told["tokenizer_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    description.write_text(json.dumps(told), encoding="utf-8")


def without_input(path: Path, name: str) -> None:
    """Rename an input of the graph, and what reads it."""
    model = onnx.load(path, load_external_data=False)
    for value in model.graph.input:
        if value.name == name:
            value.name = "something_else"
    for node in model.graph.node:
        node.input[:] = ["something_else" if each == name else each for each in node.input]
    onnx.save(model, path)


@pytest.mark.parametrize(
    ("file", "name"),
    [("encoder.onnx", "inputs_embeds"), ("decoder.onnx", "source_bias"), ("decoder.onnx", "cross_key_1")],
)
def test_a_graph_that_lacks_an_expected_input(version: Path, file: str, name: str) -> None:
    """The message names the graph and the input."""
    without_input(version / file, name)

    refused(version, f"{file} lacks the input {name}")


def test_graphs_of_another_model(version: Path, folder: Folder) -> None:
    """An encoder with more layers than the description says is not run on half of its outputs."""
    shutil.copy(folder("t5-small", quantised=True) / "decoder.onnx", version)

    refused(version, r"decoder\.onnx")


@pytest.mark.parametrize("file", ["encoder.onnx", "decoder.onnx", "shared.bin", "t5.json", "tokenizer.json"])
def test_a_missing_file(version: Path, file: str) -> None:
    """None of them can be done without."""
    (version / file).unlink()

    refused(version, file.replace(".", r"\."))


@pytest.mark.parametrize("file", ["encoder.onnx", "decoder.onnx", "t5.json", "tokenizer.json"])
def test_a_file_that_is_something_else(version: Path, file: str) -> None:
    """The message names it."""
    (version / file).write_bytes(b"something else")

    refused(version, file.replace(".", r"\."))


def test_a_table_that_is_cut_off(version: Path) -> None:
    """Noticed before a token that lies behind the cut is looked up."""
    path = version / "shared.bin"
    path.write_bytes(path.read_bytes()[:5000])

    refused(version, r"shared\.bin does not hold")


@pytest.mark.parametrize("vocabulary", [TINY.vocabulary + 128, TINY.vocabulary - 128])
def test_a_tokenizer_of_another_vocabulary(version: Path, vocabulary: int) -> None:
    """Larger, it would ask for embeddings that are not there; smaller, the model would write what has no text."""
    put_tokenizer(version, random_tokenizer(vocabulary))

    refused(version, "they are not of one model")


def test_a_tokenizer_with_another_end_token(version: Path) -> None:
    """No output would ever end."""
    text = (version / "tokenizer.json").read_text(encoding="utf-8").replace("</s>", "<eos>")
    put_tokenizer(version, Tokenizer.from_str(text))

    refused(version, "is not the model's end token")


def test_a_tokenizer_with_another_padding_token(version: Path) -> None:
    """Ids that lie elsewhere are those of another vocabulary of the same size."""
    text = (version / "tokenizer.json").read_text(encoding="utf-8").replace("<pad>", "<nothing>")
    put_tokenizer(version, Tokenizer.from_str(text))

    refused(version, "is not the model's padding token")


def test_a_tokenizer_that_is_not_the_one_of_the_build(version: Path) -> None:
    """As many entries and the same special tokens, in another order: the text would come out as other words."""
    text = (version / "tokenizer.json").read_text(encoding="utf-8")
    swapped = text.replace('"▁ba"', '"swap"').replace('"▁be"', '"▁ba"').replace('"swap"', '"▁be"')
    assert swapped != text
    (version / "tokenizer.json").write_text(swapped, encoding="utf-8")

    refused(version, "is not the tokenizer that the version was built with")


def test_a_version_of_another_task(version: Path) -> None:
    """A channel that names the wrong model is told apart from one with wrong files."""
    manifest = msgspec.structs.replace(t5_manifest(version), task="emotion")

    with pytest.raises(ModelCorrupt, match="is no T5"):
        load_t5(version, manifest, threads=1)


def test_a_loaded_version_outlives_its_folder(version: Path) -> None:
    """A downloaded version's folder is deleted once it is loaded."""
    model = load_t5(version, t5_manifest(version), threads=1)

    shutil.rmtree(version)

    assert len(model.generate([[5, 600]], GenerationOptions(max_new_tokens=4, min_new_tokens=4))[0]) == 4

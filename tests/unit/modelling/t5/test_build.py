"""The whole build on a small random T5: what it publishes, and what it refuses to."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from samo.adapters.directory import DirectoryStore
from samo.cli.main import main
from samo.domain.errors import ModelCorrupt, ModelUnavailable, ModelVersionTaken
from samo.inference.model_store.hub import Hub
from samo.inference.model_store.store import ModelStore
from samo.inference.t5.model import load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.errors import BuildConfigInvalid, GateFailed
from samo.modelling.t5.build import build_summarization
from samo.modelling.t5.checkpoint import CheckpointInvalid
from samo.modelling.t5.config import (
    SummarizationBuildConfig,
    SummarizationGateConfig,
    load_summarization_config,
)
from samo.modelling.t5.random_tokenizer import random_tokenizer
from samo.modelling.t5.source import fetch_checkpoint
from tests.unit.inference.t5.given_t5 import VARIANTS
from tests.unit.modelling.t5.given_checkpoints import write_checkpoint

SHIPPED = Path(str(files("samo.modelling") / "configs" / "summarization.toml"))
# Random weights write another text after the first token that differs.
OPEN_GATE = SummarizationGateConfig(max_kl=0.1, min_rouge_l=0.0, max_size_share=1.0)
CONFIG = SummarizationBuildConfig(licence="Apache-2.0", data="none", gate=OPEN_GATE)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A gated T5 with a head of its own, in a folder."""
    variant = VARIANTS["gated-untied"]
    return write_checkpoint(tmp_path / "Tiny_T5", variant.weights(), variant.shape)


def test_a_build_publishes_a_version_that_the_runtime_reads(tmp_path: Path, checkpoint: Path) -> None:
    """From a checkpoint to a generated text, through the same store as in production."""
    store = DirectoryStore(tmp_path / "store")

    built = build_summarization(checkpoint, CONFIG, store, tmp_path / "work")

    models = ModelStore([store])
    manifest = models.choose("summarization", key="somebody/an-entry")
    with models.files(manifest) as directory:
        model = load_t5(directory, manifest, threads=1)
    (tokens,) = model.generate([model.encode("ba be bi")], GenerationOptions(max_new_tokens=5, min_new_tokens=5))
    assert len(tokens) == 5
    assert manifest == built
    assert manifest.version.startswith("tiny-t5-int8-")
    assert (manifest.task, manifest.engine, manifest.max_length) == ("summarization", "onnx", 512)
    assert manifest.provenance.base == "Tiny_T5"
    assert manifest.metrics.keys() == {
        "dev_kl_int8", "dev_top1_agreement_int8", "dev_rougeL_int8", "size_share_int8"
    }  # fmt: skip
    assert {file.path for file in manifest.files} == {
        "README.md", "decoder.onnx", "encoder.onnx", "shared.bin", "t5.json", "tokenizer.json"
    }  # fmt: skip


def test_the_card_states_what_the_manifest_states(tmp_path: Path, checkpoint: Path) -> None:
    """Licence, origin, measures and limits, for whoever finds the folder."""
    manifest = build_summarization(checkpoint, CONFIG, DirectoryStore(tmp_path / "store"), tmp_path / "work")

    card = (tmp_path / "store" / "summarization" / manifest.version / "README.md").read_text(encoding="utf-8")

    assert card.startswith(f"# {manifest.version}\n")
    assert all(f"| {name} | {metric.value:.4f} |" in card for name, metric in manifest.metrics.items())
    assert "Apache-2.0" in card


@pytest.mark.parametrize(
    "gate",
    [msgspec.structs.replace(OPEN_GATE, max_size_share=0.01), msgspec.structs.replace(OPEN_GATE, max_kl=0.0)],
    ids=["size", "kl"],
)
def test_a_failed_gate_publishes_nothing(tmp_path: Path, checkpoint: Path, gate: SummarizationGateConfig) -> None:
    """Neither a version nor a channel."""
    config = msgspec.structs.replace(CONFIG, gate=gate)

    with pytest.raises(GateFailed):
        build_summarization(checkpoint, config, DirectoryStore(tmp_path / "store"), tmp_path / "work")

    with pytest.raises(ModelUnavailable):
        ModelStore([DirectoryStore(tmp_path / "store")]).choose("summarization", key="somebody/an-entry")


def test_a_version_that_is_published_is_not_built_again(tmp_path: Path, checkpoint: Path) -> None:
    """The name follows from the weights, so the same weights are noticed before any work."""
    store = DirectoryStore(tmp_path / "store")
    build_summarization(checkpoint, CONFIG, store, tmp_path / "work")

    with pytest.raises(ModelVersionTaken, match="tiny-t5-int8-"):
        build_summarization(checkpoint, CONFIG, store, tmp_path / "other-work")

    assert not (tmp_path / "other-work").exists()


def test_a_tokenizer_of_another_model_stops_the_build(tmp_path: Path, checkpoint: Path) -> None:
    """With the same words as at load."""
    random_tokenizer(1024).save(str(checkpoint / "tokenizer.json"))

    with pytest.raises(ModelCorrupt, match="they are not of one model"):
        build_summarization(checkpoint, CONFIG, DirectoryStore(tmp_path / "store"), tmp_path / "work")


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path, checkpoint: Path) -> None:
    """All that is missing is named at once."""
    (checkpoint / "model.safetensors").unlink()
    (checkpoint / "tokenizer.json").unlink()

    with pytest.raises(CheckpointInvalid, match=r"it lacks tokenizer\.json, model\.safetensors"):
        fetch_checkpoint(str(checkpoint), tmp_path / "work")


def test_a_hub_that_does_not_answer_is_given_up_on_within_its_patience(tmp_path: Path) -> None:
    """The message says what to do without a connection."""
    nobody = Hub(endpoint="http://127.0.0.1:9", patience_s=1.0)
    started_s = time.monotonic()

    with pytest.raises(ModelUnavailable, match=r"google-t5/t5-small .* cannot be fetched .* --from"):
        fetch_checkpoint("google-t5/t5-small", tmp_path, hub=nobody)

    assert time.monotonic() - started_s < 5


def test_the_command_builds_from_a_folder(tmp_path: Path, checkpoint: Path) -> None:
    """`samo models build summarization --from FOLDER`."""
    config = tmp_path / "mine.toml"
    config.write_text(
        'licence = "MIT"\ndata = "none"\n[gate]\nmax_kl = 0.1\nmin_rouge_l = 0.0\nmax_size_share = 1\n',
        encoding="utf-8",
    )
    arguments = ["--from", str(checkpoint), "--config", str(config), "--store", str(tmp_path / "store")]

    result = CliRunner().invoke(
        main, ["models", "build", "summarization", *arguments, "--work-dir", str(tmp_path / "work")]
    )

    assert result.exit_code == 0, result.output
    assert "published summarization/tiny-t5-int8-" in result.output


def test_the_shipped_configuration_is_valid() -> None:
    """And as strict as the defaults."""
    config = load_summarization_config(SHIPPED)

    assert config.gate == SummarizationGateConfig()
    assert (config.channel, config.max_length) == ("stable", 512)


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    """It would otherwise build with the default."""
    path = tmp_path / "mine.toml"
    path.write_text('licence = "MIT"\ndata = "none"\n[gate]\nmax_kullback = 1.0\n', encoding="utf-8")

    with pytest.raises(BuildConfigInvalid, match=r"^mine\.toml: "):
        load_summarization_config(path)

"""What builds of an emotion model are given here: a small random encoder, rows made up, settings for seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from samo.domain.taxonomy import LABELS
from samo.inference.model_store.manifest import Provenance
from samo.modelling.emotion.config import EmotionBuildConfig, GateConfig, TrainingConfig

BASE_PACKAGE = "tiny_base"
PROVENANCE = Provenance(base="random weights", data="made-up rows", command="pytest")
OPEN_GATE = GateConfig(max_macro_f1_loss=1.0, max_label_f1_loss=1.0)
SHUT_GATE = GateConfig(max_size=1)


def install_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with an untrained encoder whose vocabulary is the names of the labels."""
    words = {word: number for number, word in enumerate(("[PAD]", "[UNK]", *LABELS))}
    model = tmp_path / "packages" / BASE_PACKAGE / "model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").touch()
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(model / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(model)
    monkeypatch.syspath_prepend(model.parents[1])


def write_data(directory: Path) -> Path:
    """Rows that name their own emotion."""
    directory.mkdir()
    (directory / "labels.txt").write_text("\n".join(LABELS), encoding="utf-8")
    for split, repetitions in (("train", 20), ("dev", 4)):
        rows = [f"so much {name} today\t{number}\tid\n" for number, name in enumerate(LABELS)] * repetitions
        (directory / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")
    return directory


def config_of(gate: GateConfig, *, epochs: int = 12) -> EmotionBuildConfig:
    """A build that learns its rows by heart within seconds."""
    training = TrainingConfig(epochs=epochs, learning_rate=5e-3, patience=epochs)
    return EmotionBuildConfig(
        version="tiny-1", licence="MIT", provenance=PROVENANCE, base=BASE_PACKAGE, training=training, gate=gate
    )

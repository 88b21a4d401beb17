"""Build configuration: the shipped file is valid, and a typing error does not pass as a default."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from samo.modelling.emotion.config import TrainingConfig, load_config
from samo.modelling.errors import BuildConfigInvalid
from samo.settings import EmotionConfig


def test_the_shipped_configuration_is_valid() -> None:
    """And ships the real model, not the dev mode's."""
    config = load_config(Path(str(files("samo.modelling") / "configs" / "emotion.toml")))

    assert (config.channel, config.dev_mode) == ("stable", False)


@pytest.mark.parametrize("name", get_args(EmotionConfig))
def test_the_job_can_be_told_of_shipped_configurations_alone(name: str) -> None:
    """Every name that its settings admit is a file that describes a build."""
    assert load_config(Path(str(files("samo.modelling") / "configs" / f"{name}.toml"))).version


COMPLETE = """
version = "v"
licence = "MIT"

[provenance]
base = "a base"
data = "some data"
command = "a command"
"""


def test_what_a_file_leaves_out_has_its_documented_default(tmp_path: Path) -> None:
    """Only the version, the licence and the provenance must be said."""
    path = tmp_path / "mine.toml"
    path.write_text(COMPLETE, encoding="utf-8")

    config = load_config(path)

    assert (config.version, config.training) == ("v", TrainingConfig())


@pytest.mark.parametrize(
    "content",
    [
        COMPLETE + "[training]\nepoch = 3\n",
        COMPLETE + "[training]\nepochs = 'three'\n",
        COMPLETE.replace('version = "v"', ""),
        "version = \n",
    ],
    ids=["unknown-key", "wrong-type", "missing-version", "not-toml"],
)
def test_a_file_that_does_not_describe_a_build_is_refused(tmp_path: Path, content: str) -> None:
    """The message names the file; a misspelt key would otherwise train with the default."""
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(BuildConfigInvalid, match=r"^mine\.toml: "):
        load_config(path)

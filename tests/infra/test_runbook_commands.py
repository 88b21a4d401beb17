"""Runbooks tell people to type what exists: every `samo` command in them is one of the command line's."""

from __future__ import annotations

import re

import click
import pytest

from samo.cli.main import main
from tests.infra.applied import ROOT

COMMANDS = sorted(
    {
        (path.name, line.strip())
        for path in (ROOT / "docs" / "runbooks").glob("*.md")
        for line in re.findall(r"(?:^|`)(samo [^`\n#]+)", path.read_text(), re.MULTILINE)
    }
)


def test_the_runbooks_use_the_command_line() -> None:
    """Else the next test would have nothing to look at."""
    assert len(COMMANDS) > 10


@pytest.mark.parametrize(("runbook", "line"), COMMANDS)
def test_a_runbooks_command_exists_with_its_options(runbook: str, line: str) -> None:
    """Group, command and every option, by name."""
    command: click.Command = main
    words = line.split()[1:]
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts}

    assert not isinstance(command, click.Group) or not words
    assert {word for word in words if word.startswith("--")} <= options

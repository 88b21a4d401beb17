"""The guides tell people to type what exists: commands, targets, variables, outputs, triggers, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from samo.cli.main import main
from tests.infra.applied import INFRA, ROOT

RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
DEPLOY = ROOT / "docs" / "deploy.md"
GUIDES = [*RUNBOOKS, DEPLOY, ROOT / "docs" / "operations.md", *sorted(INFRA.rglob("README.md"))]

# Of Terraform's own commands, those that the guides use.
TERRAFORM = {"apply", "destroy", "fmt", "init", "output", "plan", "test", "validate"}

_CODE = re.compile(r"^```sh\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s(;|])(?:\.venv/bin/)?(samo|make|terraform) ([a-z][^\n#|;)]*)", re.MULTILINE)


def commands(*programs: str) -> Iterator[tuple[str, str]]:
    """Guide and command line of each program that is named in a block of code or between backquotes."""
    for path in GUIDES:
        for block, span in _CODE.findall(path.read_text()):
            for program, line in _COMMAND.findall(block.replace("\\\n", " ") or span):
                if program in programs:
                    yield path.relative_to(ROOT).as_posix(), f"{program} {line.strip()}"


def declared(kind: str, folder: Path) -> set[str]:
    """Names of the variables or outputs of a Terraform folder."""
    return set(re.findall(rf'^{kind} "(\w+)"', (folder / f"{kind}s.tf").read_text(), re.MULTILINE))


@pytest.mark.parametrize("program", ["samo", "make", "terraform"])
def test_the_guides_use_the_program(program: str) -> None:
    """Else the next tests would have nothing to look at."""
    assert len(list(commands(program))) > 3


@pytest.mark.parametrize(("guide", "line"), sorted(set(commands("samo"))))
def test_a_command_of_samo_exists_with_its_options(guide: str, line: str) -> None:
    """Group, command and every option, by name; a group alone stands for all that it has."""
    command: click.Command = main
    words = line.split()[1:]
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        assert name in command.commands, f"{guide}: {line}"
        command = command.commands[name]
    options = {name for parameter in command.params for name in parameter.opts}

    assert {word.strip("[]") for word in words if word.strip("[]").startswith("--")} <= options, f"{guide}: {line}"


def test_every_make_target_exists() -> None:
    """In the Makefile, by name."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {line.split()[1] for _, line in commands("make")} <= targets


def test_every_terraform_command_and_variable_exists() -> None:
    """Subcommands are Terraform's, `-var` names a variable of the environments or of the bootstrap."""
    variables = declared("variable", INFRA / "environments" / "dev") | declared("variable", INFRA / "bootstrap")
    for guide, line in commands("terraform"):
        words = line.split()[1:]

        assert words[0] in TERRAFORM, f"{guide}: {line}"
        assert set(re.findall(r"-var (\w+)=", line)) <= variables, f"{guide}: {line}"
        if words[0] == "output" and len(words) > 1:
            assert words[1] in declared("output", INFRA / "environments" / "dev") | declared(
                "output", INFRA / "bootstrap"
            )


def test_what_can_be_set_is_a_variable_of_the_pipeline() -> None:
    """Each row of the table, and all that a person may want to set; the rest is given in the environments' files."""
    section = DEPLOY.read_text().partition("## What can be set")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))

    given = {
        "artefact_publishers",
        "artefact_readers",
        "artefacts",
        "channel",
        "images",
        "name",
        "project_id",
        "region",
    }
    assert declared("variable", INFRA / "modules" / "pipeline") - given == rows


def test_substitutions_and_triggers_exist() -> None:
    """Those of the three builds."""
    builds = " ".join(path.read_text() for path in ROOT.glob("cloudbuild*.yaml"))
    text = DEPLOY.read_text()

    used = set(re.findall(r"\b(_[A-Z_]+)(?:=|`)", text))
    assert used
    assert used <= set(re.findall(r"^  (_[A-Z_]+):", builds, re.MULTILINE))
    for config in re.findall(r"--(?:build-)?config (\S+)", text):
        assert (ROOT / config).is_file(), config


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(guide: Path) -> None:
    """To a file of the repository and, within a guide, to a heading that is there."""
    text = guide.read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }

    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text.replace("\n", " ")):
        file, _, anchor = target.partition("#")
        assert (guide.parent / file).exists() if file else anchor in headings, target


def test_paths_in_the_walk_exist() -> None:
    """Folders that are entered; files below `build/` are made on the way."""
    entered = set(re.findall(r"^cd ([a-z]\S+)$", DEPLOY.read_text(), re.MULTILINE))

    assert entered == {"infra/bootstrap", "infra/environments/$ENVIRONMENT"}
    for folder in entered:
        assert (ROOT / folder.replace("$ENVIRONMENT", "dev")).is_dir()

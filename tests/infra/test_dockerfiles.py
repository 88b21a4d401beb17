"""The jobs' images, read line by line, and their entry points started from the files that they would hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path, PurePosixPath

import pytest

from tests.infra.applied import ROOT

FILES = sorted((ROOT / "functions").glob("*/Dockerfile"))


@pytest.fixture(params=FILES, ids=lambda path: path.parent.name)
def file(request: pytest.FixtureRequest) -> Path:
    """Each Dockerfile."""
    chosen: Path = request.param
    return chosen


def instructions(file: Path) -> list[tuple[str, str]]:
    """Instruction and arguments of each logical line, comments left out."""
    lines = "\n".join(line for line in file.read_text().splitlines() if not line.lstrip().startswith("#"))
    logical = re.sub(r"\\\n\s*", "", lines).splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in logical if line.strip())]


def test_the_modelling_job_has_an_image() -> None:
    """So that nothing below passes for lack of subjects."""
    assert ROOT / "functions" / "modelling" / "Dockerfile" in FILES


def test_an_image_has_two_stages_of_a_base_that_is_pinned_elsewhere(file: Path) -> None:
    """What builds is not what runs. The base comes by digest from cloudbuild.yaml; a default is for desks alone."""
    found = instructions(file)

    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    assert bases == ["${BASE}", "${BASE}"]
    assert found[0][0] == "ARG"
    assert re.fullmatch(r"BASE(=python:3\.11\S*)?", found[0][1])
    assert "latest" not in file.read_text()


def test_an_image_does_not_run_as_root(file: Path) -> None:
    """The last user of the last stage, by number, and nothing is installed after it."""
    found = instructions(file)
    last_stage = found[max(number for number, (word, _) in enumerate(found) if word == "FROM") :]
    words = [word for word, _ in last_stage]

    (user,) = (rest for word, rest in last_stage if word == "USER")
    assert user.isdecimal()
    assert int(user) >= 10_000
    assert {"RUN", "COPY"}.isdisjoint(words[words.index("USER") :])


def test_everything_is_installed_by_hash_and_compiled(file: Path) -> None:
    """From the job's own lock; bytecode is part of the image."""
    runs = [rest for word, rest in instructions(file) if word == "RUN"]

    installs = [run for run in runs if "pip install" in run]
    assert installs
    assert all("--require-hashes" in run for run in installs)
    assert any("compileall" in run for run in runs)
    assert not any("--no-compile" in run for run in installs)


def test_what_is_copied_is_there_and_not_ignored(file: Path) -> None:
    """A path that does not exist fails the build, and so does one that .dockerignore hides."""
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    for source in (one for word, rest in instructions(file) if word == "COPY" for one in _sources(rest)):
        assert (ROOT / source).exists(), source
        assert any(PurePosixPath(source).match(pattern) for pattern in allowed), source


def test_the_entry_point_starts_from_the_copied_files_alone(file: Path, tmp_path: Path) -> None:
    """Laid out as the image is, without settings: it names what is missing instead of a module."""
    found = instructions(file)
    workdir = next((rest for word, rest in found if word == "WORKDIR"), "/")
    for rest in (rest for word, rest in found if word == "COPY" and "--from" not in rest):
        *sources, target = _arguments(rest)
        for source in sources:
            place = tmp_path / target.lstrip("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place = place / Path(source).name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / source, place)
    (entry,) = (json.loads(rest) for word, rest in found if word == "ENTRYPOINT")
    program, script = entry
    assert program.endswith("/python")
    job = tmp_path / (PurePosixPath(workdir) / script).relative_to("/")

    # The development environment's packages, without the editable install of samo that -S leaves out.
    start = (
        "import runpy, sys; sys.path[:0] = [sys.argv.pop(1)]; sys.path.append(sys.argv.pop(1));"
        " sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", start, str(job.parent), sysconfig.get_path("purelib"), str(job)],
        cwd=job.parent,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode != 0
    assert "is not set" in done.stderr, done.stderr
    assert "ModuleNotFoundError" not in done.stderr


def _arguments(rest: str) -> list[str]:
    return [part for part in rest.split() if not part.startswith("--")]


def _sources(rest: str) -> list[str]:
    return [] if "--from" in rest else _arguments(rest)[:-1]

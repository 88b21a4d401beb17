"""The source archives: the same everywhere, complete, and nothing in them that is not deployed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from infra.bundle import FUNCTIONS, LEFT_OUT, MAX_BYTES, archive, bundle
from tests.infra.applied import ROOT

# Modules come from the archive and the installed distributions alone: -S leaves out the editable install of samo.
_BUILD_A_STAGE = """
import os, sys
sys.path[:0] = [os.getcwd()]
sys.path.append(sys.argv[1])
import main, samo, samo.wiring
assert callable(main.handle)
getattr(samo.wiring, sys.argv[2] + "_stage")()
print(os.path.dirname(samo.__file__))
"""

# As Terraform sets them; no client is made before the first event.
ENVIRON = {
    "SAMO_ANALYSES_TOPIC": "projects/p/topics/analyses",
    "SAMO_INSIGHTS_TOPIC": "projects/p/topics/insights",
    "SAMO_LEASES": "gs://leases",
    "SAMO_MODELS": "gs://models",
    "SAMO_RECORDINGS": "gs://recordings",
    "SAMO_RESULTS": "gs://results",
    "SAMO_TRANSCRIPTS_TOPIC": "projects/p/topics/transcripts",
}


def repository(root: Path) -> Path:
    """A small repository with files of every kind that does not belong into an archive."""
    for function in FUNCTIONS:
        folder = root / "functions" / function
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(f"# {function}\n")
        (folder / "requirements.txt").write_text("one==1\n")
        (folder / "Dockerfile").write_text("FROM scratch\n")
    package = root / "shared" / "samo"
    for name in ("report/page.html", "wiring.py", "__init__.py", "py.typed", "domain/cli.py"):
        _write(package / name)
    for name in ("__pycache__/wiring.pyc", "domain/.cli.py.swp", ".DS_Store", *(f"{left}/x.py" for left in LEFT_OUT)):
        _write(package / name)
    _write(root / "shared" / "models" / "weights.onnx")
    return root


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name)


def names(data: Path) -> list[str]:
    """The names in an archive, in its order."""
    with zipfile.ZipFile(data) as file:
        return file.namelist()


def test_an_archive_holds_the_entry_point_its_lock_and_the_package(tmp_path: Path) -> None:
    """No training, no command line, no local cloud, no models, no bytecode, no hidden file, no Dockerfile."""
    written = bundle(repository(tmp_path), tmp_path / "build")

    for path in written.values():
        assert names(path) == [
            "main.py",
            "requirements.txt",
            "samo/__init__.py",
            "samo/domain/cli.py",
            "samo/py.typed",
            "samo/report/page.html",
            "samo/wiring.py",
        ]


def test_times_permissions_and_place_do_not_change_an_archive(tmp_path: Path) -> None:
    """Two clones, made at different times by different people, give the same SHA-256."""
    here, there = repository(tmp_path / "here"), repository(tmp_path / "there")
    for path in there.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))

    for function in FUNCTIONS:
        assert archive(here, function) == archive(there, function)


def test_a_changed_source_changes_every_archive(tmp_path: Path) -> None:
    """The name follows the content, so that Terraform deploys it."""
    root = repository(tmp_path)
    before = {function: archive(root, function) for function in FUNCTIONS}

    (root / "shared" / "samo" / "wiring.py").write_text("changed")

    assert all(archive(root, function) != before[function] for function in FUNCTIONS)


def test_the_variable_file_names_the_archives_that_were_written(tmp_path: Path) -> None:
    """And those of an earlier run are gone."""
    root, out = repository(tmp_path), tmp_path / "build"
    bundle(root, out)
    (root / "functions" / "emotion" / "main.py").write_text("changed")

    written = bundle(root, out)

    digests = json.loads((out / "artefacts.tfvars.json").read_text())["artefacts"]
    assert {path.name for path in out.glob("*.zip")} == {f"{name}-{digest}.zip" for name, digest in digests.items()}
    assert {function: hashlib.sha256(path.read_bytes()).hexdigest() for function, path in written.items()} == digests


def test_a_function_without_its_lock_is_not_bundled(tmp_path: Path) -> None:
    """Cloud Build would install nothing, and the function would fail at its first import."""
    root = repository(tmp_path)
    (root / "functions" / "insights" / "requirements.txt").unlink()

    with pytest.raises(FileNotFoundError, match=r"insights/requirements\.txt"):
        archive(root, "insights")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_builds_its_stage_from_nothing_but_its_archive(function: str, tmp_path: Path) -> None:
    """Its `main.py` finds the package beside it, and the wiring finds all that the stage imports."""
    archived = tmp_path / "function.zip"
    archived.write_bytes(archive(ROOT, function))
    with zipfile.ZipFile(archived) as file:
        file.extractall(tmp_path / "unpacked")

    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", _BUILD_A_STAGE, sysconfig.get_path("purelib"), function],
        cwd=tmp_path / "unpacked",
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == tmp_path / "unpacked" / "samo"
    assert (tmp_path / "unpacked" / "samo" / "report" / "page.html").is_file()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_archive_is_small_and_its_requirements_are_pinned(function: str) -> None:
    """Models come from the bucket; Cloud Functions needs functions-framework to be named."""
    requirements = (ROOT / "functions" / function / "requirements.txt").read_text()
    logical_lines = [line for line in requirements.replace("\\\n", "").splitlines() if line and line[0] not in " #"]

    assert len(archive(ROOT, function)) < MAX_BYTES / 10
    assert any(line.startswith("functions-framework==") for line in logical_lines)
    for line in logical_lines:
        assert re.match(r"[a-z0-9][\w.\[\]-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line

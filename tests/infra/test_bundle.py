"""The source archives: the same everywhere, complete, and nothing in them that is not deployed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from infra.bundle import FUNCTIONS, MAX_BYTES, archive, bundle
from tests.infra.applied import ROOT

# Modules come from the archive and the installed distributions alone: -S leaves out the editable install of samo.
_BUILD_A_STAGE = """
import importlib, os, sys
sys.path[:0] = [os.getcwd()]
sys.path.append(sys.argv[1])
import main, samo
assert callable(main.handle)
getattr(importlib.import_module(f"samo.wiring.{sys.argv[2]}"), f"{sys.argv[2]}_stage")()
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


# What a function of this repository imports, and what must not follow it into the archive.
SOURCES = {
    "samo/__init__.py": "",
    "samo/py.typed": "",
    "samo/domain/__init__.py": "",
    "samo/domain/cli.py": "import json",
    "samo/report/__init__.py": "",
    "samo/report/page.html": "<html>",
    "samo/report/page.py": "from samo.domain import cli",
    "samo/wiring.py": """
from samo.report.page import render

def stage(argument=render):
    return _opened()

def _opened():
    from samo.engine import Engine

def other_stage():
    from samo.heavy import training
""",
    "samo/engine.py": "class Engine:\n    def load(self):\n        import samo.weights.reader",
    "samo/weights/__init__.py": "",
    "samo/weights/reader.py": "",
    "samo/heavy/__init__.py": "",
    "samo/heavy/training.py": "",
    "samo/heavy/config.toml": "",
    "samo/unused.py": "",
    "samo/__pycache__/wiring.pyc": "",
    "samo/domain/.cli.py.swp": "",
    "samo/.DS_Store": "",
    "models/weights.onnx": "",
}
REACHED = [
    "main.py",
    "requirements.txt",
    "samo/__init__.py",
    "samo/domain/__init__.py",
    "samo/domain/cli.py",
    "samo/engine.py",
    "samo/py.typed",
    "samo/report/__init__.py",
    "samo/report/page.html",
    "samo/report/page.py",
    "samo/weights/__init__.py",
    "samo/weights/reader.py",
    "samo/wiring.py",
]


def repository(root: Path) -> Path:
    """A small repository with files of every kind that does not belong into an archive."""
    for function in FUNCTIONS:
        folder = root / "functions" / function
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(f"# {function}\nfrom samo.wiring import stage\n")
        (folder / "requirements.txt").write_text("one==1\n")
        (folder / "Dockerfile").write_text("FROM scratch\n")
        (folder / "job.py").write_text("import samo.heavy.training\n")
    for name, text in SOURCES.items():
        path = root / "shared" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def names(data: Path) -> list[str]:
    """The names in an archive, in its order."""
    with zipfile.ZipFile(data) as file:
        return file.namelist()


def test_an_archive_holds_what_its_entry_point_can_reach(tmp_path: Path) -> None:
    """Through other modules, and through functions that it may call; no model, bytecode, hidden file, job or image."""
    written = bundle(repository(tmp_path), tmp_path / "build")

    for path in written.values():
        assert names(path) == REACHED


@pytest.mark.parametrize("source", ["from . import domain", "from samo.domain import *"])
def test_an_import_that_is_not_followed_is_refused(tmp_path: Path, source: str) -> None:
    """Nothing is left out in silence."""
    root = repository(tmp_path)
    (root / "shared" / "samo" / "domain" / "cli.py").write_text(source)

    with pytest.raises(ValueError, match=r"domain/cli\.py, line 1: "):
        archive(root, "emotion")


def test_an_archive_with_a_model_in_it_is_refused(tmp_path: Path) -> None:
    """Whoever lays weights beside the sources learns of it before they travel."""
    root = repository(tmp_path)
    with (root / "shared" / "samo" / "report" / "model.onnx").open("wb") as file:
        file.truncate(MAX_BYTES)

    with pytest.raises(ValueError, match=f"more than {MAX_BYTES}"):
        bundle(root, tmp_path / "build")


def test_machine_time_permissions_and_place_do_not_change_an_archive(tmp_path: Path) -> None:
    """Two clones, made at different times by different people, bundled in different surroundings: the same SHA-256."""
    digests = []
    for place, umask, locale, zone in (
        ("here", "0022", "C", "UTC"),
        ("über there", "0077", "C.UTF-8", "Pacific/Auckland"),
    ):
        clone = tmp_path / place
        for folder in ("functions", "shared/samo", "infra"):
            shutil.copytree(ROOT / folder, clone / folder, copy_function=shutil.copyfile)
        for number, path in enumerate(sorted(clone.rglob("*.py"), reverse=place != "here")):
            os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
            path.chmod(0o600 if place != "here" else 0o755)
        command = f'umask {umask} && exec "$0" -m infra.bundle --out out'
        environment = {
            "LC_ALL": locale,
            "PYTHONHASHSEED": str(len(digests)),
            "TZ": zone,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        subprocess.run(["sh", "-c", command, sys.executable], cwd=clone, env=environment, check=True, timeout=120)
        digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in clone.glob("out/*.zip")})

    here, there = digests
    assert len(here) == len(FUNCTIONS)
    assert here == there
    assert here == {f"{name}-{_sha256(name)}.zip": _sha256(name) for name in FUNCTIONS}


def _sha256(function: str) -> str:
    return hashlib.sha256(archive(ROOT, function)).hexdigest()


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
    assert (tmp_path / "unpacked" / "samo" / "report" / "page.html").is_file() == (function == "insights")


# What none of a function's archive may hold, beside what none of them holds at all.
FOREIGN = {
    "emotion": ("samo/inference/speech", "samo/inference/summarizer", "samo/inference/t5", "samo/stages/transcription"),
    "insights": ("samo/inference", "samo/stages/emotion", "samo/stages/transcription", "samo/stages/summarization"),
    "summarization": ("samo/inference/speech", "samo/stages/transcription", "samo/stages/insights"),
    "transcription": (
        "samo/inference/emotion",
        "samo/inference/summarizer",
        "samo/inference/t5",
        "samo/stages/emotion",
        "samo/stages/insights",
    ),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_archive_holds_nothing_that_nobody_in_it_imports(function: str, tmp_path: Path) -> None:
    """Every module is named by an import of another member; other functions' engines and all tools stay out."""
    packed = tmp_path / "function.zip"
    packed.write_bytes(archive(ROOT, function))
    with zipfile.ZipFile(packed) as file:
        sources = {name: file.read(name).decode() for name in file.namelist() if name.endswith(".py")}
        others = [name for name in file.namelist() if name not in sources]

    for name in sources:
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        parent, _, last = module.rpartition(".")
        imported = re.compile(
            rf"^\s*(from {re.escape(module)}(\.\S+)? import|import {re.escape(module)}\b"
            rf"|from {re.escape(parent or '-')} import [^\n]*\b{last}\b)",
            re.MULTILINE,
        )
        assert name == "main.py" or any(imported.search(text) for other, text in sources.items() if other != name), name
        assert not name.startswith((*FOREIGN[function], "samo/cli", "samo/local", "samo/modelling")), name
    assert set(others) <= {"requirements.txt", "samo/py.typed", "samo/report/page.html"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_archive_is_small_and_its_requirements_are_pinned(function: str) -> None:
    """Models come from the bucket; Cloud Functions needs functions-framework to be named."""
    requirements = (ROOT / "functions" / function / "requirements.txt").read_text()
    logical_lines = [line for line in requirements.replace("\\\n", "").splitlines() if line and line[0] not in " #"]

    assert len(archive(ROOT, function)) < MAX_BYTES / 10
    assert any(line.startswith("functions-framework==") for line in logical_lines)
    for line in logical_lines:
        assert re.match(r"[a-z0-9][\w.\[\]-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line

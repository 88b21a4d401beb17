"""One function as it is deployed: its archive unpacked, its own lock installed, served by functions-framework."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from infra.bundle import archive
from samo.domain.names import StageName
from samo.local.processes import Processes, free_port
from tests.wire.bodies import Body

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
INSTALL_S = 600
READY_S = 60.0


class IndexUnreachable(Exception):
    """The packages of a lock can be had neither from uv's cache nor from an index."""


@dataclass(frozen=True)
class Deployment:
    """`source` is the unpacked archive, `python` the interpreter of an environment with its lock and nothing else."""

    stage: StageName
    source: Path
    python: Path

    @contextmanager
    def served(self, folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
        """Serve it with these variables and no others; logs and home lie in `folder`."""
        port = free_port()
        environment = {**settings, "HOME": str(folder), "PATH": "/usr/bin:/bin", "GOOGLE_CLOUD_PROJECT": "local"}
        # -P: what Python would put on the path by itself must not help.
        program = (str(self.python), "-P", "-m", "functions_framework", f"--source={self.source / 'main.py'}")
        options = ("--target=handle", "--signature-type=cloudevent", "--host=127.0.0.1", f"--port={port}")
        with Processes(folder / "logs") as processes:
            process = processes.start(self.stage, (*program, *options), environment)
            process.wait_for_http(f"http://127.0.0.1:{port}", deadline_s=READY_S)
            yield Server(f"http://127.0.0.1:{port}", process.log)


@dataclass(frozen=True)
class Server:
    """A served function and where it writes its log."""

    url: str
    log: Path

    def deliver(self, body: Body) -> None:
        """Push a message; whatever is not acknowledged fails the test with the server's own words."""
        answer = requests.post(self.url, headers=dict(body.headers), data=body.data, timeout=120)
        assert answer.status_code == 200, self.log.read_text(errors="replace")


def deploy(stage: StageName, folder: Path) -> Deployment:
    """Unpack the archive of `stage` and install its lock, by hash, into an empty environment below `folder`.

    uv links what its cache holds; the first time each package is downloaded. Raises `IndexUnreachable` where a package
    is neither here nor there.
    """
    packed, source, environment = folder / "function.zip", folder / "source", folder / "environment"
    packed.write_bytes(archive(ROOT, stage))
    with zipfile.ZipFile(packed) as file:
        file.extractall(source)
    python = environment / "bin" / "python"
    made = _uv("venv", "--python", sys.executable, environment)
    assert made.returncode == 0, made.stderr
    installed = _uv("pip", "install", "--python", python, "--require-hashes", "-r", source / "requirements.txt")
    if installed.returncode != 0 and not _index_answers():
        raise IndexUnreachable("no package index answers, and uv's cache lacks packages of the archives' locks")
    assert installed.returncode == 0, f"the lock of {stage} cannot be installed:\n{installed.stderr}"
    return Deployment(stage, source, python)


def _uv(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(UV), *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=INSTALL_S)


def _index_answers() -> bool:
    """Whether any package can be found at all: else the lock is not to blame."""
    return _uv("pip", "compile", "--quiet", "--no-cache", "-", given="packaging\n").returncode == 0

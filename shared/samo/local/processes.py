"""Child processes with a log file each, which never outlive this process, whatever ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from samo.local import guardian
from samo.local.errors import ProcessFailed

_STOP_S = 5.0
_POLL_S = 0.02
_LAST_LINES = 10
_PROBE_TIMEOUT_S = 1.0


class Process:
    """One child process, the leader of a process group of its own."""

    def __init__(self, name: str, child: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self.pid = child.pid
        self._child = child

    def wait_for_http(self, url: str, *, deadline_s: float) -> None:
        """Return when `url` answers, whatever it says. Raises `ProcessFailed` when it does not, or the child ends."""
        end = time.monotonic() + deadline_s
        while not _answers(url):
            self.check()
            if time.monotonic() > end:
                raise ProcessFailed(f"{self.name} was not ready within {deadline_s:.0f} s\n{self._last_lines()}")
            time.sleep(_POLL_S)

    def check(self) -> None:
        """Raises `ProcessFailed` when the child has ended."""
        if self._child.poll() is not None:
            raise ProcessFailed(f"{self.name} ended with status {self._child.returncode}\n{self._last_lines()}")

    def terminate(self) -> None:
        """Ask the child to end."""
        self._signal(signal.SIGTERM)

    def terminate_leader(self) -> None:
        """Ask the first process of the group alone to end, as a container's runtime does."""
        self._child.terminate()

    def kill(self, *, after_s: float) -> None:
        """Wait until the child has ended, at most this long, then end its whole group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(after_s)
        self._signal(signal.SIGKILL)
        self._child.wait()

    def _last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"the end of {self.log}:", *lines[-_LAST_LINES:]])

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return


class Processes:
    """The child processes of a stack: a context manager that stops them all. Their output goes to `logs/{name}.log`."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._processes: list[Process] = []
        self._guardian: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        program = [sys.executable, "-I", str(Path(guardian.__file__))]
        # A session of its own: Ctrl-C in the terminal must reach this process alone, which then stops the others.
        self._guardian = subprocess.Popen(program, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.terminate()
        end = time.monotonic() + _STOP_S
        for process in self._processes:
            process.kill(after_s=max(0.0, end - time.monotonic()))
        if self._guardian is not None:
            released = "".join(f"-{process.pid}\n" for process in self._processes)
            self._guardian.communicate(released.encode())
        self._processes.clear()

    def check(self) -> None:
        """Raises `ProcessFailed` for one that has ended, as none should before the block does."""
        for process in self._processes:
            process.check()

    def forget(self, process: Process) -> None:
        """Let go of one that has been killed: by the end of the block its number may be somebody else's."""
        self._processes.remove(process)
        self._tell_guardian(f"-{process.pid}\n")

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Start a program with this environment and no other."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            child = subprocess.Popen(  # noqa: S603 - the programs are this package's own choice
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
            )
        process = Process(name, child, log)
        self._processes.append(process)
        self._tell_guardian(f"+{process.pid}\n")
        return process

    def _tell_guardian(self, line: str) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.write(line.encode())
            self._guardian.stdin.flush()


def free_port() -> int:
    """A TCP port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], *, deadline_s: float, poll_s: float = _POLL_S) -> bool:
    """Look every `poll_s` until the condition holds; False if it does not within `deadline_s`."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(poll_s)
    return True


def _answers(url: str) -> bool:
    try:
        requests.get(url, timeout=_PROBE_TIMEOUT_S)
    except requests.RequestException:
        return False
    return True

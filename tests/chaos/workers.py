"""The function processes: two of each stage, with clocks that differ, killed and started again."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from samo.domain.names import StageName
from samo.local.errors import ProcessFailed
from samo.local.functions import READY_S, Functions, Surroundings, start
from samo.local.processes import Process, Processes, free_port

SKEW_S = 1.0
CONTAINER_GRACE_S = 10.0
"""Cloud Run's, between SIGTERM and SIGKILL."""

_SKEWED = Path(__file__).parent / "skewed"


class Worker:
    """One instance of a function. It dies by `kill` or `terminate` and is replaced at once, at the same address."""

    def __init__(
        self, stage: StageName, number: int, functions: Functions, processes: Processes, guard: threading.Lock
    ) -> None:
        self.stage = stage
        self.number = number
        self.name = f"{stage}-{number}"
        self.skew_s = SKEW_S if number == 0 else -SKEW_S
        self.surroundings: Surroundings | None = None
        self._functions = _with_clock(functions, self.skew_s)
        self._processes = processes
        self._guard = guard
        self._lives = itertools.count()
        self._changing = threading.Lock()
        self._ready = threading.Event()
        self._process: Process | None = None
        self.port = free_port()

    @property
    def is_ready(self) -> bool:
        """Whether deliveries are sent to it."""
        return self._ready.is_set()

    def start(self) -> None:
        """Begin a life; `wait` says when it can be used."""
        assert self.surroundings is not None
        with self._guard:
            self._process = start(
                self._functions,
                self._processes,
                self.stage,
                self._address,
                self.surroundings,
                name=f"{self.name}.{next(self._lives)}",
            )

    def wait(self) -> None:
        """Return when it answers. Raises `ProcessFailed`."""
        assert self._process is not None
        self._process.wait_for_http(self._address, deadline_s=READY_S)
        self._ready.set()

    def kill(self) -> bool:
        """`kill -9` for the whole group, now; a replacement starts. False if it is dying already."""
        return self._end(lambda process: self._forget(process))

    def terminate(self) -> bool:
        """SIGTERM to the first process, SIGKILL after ten seconds, as Cloud Run does; then a replacement starts."""

        def act(process: Process) -> None:
            process.terminate_leader()
            threading.Thread(target=self._bury, args=(process,), daemon=True).start()

        return self._end(act, restart=False)

    def _bury(self, process: Process) -> None:
        self._forget(process, after_s=CONTAINER_GRACE_S)
        self._restart()

    def _end(self, act: Callable[[Process], None], *, restart: bool = True) -> bool:
        with self._changing:
            if not self._ready.is_set() or self._process is None:
                return False
            self._ready.clear()
            act(self._process)
        if restart:
            threading.Thread(target=self._restart, name=f"{self.name} restarts", daemon=True).start()
        return True

    def _forget(self, process: Process, *, after_s: float = 0.0) -> None:
        process.kill(after_s=after_s)
        with self._guard:
            self._processes.forget(process)

    def _restart(self) -> None:
        self.start()
        try:
            self.wait()
        except ProcessFailed:  # the run is over, and its processes were stopped
            return

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _with_clock(functions: Functions, skew_s: float) -> Functions:
    environment: Mapping[str, str] = {
        **functions.environment,
        "PYTHONPATH": str(_SKEWED),
        "CLOCK_SKEW_S": str(skew_s),
    }
    return replace(functions, environment=environment)

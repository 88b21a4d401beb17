"""The job as processes of this machine, with the variables and the new attempts that Cloud Run would give them."""

from __future__ import annotations

import os
import subprocess
import threading
import uuid
from collections.abc import Mapping, Sequence

from samo.domain.errors import JobNotLaunched
from samo.domain.recording import RecordingRef
from samo.settings import variable_of


class LocalJobs:
    """`JobLauncher`: each task a process of `command`, started again after a failure `max_retries` times at most.

    `environment` is added to that of this process. What the tasks write goes where this process writes if `shares_log`,
    and nowhere otherwise. Call `close` before this process ends, or tasks that are at work outlive it.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, max_retries: int = 3, shares_log: bool = False
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._max_retries = max_retries
        self._output = None if shares_log else subprocess.DEVNULL
        self._threads: list[threading.Thread] = []
        self._children: set[subprocess.Popen[bytes]] = set()
        self._changing = threading.Lock()
        self._closed = False

    def launch(self, recording: RecordingRef, *, tasks: int) -> None:
        """Start the tasks; returns at once. Raises `JobNotLaunched`."""
        execution = {
            "CLOUD_RUN_EXECUTION": f"local-{uuid.uuid4().hex}",
            "CLOUD_RUN_TASK_COUNT": str(tasks),
            variable_of("recording_name"): recording.name,
            variable_of("recording_generation"): str(recording.generation),
            variable_of("max_retries"): str(self._max_retries),
        }
        first = [self._start({**execution, "CLOUD_RUN_TASK_INDEX": str(index)}, attempt=0) for index in range(tasks)]
        for index, child in enumerate(first):
            variables = {**execution, "CLOUD_RUN_TASK_INDEX": str(index)}
            thread = threading.Thread(target=self._look_after, args=(child, variables), daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait(self) -> None:
        """Return when every task that was started has ended for good."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def close(self) -> None:
        """End the tasks that are at work, and start none again."""
        with self._changing:
            self._closed = True
            for child in self._children:
                child.kill()
        self.wait()

    def _look_after(self, child: subprocess.Popen[bytes], variables: Mapping[str, str]) -> None:
        for attempt in range(1, self._max_retries + 2):
            ended = child.wait()
            with self._changing:
                self._children.discard(child)
                if ended == 0 or self._closed or attempt > self._max_retries:
                    return
            child = self._start(variables, attempt=attempt)

    def _start(self, variables: Mapping[str, str], *, attempt: int) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self._environment, **variables, "CLOUD_RUN_TASK_ATTEMPT": str(attempt)}
        with self._changing:
            if self._closed:
                raise JobNotLaunched("this process is ending")
            try:
                child = subprocess.Popen(  # noqa: S603 - the program is this package's own
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=self._output,
                    stderr=self._output,
                    env=environment,
                )
            except OSError as error:
                raise JobNotLaunched(f"{self._command[0]} cannot be started: {error.strerror}") from error
            self._children.add(child)
        return child

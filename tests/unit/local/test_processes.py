"""Child processes never outlive their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from samo.local.errors import EmulatorMissing, ProcessFailed
from samo.local.processes import Processes, free_port, wait_until
from samo.local.pubsub_emulator import find_jar, find_java

# A child that has a child of its own, ignores being asked to end, and writes down both process ids.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""

PARENT = """
import os, sys, time
from pathlib import Path
from samo.local.processes import Processes
with Processes(Path(sys.argv[1])) as processes:
    processes.start("stubborn", [sys.executable, "-c", sys.argv[2]], os.environ)
    time.sleep(600)
"""


def test_leaving_ends_a_process_and_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even one that does not end when asked."""
    monkeypatch.setattr("samo.local.processes._STOP_S", 0.1)

    with Processes(tmp_path) as processes:
        processes.start("stubborn", [sys.executable, "-c", STUBBORN], os.environ)
        pids = reported_pids(tmp_path / "stubborn.log")

    assert all_gone(pids)


def test_a_killed_parent_takes_its_processes_along(tmp_path: Path) -> None:
    """`kill -9` gives the parent no chance to clean up, and still nothing is left running."""
    command = [sys.executable, "-c", PARENT, str(tmp_path), STUBBORN]
    with subprocess.Popen(command, start_new_session=True) as parent:
        pids = reported_pids(tmp_path / "stubborn.log")
        parent.send_signal(signal.SIGKILL)

    assert all_gone(pids)


def test_an_error_in_the_block_ends_the_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error passes through, and nothing is left running."""
    monkeypatch.setattr("samo.local.processes._STOP_S", 0.1)

    def interrupted() -> None:
        with Processes(tmp_path) as processes:
            processes.start("stubborn", [sys.executable, "-c", STUBBORN], os.environ)
            reported_pids(tmp_path / "stubborn.log")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert all_gone(reported_pids(tmp_path / "stubborn.log"))


def test_a_process_that_ends_early_says_why(tmp_path: Path) -> None:
    """The error ends with the end of the log, for that is what the reader wants to know."""
    with Processes(tmp_path) as processes:
        failing = processes.start("failing", [sys.executable, "-c", "raise SystemExit('no such port')"], os.environ)

        with pytest.raises(ProcessFailed, match=r"(?s)failing ended with status 1.*no such port"):
            failing.wait_for_http(f"http://127.0.0.1:{free_port()}", deadline_s=30)


def test_a_process_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """Readiness has a deadline."""
    with Processes(tmp_path) as processes:
        silent = processes.start("silent", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)

        with pytest.raises(ProcessFailed, match="silent was not ready"):
            silent.wait_for_http(f"http://127.0.0.1:{free_port()}", deadline_s=0.1)


def test_a_process_that_ends_later_is_noticed(tmp_path: Path) -> None:
    """The one that is gone is named, with the end of its log; the others may go on as long as they like."""
    with Processes(tmp_path) as processes:
        ending = processes.start("ending", [sys.executable, "-c", "raise SystemExit('no such disk')"], os.environ)
        processes.start("lasting", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)
        ending.kill(after_s=30)

        with pytest.raises(ProcessFailed, match=r"(?s)ending ended with status 1.*ending\.log.*no such disk"):
            processes.check()


def test_processes_that_run_are_no_error(tmp_path: Path) -> None:
    """`check` is called again and again."""
    with Processes(tmp_path) as processes:
        processes.start("lasting", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)

        processes.check()


def test_a_missing_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Instead of a stack trace from a missing file."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(EmulatorMissing, match="openjdk-17"):
        find_java()


def test_a_missing_emulator_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The Cloud SDK is there, its Pub/Sub component is not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_ROOT_DIR", str(tmp_path))

    with pytest.raises(EmulatorMissing, match="pubsub-emulator"):
        find_jar()


def test_the_emulator_is_found_below_the_root_of_the_sdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the Cloud SDK keeps it."""
    jar = tmp_path / "platform" / "pubsub-emulator" / "lib" / "cloud-pubsub-emulator-0.8.20-all.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    monkeypatch.setenv("CLOUDSDK_ROOT_DIR", str(tmp_path))

    assert find_jar() == jar


def reported_pids(log: Path) -> list[int]:
    """The process ids that the stubborn child wrote down."""
    assert wait_until(lambda: log.exists() and log.read_text().endswith("\n"), deadline_s=30)
    return [int(pid) for pid in log.read_text().split()]


def all_gone(pids: list[int]) -> bool:
    """Whether the processes end within seconds."""
    return bool(pids) and wait_until(lambda: not any(map(alive, pids)), deadline_s=5)


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"

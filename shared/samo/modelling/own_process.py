"""Measuring in a process of its own, whose memory nobody has used before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_PROGRAM = """
import sys
from importlib import import_module
from pathlib import Path
module, name, threads, *paths = sys.argv[1:]
print(*getattr(import_module(module), name)(*map(Path, paths), int(threads)))
"""


def in_a_process_of_its_own(measure: Callable[..., Sequence[float]], *paths: Path, threads: int) -> tuple[float, ...]:
    """What `measure(*paths, threads)`, a function of a module, returns in a new Python. Raises `CalledProcessError`."""
    command = [sys.executable, "-c", _PROGRAM, measure.__module__, measure.__name__, str(threads), *map(str, paths)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this package's own
    return tuple(map(float, run.stdout.splitlines()[-1].split()))


def peak_rss_mb() -> float:
    """Peak resident memory of this process in MB, on Linux."""
    # Not getrusage, which a child inherits from the process that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6

"""The memory of a served function, as the kernel counts it."""

from __future__ import annotations

import re
from pathlib import Path


def workers(server: int) -> list[int]:
    """The processes that gunicorn's master (`server`) has forked to serve; the master itself where it has none."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return [int(child) for child in children] or [server]


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert match is not None
    return int(match[1]) / 1024

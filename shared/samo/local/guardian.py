"""Ends child processes when their parent is gone, even by `kill -9`.

Run as a program of its own, with a pipe from the parent as standard input: `+N` puts the process group N under guard,
`-N` releases it. When the pipe closes, because the parent closed it or died, every group still guarded is killed.
"""

from __future__ import annotations

import os
import signal
import sys


def guard(lines: list[str]) -> None:
    """Kill the groups that the protocol in `lines` leaves under guard."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    guard(sys.stdin.readlines())

"""Threads share a few heaps."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from samo.arenas import MOST_ARENAS

_PROGRAM = """
import ctypes, sys, threading
from samo.arenas import bound_arenas

assert bound_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(8)

def allocate():
    together.wait()
    libc.malloc(ctypes.c_size_t(50_000))
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no arenas to bound")
def test_eight_threads_at_once_have_two_heaps(tmp_path: Path) -> None:
    """As glibc itself counts them."""
    told = tmp_path / "malloc.xml"

    subprocess.run([sys.executable, "-c", _PROGRAM, str(told)], check=True)

    assert 1 <= told.read_text().count("<heap nr=") <= MOST_ARENAS

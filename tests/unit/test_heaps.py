"""Threads share a few heaps, and what is freed in them goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from samo.heaps import MOST_HEAPS, now_and_then

_PROGRAM = """
import ctypes, sys, threading
from samo.heaps import bound_heaps

assert bound_heaps()
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


glibc_alone = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no such heaps")


@glibc_alone
def test_eight_threads_at_once_have_two_heaps(tmp_path: Path) -> None:
    """As glibc itself counts them."""
    told = tmp_path / "malloc.xml"

    subprocess.run([sys.executable, "-c", _PROGRAM, str(told)], check=True)

    assert 1 <= told.read_text().count("<heap nr=") <= MOST_HEAPS


@glibc_alone
def test_trimming_gives_back_what_lies_free_below_something_in_use() -> None:
    """40 MB of small pieces are freed, all but the last one: glibc keeps them until it is told."""
    program = """
import ctypes
from samo.heaps import trim_heaps

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p

def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

pieces = [libc.malloc(ctypes.c_size_t(4_000)) for _ in range(10_000)]
for piece in pieces: ctypes.memset(piece, 1, 4_000)
for piece in pieces[:-1]: libc.free(ctypes.c_void_p(piece))
kept = resident_mb()
assert trim_heaps()
print(kept - resident_mb())
"""

    given_back = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert float(given_back) > 30


def test_now_and_then_is_no_more_often_than_that() -> None:
    """Called every 20 seconds, it acts every 60."""
    times = iter(range(0, 400, 20))
    acted: list[int] = []
    maybe = now_and_then(lambda: acted.append(1), every_s=60.0, clock=lambda: float(next(times)))

    for _ in range(9):
        maybe()

    assert len(acted) == 3

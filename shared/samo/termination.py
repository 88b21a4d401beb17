"""The end of an instance: SIGTERM, and SIGKILL ten seconds later (Cloud Run, when it scales down or deploys).

    SIGTERM ──── grace_s ──── act ──── SIGKILL
       └ the server stops accepting; work shorter than the grace ends as ever

The server owns the signal: gunicorn's worker resets all handlers after the fork and offers functions-framework's users
no hook, and Python sets handlers in the main thread only, where no code of a function ever runs. `faulthandler` can be
registered from any thread, calls the handler that it found, and writes to a file: here to a pipe that a thread reads.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import cache

GRACE_S = 7.0
"""Leaves three seconds for the act itself."""


def after_sigterm(act: Callable[[], None], *, grace_s: float = GRACE_S) -> None:
    """Call `act` in a thread of its own, `grace_s` after the first SIGTERM, if the process still lives by then.

    Call it in the process that serves, not ahead of a fork.
    """
    terminating = _terminating()

    def wait() -> None:
        terminating.wait()
        time.sleep(grace_s)
        act()

    threading.Thread(target=wait, name="after SIGTERM", daemon=True).start()


@cache
def _terminating() -> threading.Event:
    """Set at the first SIGTERM; the handler that was there before is called as well."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)  # nobody reads on: a full pipe must not hold up a handler
    terminating = threading.Event()

    def listen() -> None:
        os.read(reading, 1)
        terminating.set()

    threading.Thread(target=listen, name="SIGTERM", daemon=True).start()
    faulthandler.register(signal.SIGTERM, file=writing, all_threads=False, chain=True)
    return terminating

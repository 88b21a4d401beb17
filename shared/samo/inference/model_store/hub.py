"""The hub of models, asked with little patience: a command without a connection says so at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import NamedTuple

# With what starting takes, a command without a connection ends within five seconds. Left to itself, the hub's client
# tries for 23 s where nothing listens, and for more than six minutes where nobody answers.
PATIENCE_S = 3.0


class Hub(NamedTuple):
    """Where weights come from. `endpoint` is None for the public hub, or what HF_ENDPOINT names instead."""

    endpoint: str | None = None
    patience_s: float = PATIENCE_S


THE_HUB = Hub()


def within(patience_s: float, work: Callable[[], None]) -> None:
    """Raises what `work` raises, and `TimeoutError` when it takes longer; it goes on, unheard, until the process ends.

    A thread, for no timeout of a socket bounds the time that looking up a name takes.
    """
    outcome: queue.Queue[Exception | None] = queue.Queue()

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (raised again where it is waited for)
            outcome.put(error)
        else:
            outcome.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        error = outcome.get(timeout=patience_s)
    except queue.Empty:
        raise TimeoutError(f"not reached within {patience_s:g} s") from None
    if error is not None:
        raise error


def reason_of(error: Exception) -> str:
    """The first line of what it says, or its name."""
    return (str(error) or type(error).__name__).splitlines()[0]

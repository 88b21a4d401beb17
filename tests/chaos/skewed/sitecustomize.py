"""A clock that is wrong, as a machine's can be: found by the interpreter through PYTHONPATH, before any code."""

import os
import time

_skew_s = float(os.environ.get("CLOCK_SKEW_S", "0"))
_right = time.time


def _wrong() -> float:
    return _right() + _skew_s


time.time = _wrong

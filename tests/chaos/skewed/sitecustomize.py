"""A clock that is wrong, as a machine's can be: put ahead of the interpreter by PYTHONPATH, before any code is loaded."""

import os
import time

_skew_s = float(os.environ.get("CLOCK_SKEW_S", "0"))
_right = time.time


def _wrong() -> float:
    return _right() + _skew_s


time.time = _wrong

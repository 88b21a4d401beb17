"""`python -m tests.fuzz [--seconds N] [READER…]`: each reader under atheris (libFuzzer), in a process of its own.

Exit 1 if an undeclared error or a quotation was found; the input is kept in build/fuzz/, and what libFuzzer learned is
its start the next time. Needs what is pinned in tests/fuzz/requirements.txt, which only this uses.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from tests.fuzz.readers import READERS, ROOT


def main() -> int:
    """Fuzz all readers, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=main.__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=", ".join(READERS))
    parser.add_argument("--seconds", type=int, default=60, help="for each reader (default: %(default)s)")
    options = parser.parse_args()
    names = options.readers or list(READERS)
    broken = [name for name in names if _fuzz(name, options.seconds) != 0]
    sys.stdout.write(f"{len(names)} readers, {len(broken)} broken{': ' if broken else ''}{', '.join(broken)}\n")
    return 1 if broken else 0


def _fuzz(name: str, seconds: int) -> int:
    command = (sys.executable, "-m", "tests.fuzz.under_atheris", name, str(seconds))
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""The golden word classifier is what its script writes."""

from __future__ import annotations

from tests.parity.word_classifier import GOLDEN, files


def test_golden_files_are_current() -> None:
    """Every file has the bytes that the script gives it, and there is no other."""
    written = files()

    committed = {path.name: path.read_bytes() for path in GOLDEN.iterdir()}

    assert written == committed

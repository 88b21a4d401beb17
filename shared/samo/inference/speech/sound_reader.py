"""Pieces of a recording, read in order from a stream: a seek in a compressed file is not trusted to be exact."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from samo.inference.speech.audio import Samples


class SoundReader:
    """Reads ahead only. Holds one block of the stream, and what it hands out."""

    def __init__(self, blocks: Generator[Samples]) -> None:
        self._blocks = blocks
        self._block = np.zeros(0, np.float32)
        self._start = 0

    def read(self, start: int, end: int) -> Samples:
        """Samples `start` up to `end`, float32; fewer where the stream ends before.

        Raises `ValueError` for samples that have gone by, and what the stream raises.
        """
        if start < self._start:
            raise ValueError(f"sample {start} has gone by; a new stream is needed")
        pieces = [np.zeros(0, np.float32)]
        while True:
            first, last = (min(max(0, each - self._start), len(self._block)) for each in (start, end))
            pieces.append(self._block[first:last])
            if end <= self._start + len(self._block):
                break
            following = next(self._blocks, None)
            if following is None:
                break
            self._start += len(self._block)
            self._block = following
        return np.concatenate(pieces)

    def close(self) -> None:
        """Close the file behind the stream."""
        self._blocks.close()

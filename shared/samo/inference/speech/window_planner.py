"""The first pass over a recording: where somebody speaks, how it is cut into windows, and how good the sound is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.domain.window_plan import Stretch, Window
from samo.inference.speech.audio import Samples
from samo.inference.speech.quality import QualityMeter
from samo.inference.speech.voice_probability import FRAME_SAMPLES, VoiceProbability
from samo.inference.speech.window_cutter import WindowCutter


class WindowPlanner:
    """Takes a recording in blocks, in order; keeps its windows and, of the sound, no more than two blocks.

    `meter` hears each block as soon as it is known where somebody speaks in it, which is two seconds later.
    """

    def __init__(self, *, window_s: float, meter: QualityMeter | None = None) -> None:
        self.windows: list[Window] = []
        self._voice = VoiceProbability()
        self._cutter = WindowCutter(window_s=window_s)
        self._meter = meter
        self._stretches: list[Stretch] = []
        self._length = 0
        self._rest = np.zeros(0, np.float32)
        self._unmeasured: list[tuple[int, Samples]] = []

    def add(self, samples: Samples) -> None:
        """The next block, 16 kHz mono. At least three seconds long, but for the last."""
        probabilities = self._voice.add(samples)
        frames = np.concatenate([self._rest, samples])
        whole = len(frames) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = frames[whole:].copy()
        self._cut(probabilities, frames[:whole].reshape(-1, FRAME_SAMPLES))
        self._measure(open_until=self._length)
        if self._meter is not None:
            self._unmeasured.append((self._length, samples))
        self._length += len(samples)

    def end(self) -> list[Window]:
        """The recording is over: all of its windows."""
        last = np.zeros((1, FRAME_SAMPLES), np.float32)
        last[0, : len(self._rest)] = self._rest
        self._cut(self._voice.end(), last)
        stretch, rest = self._cutter.end(self._length)
        self.windows += rest
        if stretch is not None:
            self._stretches.append(stretch)
        self._measure(open_until=self._length)
        return self.windows

    def _cut(self, probabilities: npt.NDArray[np.float32], frames: npt.NDArray[np.float32]) -> None:
        levels = np.mean(np.square(frames), axis=1)
        for probability, level in zip(probabilities.tolist(), levels.tolist(), strict=True):
            stretch, window = self._cutter.add(probability, level)
            if stretch is not None:
                self._stretches.append(stretch)
            if window is not None:
                self.windows.append(window)

    def _measure(self, *, open_until: int) -> None:
        """Hand the waiting blocks to the meter: whatever begins or ends in them is known by now."""
        for start, samples in self._unmeasured:
            self._meter_add(start, samples, open_until)
        self._unmeasured.clear()

    def _meter_add(self, start: int, samples: Samples, open_until: int) -> None:
        if self._meter is None:
            return
        known = list(self._stretches)
        if self._cutter.speaking_since is not None:
            known.append(Stretch(self._cutter.speaking_since, open_until))
        end = start + len(samples)
        inside = [Stretch(max(each.start, start) - start, min(each.end, end) - start) for each in known]
        self._meter.add(samples, [stretch for stretch in inside if stretch.start < stretch.end])
        self._stretches = [stretch for stretch in self._stretches if stretch.end > end]


def windows_of(samples: Samples, *, window_s: float) -> list[Window]:
    """The windows of a sound that is in memory as a whole."""
    planner = WindowPlanner(window_s=window_s)
    planner.add(samples)
    return planner.end()

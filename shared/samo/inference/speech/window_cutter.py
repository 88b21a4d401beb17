"""Windows: a recording's speech in pieces of bounded length, cut where nobody speaks.

    speech      ████ █████████ ██ ██████████████████████ ███        █████
    stretches   [──────────────────────────────────────────]        [───]     two seconds of silence part them
    windows     [────────────────────][────────────────────]        [───]     a long one is cut at a pause in it

Where a window ends depends on the sound alone: not on who transcribes it, or on how many do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt

from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, Window
from samo.inference.speech.stretch_finder import MARGIN, PAUSE_BELOW, StretchFinder
from samo.inference.speech.voice_probability import FRAME_SAMPLES

# Over so many frames, about a tenth of a second, a point is quiet rather than one sample.
_QUIET_FRAMES = 3


class WindowCutter:
    """Takes frames in order and gives out each window as soon as its end is known.

    A window holds at most `window_s` seconds of speech, margins included, and all its stretches begin within `window_s`
    of its start, so that it lasts at most twice as long. It ends in a silence of two seconds where it can. Where
    somebody speaks on for longer, it ends in the middle of the longest pause of its second half, and at the quietest
    point there if there is no pause at all.
    """

    def __init__(self, *, window_s: float) -> None:
        self._most = int(window_s * SAMPLE_RATE_HZ)
        self._finder = StretchFinder()
        self._closed: list[Stretch] = []
        self._cut = 0
        self._position = 0
        # Probability and level of each frame since `_speech_from`, while somebody speaks.
        self._frames: list[tuple[float, float]] = []
        self._speech_from = 0

    @property
    def speaking_since(self) -> int | None:
        """The first sample of the stretch that is going on, as if nothing had been cut; None in a silence."""
        return self._finder.since

    def add(self, probability: float, level: float) -> tuple[Stretch | None, Window | None]:
        """The next frame, with its mean square: the stretch and the window that have ended with it, if any has."""
        before = self._finder.since
        stretch = self._finder.add(probability)
        self._position += FRAME_SAMPLES
        window = None
        if stretch is not None:
            self._close(stretch, speech_end=stretch.end - MARGIN)
        elif self._finder.since is not None:
            if before is None:
                window = self._begin(self._finder.since)
            self._frames.append((probability, level))
            window = window or self._overflow()
        return stretch, window

    def end(self, length: int) -> tuple[Stretch | None, Iterator[Window]]:
        """The recording has this many samples: the stretch that goes on to its end, and what is left of windows."""
        stretch = None
        if self._finder.since is not None:
            stretch = Stretch(self._finder.since, length)
            pause = self._finder.pause_since
            self._close(stretch, speech_end=length if pause is None else pause)
        return stretch, self._rest()

    def _rest(self) -> Iterator[Window]:
        if self._closed:
            yield self._window()

    def _begin(self, start: int) -> Window | None:
        self._frames = []
        self._speech_from = self._position - FRAME_SAMPLES
        far = self._closed and start - self._closed[0].start > self._most
        return self._window() if far else None

    def _close(self, stretch: Stretch, *, speech_end: int) -> None:
        start = max(stretch.start, self._cut)
        if speech_end > start:  # or a cut has left nothing but the end of a pause
            self._closed.append(Stretch(start, stretch.end))
        self._frames = []

    def _overflow(self) -> Window | None:
        start = max(self._finder.since or 0, self._cut)
        held = sum(stretch.end - stretch.start for stretch in self._closed)
        if held + self._position + MARGIN - start <= self._most:
            return None
        pause = self._finder.pause_since
        if pause is not None and pause + MARGIN <= start:  # nobody has spoken since the last cut
            self._go_on_from(max(start, self._position - MARGIN))
            return None
        if held < self._most / 2:
            cut = self._best_cut(start + max(0, self._most // 2 - held))
            if pause is not None and cut >= pause:
                cut = min(cut, pause + MARGIN)  # if the pause goes on, the stretch will have ended there
            self._closed.append(Stretch(start, cut))
            self._go_on_from(cut)
        return self._window()

    def _go_on_from(self, cut: int) -> None:
        gone = max(0, (cut - self._speech_from) // FRAME_SAMPLES)
        del self._frames[:gone]
        self._speech_from += gone * FRAME_SAMPLES
        self._cut = cut

    def _best_cut(self, earliest: int) -> int:
        """The middle of the longest pause, or the quietest point, from `earliest` on."""
        first = max(0, -(-(earliest - self._speech_from) // FRAME_SAMPLES))
        frames = self._frames[first:]
        pauses = list(_pauses(probability for probability, _ in frames))
        if pauses:
            begin, end = max(pauses, key=lambda pause: (pause[1] - pause[0], pause[0]))
            middle = (begin + end) // 2
        else:
            middle = _quietest(np.array([level for _, level in frames]))
        return self._speech_from + (first + middle) * FRAME_SAMPLES + FRAME_SAMPLES // 2

    def _window(self) -> Window:
        window = Window(stretches=tuple(self._closed))
        self._closed = []
        return window


def _pauses(probabilities: Iterable[float]) -> Iterator[tuple[int, int]]:
    """First and last frame of each pause."""
    numbered = enumerate(probability < PAUSE_BELOW for probability in probabilities)
    for is_pause, group in groupby(numbered, key=lambda frame: frame[1]):
        if is_pause:
            numbers = [number for number, _ in group]
            yield numbers[0], numbers[-1]


def _quietest(levels: npt.NDArray[np.float64]) -> int:
    smooth = np.convolve(levels, np.ones(_QUIET_FRAMES), mode="same")
    # The edges are summed over fewer frames.
    inner = smooth[1:-1] if len(smooth) > _QUIET_FRAMES else smooth
    return int(np.argmin(inner)) + (1 if inner is not smooth else 0)

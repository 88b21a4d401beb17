"""How likely it is that somebody speaks, frame by frame, in a stream: the Silero VAD that ships with faster-whisper."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import get_vad_model

from samo.inference.speech.audio import Samples

FRAME_SAMPLES = 512
"""32 ms, what the model looks at in one go."""

# The model also sees the end of the frame before.
_CONTEXT_SAMPLES = 64

# What is handed to the model at once; its activations grow with it.
_BATCH_FRAMES = 1024


class VoiceProbability:
    """Takes a recording in blocks, in order, and carries the model's state from one to the next.

    The probabilities are those of `faster_whisper.vad` on the whole recording, whose memory grows with the length.
    The model: Silero Team, "Silero VAD", github.com/snakers4/silero-vad, version 6.
    """

    def __init__(self) -> None:
        self._session = get_vad_model().session
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._rest = np.zeros(0, np.float32)

    def add(self, samples: Samples) -> npt.NDArray[np.float32]:
        """The next block, 16 kHz mono: the probabilities, float32 [n], of the frames that it completes."""
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = samples[whole:].copy()  # a view would keep the whole block
        return self._of(samples[:whole].reshape(-1, FRAME_SAMPLES))

    def end(self) -> npt.NDArray[np.float32]:
        """The probability, float32 [1], of the last frame, which is filled up with silence."""
        frame = np.zeros((1, FRAME_SAMPLES), np.float32)
        frame[0, : len(self._rest)] = self._rest
        # faster-whisper clears the end of the last frame, which is nobody's context; its answer is the measure.
        frame[0, -_CONTEXT_SAMPLES:] = 0.0
        return self._of(frame)

    def _of(self, frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        found = [
            self._of_batch(frames[start : start + _BATCH_FRAMES]) for start in range(0, len(frames), _BATCH_FRAMES)
        ]
        return np.concatenate(found) if found else np.zeros(0, np.float32)

    def _of_batch(self, frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        ends = frames[:, -_CONTEXT_SAMPLES:]
        seen = np.concatenate([np.concatenate([self._context[None], ends[:-1]]), frames], axis=1)
        self._context = ends[-1].copy()
        found, self._h, self._c = self._session.run(None, {"input": seen, "h": self._h, "c": self._c})
        probabilities: npt.NDArray[np.float32] = np.asarray(found, np.float32).reshape(-1)
        return probabilities

"""Where somebody speaks: speech is found where it is, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.voice_activity import Stretch, only_speech, speech_s, speech_stretches
from tests.audio.clips import DEMO, SHORT

TEN_S = 10 * SAMPLE_RATE_HZ

NO_SPEECH: dict[str, Callable[[Samples], Samples]] = {
    "silence": np.zeros_like,
    "quiet noise": lambda time_s: _noise(len(time_s)) * 0.001,
    "loud noise": lambda time_s: _noise(len(time_s)) * 0.3,
    "rumble": lambda time_s: np.cumsum(_noise(len(time_s))).astype(np.float32) * 0.001,
    "a tone": lambda time_s: 0.5 * np.sin(2 * np.pi * 440 * time_s),
    "a chord": lambda time_s: sum((0.2 * np.sin(2 * np.pi * f * time_s) for f in (220, 277, 330)), start=0 * time_s),
    "hum of the mains": lambda time_s: 0.3 * np.sign(np.sin(2 * np.pi * 50 * time_s)),
    "a broken microphone": np.ones_like,
}


@pytest.mark.parametrize("sound", NO_SPEECH)
def test_where_nobody_speaks_there_is_no_speech(sound: str) -> None:
    """Text is invented where an engine listens to such sounds; so none does."""
    time_s = (np.arange(TEN_S) / SAMPLE_RATE_HZ).astype(np.float32)

    stretches = speech_stretches(NO_SPEECH[sound](time_s))

    assert stretches == []
    assert speech_s(stretches) == 0.0


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 800])
def test_a_moment_is_too_short_for_speech(length: int) -> None:
    """Fewer samples than the model looks at in one go are no error."""
    assert speech_stretches(np.zeros(length, np.float32)) == []


def test_speech_is_found_where_it_is() -> None:
    """Two sentences with long silences around them: two stretches, right to half a second."""
    voice = decode(SHORT.path, max_duration_s=60).samples
    silence = np.zeros(TEN_S, np.float32)

    stretches = speech_stretches(np.concatenate([silence, voice, silence, voice, silence]))

    starts_s = [stretch.start / SAMPLE_RATE_HZ for stretch in stretches]
    assert starts_s == pytest.approx([10.0, 23.0], abs=0.5)
    assert speech_s(stretches) == pytest.approx(2 * len(voice) / SAMPLE_RATE_HZ, abs=1.5)


def test_only_the_stretches_are_kept_in_their_order() -> None:
    """What lies between the stretches is left out, nothing else."""
    samples = np.arange(100, dtype=np.float32)

    kept = only_speech(samples, [Stretch(10, 12), Stretch(90, 93)])

    assert kept.tolist() == [10, 11, 90, 91, 92]


def test_long_speech_is_cut_for_engines_that_need_it() -> None:
    """No stretch is longer than asked, they do not overlap, and what lies between two of them is quiet."""
    samples = decode(DEMO.path, max_duration_s=60).samples

    stretches = speech_stretches(samples, max_stretch_s=8.0)

    assert all(stretch.end - stretch.start <= 8.5 * SAMPLE_RATE_HZ for stretch in stretches)
    gaps = [(left.end, right.start) for left, right in pairwise(stretches)]
    assert all(end <= start for end, start in gaps)
    assert all(np.abs(samples[end:start]).max(initial=0.0) < 0.1 for end, start in gaps)


def _noise(length: int) -> Samples:
    return np.random.default_rng(0).normal(size=length).astype(np.float32)

"""Windows: the recording's speech in pieces that end where nobody speaks, the same ones however it arrives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps, get_vad_model
from hypothesis import given, settings
from hypothesis import strategies as st

from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, Window
from samo.inference.speech.audio import Samples, decode
from samo.inference.speech.quality import QualityMeter
from samo.inference.speech.sound_reader import SoundReader
from samo.inference.speech.stretch_finder import PAUSE_BELOW, SPEECH_FROM, StretchFinder
from samo.inference.speech.voice_probability import FRAME_SAMPLES, VoiceProbability
from samo.inference.speech.window_cutter import WindowCutter
from samo.inference.speech.window_planner import WindowPlanner
from tests.audio.clips import DEMO, SHORT

# A second is 31.25 frames.
frames = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.9]), st.integers(1, 120)), min_size=1, max_size=30).map(
    lambda runs: [probability for probability, length in runs for _ in range(length)]
)
window_lengths_s = st.sampled_from([4.0, 8.0, 20.0])


@pytest.fixture(scope="module")
def entry() -> Samples:
    """Half a minute of speech, a silence, a sentence, a longer silence and half a minute again."""
    voice, sentence = (decode(clip.path, max_duration_s=60).samples for clip in (DEMO, SHORT))
    silence = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    return np.concatenate([voice, silence, sentence, silence, silence, voice])


def cut(probabilities: list[float], *, window_s: float) -> tuple[list[Stretch], list[Window]]:
    """The stretches and windows of frames with these probabilities; a louder one is more probable."""
    cutter = WindowCutter(window_s=window_s)
    stretches, windows = [], []
    for probability in probabilities:
        stretch, window = cutter.add(probability, probability)
        stretches += [stretch] if stretch else []
        windows += [window] if window else []
    stretch, rest = cutter.end(len(probabilities) * FRAME_SAMPLES)
    return stretches + ([stretch] if stretch else []), [*windows, *rest]


def planned(samples: Samples, *, blocks: list[int], window_s: float = 10.0) -> list[Window]:
    """The windows of a sound that arrives in blocks of these lengths, and then as a whole."""
    planner = WindowPlanner(window_s=window_s)
    start = 0
    for length in blocks:
        planner.add(samples[start : start + length])
        start += length
    planner.add(samples[start:])
    return planner.end()


# The probabilities and the stretches are those of faster-whisper.


@pytest.mark.parametrize("block", [512, 5_000, 160_000, 10**9])
def test_a_stream_is_heard_as_the_whole_is(entry: Samples, block: int) -> None:
    """Carried from block to block, the model's state gives the probabilities of faster-whisper on everything."""
    padded = np.pad(entry, (0, FRAME_SAMPLES - len(entry) % FRAME_SAMPLES))
    expected = get_vad_model()(padded.copy()).reshape(-1)
    voice = VoiceProbability()

    found = [voice.add(entry[start : start + block]) for start in range(0, len(entry), block)]

    np.testing.assert_allclose(np.concatenate([*found, voice.end()]), expected, atol=1e-4)


@pytest.mark.parametrize("blocks", [[], [100_000], [512 * 300] * 3, [48_000] * 20])
def test_stretches_are_those_of_faster_whisper(entry: Samples, blocks: list[int]) -> None:
    """As long as no window is full, the windows hold exactly the stretches that faster-whisper finds."""
    expected = get_speech_timestamps(entry.copy(), VadOptions())

    windows = planned(entry, blocks=blocks, window_s=1000.0)

    assert len(expected) == 3
    assert [each._asdict() for window in windows for each in window.stretches] == expected


@settings(deadline=None)
@given(frames)
def test_hysteresis_is_that_of_faster_whisper(probabilities: list[float]) -> None:
    """Whatever the probabilities: the same starts and ends as its function gives, but for the margins' clamping."""
    finder = StretchFinder()
    found = [stretch for probability in probabilities if (stretch := finder.add(probability))]

    speaking, expected, pause = False, 0, 0
    for number, probability in enumerate(probabilities):
        if not speaking:
            speaking, pause = probability >= SPEECH_FROM, 0
        elif probability >= SPEECH_FROM:
            pause = 0
        elif probability < PAUSE_BELOW:
            pause = pause or number
            if (number - pause) * FRAME_SAMPLES >= 2 * SAMPLE_RATE_HZ:
                speaking, expected = False, expected + 1

    assert len(found) == expected
    assert speaking == (finder.since is not None)


# What a plan promises.


@settings(deadline=None)
@given(frames, window_lengths_s)
def test_windows_are_in_order_apart_and_bounded(probabilities: list[float], window_s: float) -> None:
    """No window overlaps the next, is empty, holds more speech than it may, or lasts more than twice as long."""
    _, windows = cut(probabilities, window_s=window_s)

    parts = [stretch for window in windows for stretch in window.stretches]
    assert all(stretch.start < stretch.end for stretch in parts)
    assert all(left.end <= right.start for left, right in pairwise(parts))
    assert all(0 < window.speech_s <= window_s for window in windows)
    assert all(window.end - window.start <= 2 * window_s * SAMPLE_RATE_HZ + FRAME_SAMPLES for window in windows)


@settings(deadline=None)
@given(frames, window_lengths_s)
def test_all_speech_is_in_a_window(probabilities: list[float], window_s: float) -> None:
    """Every sure frame lies in a window, and nothing does that is in no stretch."""
    stretches, windows = cut(probabilities, window_s=window_s)

    parts = [stretch for window in windows for stretch in window.stretches]
    for number, probability in enumerate(probabilities):
        if probability >= SPEECH_FROM:
            middle = number * FRAME_SAMPLES + FRAME_SAMPLES // 2
            inside = [part for part in parts if part.start <= middle <= part.end]
            assert inside, f"frame {number} is in no window"
    for part in parts:
        assert any(stretch.start <= part.start and part.end <= stretch.end for stretch in stretches)


@settings(deadline=None)
@given(frames, window_lengths_s)
def test_a_cut_lies_in_a_pause_where_there_is_one(probabilities: list[float], window_s: float) -> None:
    """Inside a stretch a window ends in a frame that is no speech, if its second half has any."""
    _, windows = cut(probabilities, window_s=window_s)

    for left, right in pairwise(windows):
        if left.end == right.start:
            half = left.end - int((left.speech_s - window_s / 2) * SAMPLE_RATE_HZ)
            frame = left.end // FRAME_SAMPLES
            considered = probabilities[-(-half // FRAME_SAMPLES) : frame + 1]
            if any(probability < PAUSE_BELOW for probability in considered):
                assert probabilities[frame] < PAUSE_BELOW


def test_without_any_pause_the_quietest_point_is_taken() -> None:
    """Somebody speaks on for half a minute; the one dip in loudness is where the window ends."""
    cutter = WindowCutter(window_s=10.0)
    windows = []
    for number in range(900):
        _, window = cutter.add(0.9, 0.001 if number in (250, 251, 252) else 1.0)
        windows += [window] if window else []

    assert windows[0].end // FRAME_SAMPLES == 251


def test_a_silence_of_hours_is_in_no_window() -> None:
    """Two words an hour apart are two windows: a window is held in memory as a whole, with what lies between."""
    word = [0.9] * 30

    _, windows = cut([*word, *[0.0] * 112_500, *word], window_s=300.0)

    assert [len(window.stretches) for window in windows] == [1, 1]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(48_000, 400_000), max_size=6))
def test_the_plan_does_not_depend_on_how_the_sound_arrives(entry: Samples, blocks: list[int]) -> None:
    """In blocks of any length, the windows are the same."""
    assert planned(entry, blocks=blocks) == planned(entry, blocks=[])


def test_quality_is_measured_with_every_stretch_in_its_place(entry: Samples) -> None:
    """Measured block by block, half a minute behind, as if the stretches had been known from the start."""
    whole, streamed = QualityMeter(), QualityMeter()
    stretches = [Stretch(each["start"], each["end"]) for each in get_speech_timestamps(entry.copy(), VadOptions())]
    whole.add(entry, stretches)
    planner = WindowPlanner(window_s=10.0, meter=streamed)

    for start in range(0, len(entry), 100_000):
        planner.add(entry[start : start + 100_000])
    planner.end()

    assert streamed.quality() == whole.quality()


# Memory.


def test_memory_does_not_grow_with_the_recording() -> None:
    """After ten minutes of speech the planner holds what it held after two: a window's frames and two blocks."""
    voice = decode(DEMO.path, max_duration_s=60).samples
    planner = WindowPlanner(window_s=60.0, meter=QualityMeter())
    held = []

    for _ in range(21):
        planner.add(voice)
        held.append(len(planner._cutter._frames))
        assert len(planner._unmeasured) <= 1
        assert len(planner._rest) < FRAME_SAMPLES

    assert max(held) <= 60 * SAMPLE_RATE_HZ / FRAME_SAMPLES
    assert len(planner.windows) >= 8


def test_a_reader_holds_one_block() -> None:
    """Pieces across blocks are whole, what has gone by is gone, and the stream's end is not an error."""
    blocks = (np.arange(start, start + 10, dtype=np.float32) for start in range(0, 100, 10))
    reader = SoundReader(blocks)

    assert reader.read(5, 27).tolist() == list(range(5, 27))
    assert reader.read(27, 28).tolist() == [27]
    assert reader.read(95, 200).tolist() == list(range(95, 100))
    with pytest.raises(ValueError, match="has gone by"):
        reader.read(5, 6)
    reader.close()

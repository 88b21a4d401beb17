"""Half minutes: the speech of a window in pieces that Whisper can hear, cut where nobody speaks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.levels import frame_levels_dbfs
from samo.modelling.transcripts.benchmark.half_minutes import HalfMinute, half_minutes
from tests.audio.clips import DEMO, SHORT

MOST = 30 * SAMPLE_RATE_HZ

# Where the sound is quiet: seconds from its start, and how long.
dips_s = st.lists(st.tuples(st.floats(0, 300), st.floats(0.05, 3)), max_size=40)


def noise(duration_s: float, *dips: tuple[float, float], quiet: float = 0.01) -> Samples:
    """Steady noise, quieter by `quiet` in each dip of (start, duration) in seconds."""
    sound = np.random.default_rng(0).standard_normal(int(duration_s * SAMPLE_RATE_HZ), np.float32) / 10
    for start_s, length_s in dips:
        sound[int(start_s * SAMPLE_RATE_HZ) : int((start_s + length_s) * SAMPLE_RATE_HZ)] *= quiet
    return sound


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 320), dips_s)
def test_pieces_cover_everything_in_order_and_fit_into_half_a_minute(
    duration_s: float, dips: list[tuple[float, float]]
) -> None:
    """Nothing is lost, heard twice or too long; of several none is a scrap, and there are not many more than needed."""
    speech = noise(duration_s, *dips)

    pieces = half_minutes(speech)

    assert (pieces[0].start, pieces[-1].end) == (0, len(speech))
    assert all(left.end == right.start for left, right in pairwise(pieces))
    assert all(piece.end - piece.start <= MOST for piece in pieces)
    assert len(pieces) == 1 or all(piece.end - piece.start >= 11 * SAMPLE_RATE_HZ for piece in pieces)
    assert len(pieces) <= 1 + duration_s / 20


@pytest.mark.parametrize("samples", [1, 160, MOST - 1, MOST])
def test_what_fits_into_half_a_minute_is_one_piece(samples: int) -> None:
    """Up to the last sample of it."""
    assert half_minutes(np.zeros(samples, np.float32)) == [HalfMinute(0, samples)]


@settings(max_examples=30, deadline=None)
@given(st.floats(18.6, 26.1))
def test_a_piece_ends_in_the_dip_where_there_is_one(dip_s: float) -> None:
    """A dip of 0.3 s within 4 s of the middle of 45 s: the cut is inside of it."""
    first, second = half_minutes(noise(45, (dip_s, 0.3)))

    assert dip_s < first.end_s < dip_s + 0.3
    assert second.start == first.end


def test_the_quietest_of_several_dips_is_taken() -> None:
    """A hesitation does not hide the end of the sentence, whichever comes first."""
    sound = noise(45, (20.5, 0.4), (24, 0.4), quiet=0.3)
    sound[22 * SAMPLE_RATE_HZ : int(22.4 * SAMPLE_RATE_HZ)] *= 0.01

    first, _ = half_minutes(sound)

    assert 22.0 < first.end_s < 22.4


def test_a_click_of_quiet_is_no_pause() -> None:
    """The closure before a "t" is silent for a twentieth of a second; the pause between words is longer and louder."""
    sound = noise(45, (24, 0.25), quiet=0.1)
    sound[21 * SAMPLE_RATE_HZ : int(21.05 * SAMPLE_RATE_HZ)] = 0

    first, _ = half_minutes(sound)

    assert 24.0 < first.end_s < 24.25


def test_a_long_silence_is_cut_in_its_middle() -> None:
    """Where all is equally quiet, words on either side are as far away as they can be."""
    first, _ = half_minutes(noise(45, (21, 2), quiet=0.0))

    assert first.end_s == pytest.approx(22.0, abs=0.02)


def test_a_voice_is_cut_where_it_is_silent() -> None:
    """Somebody reads for two and a half minutes: 15 dB under the voice, wherever it is cut."""
    voices = [decode(clip.path, max_duration_s=60).samples for clip in (DEMO, SHORT)]
    speech = np.concatenate([voices[0], voices[1]] * 5)
    loud_dbfs = np.percentile(frame_levels_dbfs(speech), 75)

    cuts = [piece.end for piece in half_minutes(speech)[:-1]]

    assert len(cuts) >= 5
    for cut in cuts:
        around = speech[cut - SAMPLE_RATE_HZ // 20 : cut + SAMPLE_RATE_HZ // 20]
        assert frame_levels_dbfs(around).max() < loud_dbfs - 15


def test_cuts_lie_on_a_grid_that_whisper_can_count() -> None:
    """In the middle of hundredths of a second, of which faster-whisper counts the whole ones that lie before."""
    assert {piece.start % 160 for piece in half_minutes(noise(200))[1:]} == {80}

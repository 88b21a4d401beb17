"""Each gate holds back what nobody said, and lets pass what people say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.transcript import DroppedSpeech, DropReason, EmptyReason
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import (
    Screened,
    has_impossible_times,
    is_compressible,
    is_improbable,
    is_no_speech,
    is_too_quiet,
    reason_when_nothing_is_left,
    repeats_itself,
    screen,
)
from samo.inference.speech.hallucinated_phrases import is_known_phrase
from samo.inference.speech.heard import HeardSegment
from tests.audio import sounds
from tests.audio.clips import DEMO

SENTENCE = " I walked along the river and thought of you."


def a_voice() -> Samples:
    """Ten seconds of a person reading."""
    return decode(DEMO.path, max_duration_s=60).samples[: 10 * SAMPLE_RATE_HZ]


def heard(
    text: str = SENTENCE,
    start_s: float = 1.0,
    end_s: float = 4.0,
    *,
    log_probability: float | None = -0.2,
    no_speech: float | None = 0.01,
    ratio: float | None = 1.2,
) -> HeardSegment:
    """A segment of which the engine is sure, unless said otherwise."""
    return HeardSegment(text, start_s, end_s, (), log_probability, no_speech, ratio)


def reasons(*segments: HeardSegment, samples: Samples | None = None) -> list[DropReason]:
    """Why segments over a voice are held back."""
    return [each.reason for each in screen(segments, a_voice() if samples is None else samples, offset_s=0.0).dropped]


def test_what_a_person_says_is_kept() -> None:
    """All of it, as it is, in order."""
    segments = [heard(), heard(" And then it rained.", 4.0, 6.0), heard(" Yes.", 6.5, 6.9)]

    assert screen(segments, a_voice(), offset_s=0.0) == Screened(tuple(segments), ())


def test_what_is_held_back_leaves_its_time_and_no_word() -> None:
    """The record has nothing but two times and a reason."""
    screened = screen([heard(start_s=1.23456, log_probability=-2.0)], a_voice(), offset_s=0.0)

    assert screened == Screened((), (DroppedSpeech(start_s=1.235, end_s=4.0, reason="low_probability"),))


def test_times_are_those_of_the_recording() -> None:
    """A window that begins a minute into it: the sound at its start belongs to second 60."""
    quiet_then_voice = np.concatenate([sounds.white_noise(10.0, level=0.001), a_voice()])

    screened = screen([heard(start_s=61, end_s=64), heard(start_s=71, end_s=74)], quiet_then_voice, offset_s=60.0)

    assert [each.start_s for each in screened.dropped] == [61.0]
    assert [each.start_s for each in screened.kept] == [71]


def test_segments_without_text_are_nothing() -> None:
    """Neither kept nor dropped."""
    assert screen([heard(" ")], a_voice(), offset_s=0.0) == Screened((), ())


def test_a_window_without_sound_holds_nothing_said() -> None:
    """No sample at all: whatever is said of it is too quiet."""
    assert reasons(heard(), samples=np.zeros(0, np.float32)) == ["too_quiet"]


@pytest.mark.parametrize("signal_to_noise_db", [20, 10, 5, 0])
def test_a_voice_in_noise_as_loud_as_itself_is_kept(signal_to_noise_db: float) -> None:
    """The energy gate is for what does not rise above the noise at all."""
    voice = a_voice()
    level = np.sqrt(np.mean(voice**2) / 10 ** (signal_to_noise_db / 10))
    segments = [heard(f" Then, at {number}, I left.", 2.0 * number, 2.0 * number + 2.0) for number in range(5)]

    noisy = (voice + sounds.white_noise(10.0, level=float(level))).astype(np.float32)

    assert screen(segments, noisy, offset_s=0.0) == Screened(tuple(segments), ())


@pytest.mark.parametrize(
    ("loud_dbfs", "floor_dbfs", "too_quiet"),
    [(-20, -60, False), (-61, -100, True), (-59, -100, False), (-30, -32.9, True), (-30, -33.1, False)],
)
def test_energy(loud_dbfs: float, floor_dbfs: float, too_quiet: bool) -> None:
    """Below -60 dBFS nobody speaks, and speech is at least 3 dB above the floor."""
    assert is_too_quiet(loud_dbfs, floor_dbfs) is too_quiet


@pytest.mark.parametrize(
    ("no_speech", "log_probability", "dropped"),
    [(0.7, -1.1, True), (0.7, -0.9, False), (0.5, -1.1, False), (None, -1.1, False), (0.7, None, False)],
)
def test_no_speech_needs_both_signs(no_speech: float | None, log_probability: float | None, dropped: bool) -> None:
    """Whisper's own rule; an engine without figures is not judged by them."""
    assert is_no_speech(no_speech, log_probability) is dropped


@pytest.mark.parametrize(
    ("text", "duration_s", "impossible"),
    [
        (SENTENCE, 3.0, False),
        (SENTENCE, 1.2, False),
        (SENTENCE, 0.9, True),
        (SENTENCE, 0.0, True),
        (" Yes.", 0.02, False),
        (" Yes.", 0.0, True),
        (" day but", 0.05, True),
        (" Yes.", -1.0, True),
        ("今日は雨が降っていました", 1.5, False),
    ],
)
def test_impossible_times(text: str, duration_s: float, impossible: bool) -> None:
    """Forty letters a second are more than anybody can say; a short word may have a time that is too short."""
    assert has_impossible_times(text, 1.0, 1.0 + duration_s) is impossible


@pytest.mark.parametrize(
    ("text", "ratio", "compressible"),
    [
        (SENTENCE, 1.2, False),
        (SENTENCE, None, False),
        (SENTENCE, 2.5, True),
        (" I went home." * 20, None, True),
        (" No, no, no, no.", None, False),
    ],
)
def test_compressible_text_is_a_loop(text: str, ratio: float | None, compressible: bool) -> None:
    """By the engine's ratio or, where it does not tell, the text's own."""
    assert is_compressible(text, ratio) is compressible


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        (" No, no, no, no.", False),
        (" It was very, very, very, very good.", False),
        (" We laughed and laughed and laughed.", False),
        (" I went home. I went home. I went home.", False),
        (" I went home. I went home. I went home. I went home.", True),
        (" la la la la la la la la", True),
        (" So it was. Hello hello hello hello hello hello hello hello and so on.", True),
        (" we and we but we and you but we and I but", False),
    ],
)
def test_repeats(text: str, repeats: bool) -> None:
    """Four times the same phrase, and eight words of it: people stop before."""
    assert repeats_itself(text) is repeats


@pytest.mark.parametrize(
    ("text", "count", "kept"),
    [(" I went home.", 2, 2), (" I went home.", 3, 1), (" I went home.", 9, 1), (" Yes.", 5, 5), (" Yes.", 6, 1)],
)
def test_the_same_segment_again_and_again_is_said_once(text: str, count: int, kept: int) -> None:
    """The first of a loop is what was said."""
    segments = [heard(text, number, number + 0.9) for number in range(count)]

    screened = screen(segments, a_voice(), offset_s=0.0)

    assert screened.kept == tuple(segments[:kept])
    assert [each.reason for each in screened.dropped] == ["repeated"] * (count - kept)


def test_the_same_words_with_others_between_them_are_no_loop() -> None:
    """A refrain."""
    segments = [heard(" I went home." if number % 2 else SENTENCE, number, number + 2) for number in range(8)]

    assert screen(segments, a_voice(), offset_s=0.0).dropped == ()


@pytest.mark.parametrize(
    "text",
    [
        " Thanks for watching!",
        " Thank you. Thank you. Thank you.",
        " Subtitles by the Amara.org community",
        " Sous-titres réalisés par la communauté d'Amara.org",
        " Untertitel der Amara.org-Community",
        "ご視聴ありがとうございました",
        " Спасибо за просмотр!",
    ],
)
def test_known_phrases_are_recognised(text: str) -> None:
    """Whatever the marks and the case, and however often."""
    assert is_known_phrase(text)


@pytest.mark.parametrize("text", [" Thank you for the flowers.", " You and I.", "", " Thanks for watching the dog."])
def test_a_phrase_with_anything_else_is_not_known(text: str) -> None:
    """It stands alone, or it was said."""
    assert not is_known_phrase(text)


@pytest.mark.parametrize(
    "weak",
    [
        {"log_probability": -0.7},
        {"no_speech": 0.3},
        {"end_s": 8.0},
    ],
    ids=["unsure", "no speech", "stretched"],
)
def test_thank_you_is_kept_unless_the_evidence_is_weak(weak: dict[str, float]) -> None:
    """People say it in journals; a model that thanks for watching is not sure, or takes seven seconds for it."""
    assert reasons(heard(" Thank you.", 1.0, 1.8)) == []
    assert reasons(heard(" Thank you.", **{"start_s": 1.0, "end_s": 1.8, **weak})) == ["known_phrase"]


def test_thank_you_in_noise_is_weak() -> None:
    """Nothing stands out of the noise by 10 dB there, which a voice does."""
    voice = a_voice()
    noisy = (voice + sounds.white_noise(10.0, level=float(np.sqrt(np.mean(voice**2))))).astype(np.float32)

    assert reasons(heard(" Thank you.", 1.0, 1.8), samples=noisy) == ["known_phrase"]


@pytest.mark.parametrize(("log_probability", "dropped"), [(None, False), (-1.2, False), (-1.6, True)])
def test_low_probability(log_probability: float | None, dropped: bool) -> None:
    """At -1.2 Whisper is asked again, and what it says in the end may be right; at -1.6 it guesses."""
    assert is_improbable(log_probability) is dropped


@pytest.mark.parametrize(
    ("dropped", "reason"),
    [
        ([], "no_speech"),
        (["no_speech"], "no_speech"),
        (["known_phrase", "no_speech"], "no_speech"),
        (["too_quiet"], "too_quiet"),
        (["too_quiet", "known_phrase"], "too_quiet"),
        (["repeated"], "unintelligible"),
        (["too_quiet", "low_probability"], "unintelligible"),
        (["impossible_times"], "unintelligible"),
        (["compressible"], "unintelligible"),
    ],
)
def test_why_nothing_is_left(dropped: list[DropReason], reason: EmptyReason) -> None:
    """The least that explains all of it."""
    records = [DroppedSpeech(start_s=0, end_s=1, reason=each) for each in dropped]

    assert reason_when_nothing_is_left(records) == reason


times_s = st.floats(min_value=-5, max_value=40)


@given(
    st.lists(
        st.builds(
            HeardSegment,
            st.sampled_from([" yes", " thank you", SENTENCE, " ", " la la la la la la la la"]),
            times_s,
            times_s,
            st.just(()),
            st.none() | st.floats(-3, 0),
            st.none() | st.floats(0, 1),
            st.none() | st.floats(0, 5),
        ),
        max_size=8,
    ),
    st.floats(0, 20),
)
def test_every_segment_with_text_is_kept_or_recorded(segments: list[HeardSegment], offset_s: float) -> None:
    """Whatever the engine says: none is lost, none is doubled, and the order stays."""
    screened = screen(segments, sounds.white_noise(2.0), offset_s=offset_s)

    spoken = [segment for segment in segments if segment.text.strip()]
    assert len(screened.kept) + len(screened.dropped) == len(spoken)
    remaining = iter(spoken)
    assert all(any(kept is segment for segment in remaining) for kept in screened.kept)
    assert all(each.start_s <= each.end_s for each in screened.dropped)

"""Joining: what an insight says of an entry, and what it says when a part is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from samo.domain.emotion import LabelScore, SentenceReading
from samo.domain.insight import EmotionShift, Insight, PartStatus
from samo.domain.joining import SHIFT_THRESHOLD, clock_time, find_shift
from tests.unit.given_documents import (
    REF,
    WHEN,
    a_reading,
    a_sentence_reading,
    a_summary,
    a_transcript,
    an_insight,
)


def scores(*labels: str) -> tuple[LabelScore, ...]:
    """These labels, most probable first."""
    return tuple(LabelScore(label=label, probability=0.9 - number / 10) for number, label in enumerate(labels))


def sentences(*valences: float, spoken: bool = True) -> tuple[SentenceReading, ...]:
    """One sentence of each valence, ten seconds apart if spoken."""
    return tuple(
        a_sentence_reading(start_s=10.0 * number if spoken else None, valence=valence)
        for number, valence in enumerate(valences)
    )


def felt(valences: Sequence[float] = (), *, spoken: bool = True, journal: tuple[str, ...] = ("happy",)) -> Insight:
    """The insight of an entry with these valences and journal emotions."""
    return an_insight(emotions=a_reading(sentences=sentences(*valences, spoken=spoken), journal=scores(*journal)))


def test_an_insight_holds_all_parts() -> None:
    """Transcript, emotions and summary as they are, and that nothing is missing."""
    insight = an_insight()

    assert (insight.recording, insight.created_at) == (REF, WHEN)
    assert (insight.transcript, insight.emotions, insight.summary) == (a_transcript(), a_reading(), a_summary())
    assert not insight.degraded
    assert insight.parts == {"emotions": PartStatus(status="ok"), "summary": PartStatus(status="ok")}


def test_without_emotions_it_is_degraded_and_says_so() -> None:
    """It names the failed part and its code, and claims no mood."""
    insight = an_insight(emotions_failed="document_invalid")

    assert insight.degraded
    assert PartStatus(status="failed", code="document_invalid") == insight.parts["emotions"]
    assert insight.headline == "The emotions of this entry could not be read."
    assert insight.emotions is None
    assert insight.shift is None
    assert a_summary() == insight.summary


def test_without_a_summary_it_is_degraded_and_says_so() -> None:
    """The mood stands, and an observation tells what is missing."""
    insight = an_insight(summary_failed="document_invalid")

    assert insight.degraded
    assert insight.summary is None
    assert insight.headline == "Mostly happy and sad."
    assert "A summary could not be made." in insight.observations


def test_without_both_it_still_holds_the_transcript() -> None:
    """What was said is not lost because nobody understood it."""
    insight = an_insight(emotions_failed="a", summary_failed="b")

    assert insight.degraded
    assert a_transcript() == insight.transcript
    assert insight.headline == "The emotions of this entry could not be read."
    assert insight.observations == ()


@pytest.mark.parametrize(
    ("journal", "labels", "headline"),
    [
        (("happy",), ("joy",), "Mostly happy."),
        (("happy", "proud"), ("joy",), "Mostly happy and proud."),
        (("happy", "proud", "calm"), ("joy",), "Mostly happy and proud."),
        ((), ("curiosity",), "Mostly curiosity."),
        ((), ("neutral", "curiosity"), "Mostly curiosity."),
        ((), ("neutral",), "An even-toned entry; no emotion stands out."),
        ((), (), "An even-toned entry; no emotion stands out."),
    ],
)
def test_the_headline_names_what_was_felt_most(
    journal: tuple[str, ...], labels: tuple[str, ...], headline: str
) -> None:
    """The journal's words first, the finer labels where it has none, "neutral" never."""
    insight = an_insight(emotions=a_reading(sentences=(), journal=scores(*journal), labels=scores(*labels)))

    assert headline == insight.headline


@pytest.mark.parametrize(
    ("reason", "headline"),
    [("no_speech", "No speech was found in this recording."), ("blank_text", "This entry is blank.")],
)
def test_an_entry_without_words_is_not_given_a_mood(reason: str, headline: str) -> None:
    """Silence is not neutral."""
    empty = a_transcript(text="", segments=(), empty_reason=reason)
    reading = a_reading(sentences=(), labels=(), ekman=(), journal=(), empty_reason=reason, valence=0.0)

    insight = an_insight(empty, reading, a_summary(text="", sentences=(), empty_reason=reason))

    assert headline == insight.headline
    assert insight.observations == ()
    assert not insight.degraded


def test_a_turn_of_the_mood_is_told_with_its_time() -> None:
    """The sharpest one, between passages of up to three sentences."""
    insight = felt([-0.8, -0.6, -0.7, 0.1, 0.9, 0.8])

    assert insight.shift == EmotionShift(sentence=3, start_s=30.0, valence_before=-0.7, valence_after=0.6)
    assert "The mood brightens at 0:30." in insight.observations


def test_a_turn_in_a_written_entry_is_told_with_its_sentence() -> None:
    """Counted from one, as people count."""
    insight = felt([0.8, -0.5], spoken=False)

    assert insight.shift == EmotionShift(sentence=1, start_s=None, valence_before=0.8, valence_after=-0.5)
    assert "The mood darkens at sentence 2." in insight.observations


def test_of_equal_turns_the_first_is_told() -> None:
    """The choice does not depend on anything but the entry."""
    shift = find_shift(sentences(-1, 1, -1))

    assert shift is not None
    assert shift.sentence == 1


@pytest.mark.parametrize("valences", [[], [0.9], [0.5, 0.5, 0.5], [0.0, SHIFT_THRESHOLD - 0.01]])
def test_an_even_entry_has_no_turn(valences: list[float]) -> None:
    """Nor does one of a single sentence."""
    assert find_shift(sentences(*valences)) is None


def test_a_turn_of_the_threshold_is_told() -> None:
    """The threshold belongs to what is worth telling."""
    assert find_shift(sentences(0.0, SHIFT_THRESHOLD)) is not None


def test_the_strongest_moment_is_told() -> None:
    """The most intense sentence of several, by its first label."""
    strongest = a_sentence_reading("We laughed.", start_s=65.0, valence=0.9, label=("joy", 0.9))

    insight = an_insight(emotions=a_reading(sentences=(*sentences(0.8), strongest)))

    assert "The strongest moment at 1:05 is one of joy." in insight.observations


@pytest.mark.parametrize("label", [None, ("neutral", 0.9)])
def test_a_strongest_moment_without_an_emotion_is_not_told(label: tuple[str, float] | None) -> None:
    """What is neutral is no moment."""
    reading = a_reading(sentences=(*sentences(0.1), a_sentence_reading(valence=0.2, label=label)))

    assert not any("strongest" in observation for observation in an_insight(emotions=reading).observations)


def test_a_single_sentence_has_no_strongest_moment() -> None:
    """There is nothing to compare it with."""
    reading = a_reading(sentences=(a_sentence_reading(valence=0.9, label=("joy", 0.9)),))

    assert not any("strongest" in observation for observation in an_insight(emotions=reading).observations)


def test_what_else_was_felt_is_told() -> None:
    """The third and fourth emotion; the first two stand in the headline."""
    insight = felt(journal=("happy", "proud", "calm", "tired", "sad"))

    assert insight.headline == "Mostly happy and proud."
    assert "There is also something calm and tired in it." in insight.observations


def test_a_damaged_recording_is_told() -> None:
    """Whoever reads the insight knows that a part was not heard."""
    insight = an_insight(a_transcript(warnings=("audio_damaged",)))

    assert "Part of the recording is damaged; this covers what could be heard." in insight.observations


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (36_061, "10:01:01")],
)
def test_times_are_shown_as_on_a_clock(seconds: float, shown: str) -> None:
    """Minutes and seconds, with hours from one on."""
    assert shown == clock_time(seconds)

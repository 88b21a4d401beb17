"""What is said again across the border of two windows is held back where nothing but a loop explains it."""

from __future__ import annotations

from samo.domain.transcript import DroppedSpeech
from samo.domain.window_plan import WindowPart
from samo.inference.speech.heard import HeardSegment
from samo.inference.speech.window_borders import screen_borders
from tests.unit.given_documents import REF

SENTENCE = " I walked along the river."


def heard(text: str, start_s: float, *, log_probability: float = -0.2, no_speech: float = 0.01) -> HeardSegment:
    """Two seconds of which the engine is sure, unless said otherwise."""
    return HeardSegment(text, start_s, start_s + 2.0, (), log_probability, no_speech, 1.2)


def windows(*heard_in: tuple[HeardSegment, ...], dropped: tuple[DroppedSpeech, ...] = ()) -> list[WindowPart]:
    """The parts of a recording; the first one holds what was dropped."""
    return [
        WindowPart(
            recording=REF,
            window=number,
            segments=segments,
            dropped=dropped if number == 0 else (),
            language="en",
            language_probability=0.9,
        )
        for number, segments in enumerate(heard_in)
    ]


def test_what_differs_stays_and_keeps_its_order() -> None:
    """Every segment of every window; what gates dropped before is still told of."""
    before = DroppedSpeech(start_s=5.0, end_s=6.0, reason="too_quiet")
    first, second, third = heard(SENTENCE, 0.0), heard(" Then it rained.", 300.0), heard(" Yes.", 303.0)

    screened = screen_borders(windows((first,), (), (second, third), dropped=(before,)))

    assert screened.kept == (first, second, third)
    assert screened.dropped == (before,)


def test_a_doubtful_repetition_at_a_border_is_held_back_with_its_time() -> None:
    """The end of a window comes again at the start of the next, and Whisper hears no speech there."""
    whole, again = heard(" We left, and" + SENTENCE, 298.0), heard(SENTENCE, 300.0, no_speech=0.4)

    screened = screen_borders(windows((whole,), (again, heard(" Then it rained.", 302.0))))

    assert [segment.text for segment in screened.kept] == [whole.text, " Then it rained."]
    assert screened.dropped == (DroppedSpeech(start_s=300.0, end_s=302.0, reason="repeated"),)


def test_people_repeat_themselves() -> None:
    """With good evidence the second time stays, and so does a short answer that is given twice."""
    sure = windows((heard(SENTENCE, 298.0),), (heard(SENTENCE, 300.0),))
    short = windows((heard(" Oh yes.", 298.0),), (heard(" Oh yes.", 300.0, no_speech=0.4),))

    assert screen_borders(sure).dropped == ()
    assert screen_borders(short).dropped == ()


def test_within_a_window_its_own_gates_decide() -> None:
    """A doubtful repetition that is at no border, or beyond a window without text, is none of these."""
    doubtful = heard(SENTENCE, 302.0, no_speech=0.4)

    assert screen_borders(windows((heard(SENTENCE, 0.0), doubtful))).dropped == ()
    assert screen_borders(windows((heard(SENTENCE, 0.0),), (), (doubtful,))).dropped == ()


def test_a_loop_across_borders_is_one_loop() -> None:
    """Two in one window and one in the next are too few for either, and three in a row for the recording."""
    loop = windows((heard(SENTENCE, 294.0), heard(SENTENCE, 296.0)), (heard(SENTENCE, 300.0), heard(" Enough.", 303.0)))

    screened = screen_borders(loop)

    assert [segment.text for segment in screened.kept] == [SENTENCE, " Enough."]
    assert [(each.start_s, each.reason) for each in screened.dropped] == [(296.0, "repeated"), (300.0, "repeated")]

"""Notes of a delivery: what its stage and its models say of themselves, and nobody else's."""

from __future__ import annotations

import threading

from samo.delivery_notes import note_load, note_result, taking_notes
from samo.domain.transcript import EngineUse
from tests.unit.given_documents import a_reading, a_summary
from tests.unit.stages.given_stages import World


def test_a_result_says_what_made_it() -> None:
    """The document's own words."""
    made_by = EngineUse(engine="onnx", version="t5-1")
    with taking_notes() as notes:
        note_result(a_summary(made_by=made_by, fallback_reason="unfaithful_name"))

    assert (made_by, "unfaithful_name") == (notes.made_by, notes.fallback)


def test_a_stage_notes_what_made_its_result_and_a_repeat_does_not() -> None:
    """A redelivery that finds the result ran no engine."""
    world = World()
    message = world.store_transcript()

    with taking_notes() as first:
        world.emotion().handle(message)
    with taking_notes() as second:
        world.emotion().handle(message)

    assert first.made_by == EngineUse(engine="fake", version="1")
    assert second.made_by is None


def test_loads_of_one_delivery_add_up() -> None:
    """Summarization may load two models."""
    with taking_notes() as notes:
        note_load(0.25)
        note_load(0.5)

    assert notes.load_s == 0.75


def test_a_warm_delivery_knows_of_no_load() -> None:
    """None, for 0 would draw the mean of the loads down."""
    with taking_notes() as notes:
        note_result(a_reading())

    assert notes.load_s is None


def test_outside_a_delivery_nothing_is_noted() -> None:
    """A command that uses the same model has no line in the log."""
    note_load(0.25)

    with taking_notes() as notes:
        pass

    assert notes.load_s is None


def test_deliveries_at_the_same_time_do_not_mix() -> None:
    """An instance of insights serves four at once, each in a thread."""
    seen: list[float | None] = []

    def deliver() -> None:
        with taking_notes() as notes:
            note_load(1.0)
        seen.append(notes.load_s)

    with taking_notes() as ours:
        other = threading.Thread(target=deliver)
        other.start()
        other.join()
        note_load(0.25)

    assert (ours.load_s, seen) == (0.25, [1.0])

"""Traces: what an event causes belongs to the trace that the event belongs to."""

from __future__ import annotations

import pytest

from samo.tracing import current_traceparent, traced

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"


def test_there_is_no_trace_outside_an_event() -> None:
    """Nothing is left over from another one."""
    assert current_traceparent() is None


def test_the_trace_is_current_within_the_event() -> None:
    """And no longer than that, even if it ends in an error."""
    seen = []

    def fail() -> None:
        with traced(TRACE):
            seen.append(current_traceparent())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert seen == [TRACE]
    assert current_traceparent() is None


def test_the_innermost_trace_is_current() -> None:
    """The outer one returns afterwards; an event without a trace does not inherit one."""
    with traced(TRACE):
        with traced(OTHER):
            inner = current_traceparent()
        with traced(None):
            without = current_traceparent()
        outer = current_traceparent()

    assert (inner, without, outer) == (OTHER, None, TRACE)


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "words that somebody said",
        TRACE.upper(),
        TRACE + "-extra",
        TRACE + "\n",
        TRACE[:-1],
        "01" + TRACE[2:],
        "ff" + TRACE[2:],
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
    ],
)
def test_a_malformed_trace_is_dropped(malformed: str) -> None:
    """As W3C Trace Context demands: all zeros are no identity, and nothing else may travel in this field."""
    with traced(malformed):
        assert current_traceparent() is None

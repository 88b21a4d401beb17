"""The gate: what INT8 may cost, and what it may not."""

from __future__ import annotations

import pytest

from samo.modelling.emotion.config import GateConfig
from samo.modelling.emotion.evaluation import Evaluation, Interval, LabelEvaluation
from samo.modelling.emotion.gate import check_gate
from samo.modelling.errors import GateFailed

LIMITS = GateConfig(max_macro_f1_loss=0.005, max_label_f1_loss=0.02, min_label_support=30, max_size=1000)


def evaluation(macro_f1: float, *, joy: float = 0.6, grief: float = 0.4) -> Evaluation:
    """An evaluation with a frequent label, joy, and a rare one, grief."""
    around = Interval(value=macro_f1, low=macro_f1 - 0.01, high=macro_f1 + 0.01)
    return Evaluation(
        model="some-version",
        n=5000,
        macro_f1=around,
        micro_f1=around,
        ece=0.02,
        brier=0.03,
        per_label={
            "joy": LabelEvaluation(p=joy, r=joy, f1=joy, support=30, threshold=0.3),
            "grief": LabelEvaluation(p=grief, r=grief, f1=grief, support=29, threshold=0.3),
        },
    )


def test_a_model_that_lost_nothing_passes() -> None:
    """Being better than float32 is no reason to refuse, nor is a size at the limit."""
    check_gate(evaluation(0.500), evaluation(0.501, joy=0.61), size=1000, config=LIMITS)


def test_a_fall_in_macro_f1_fails() -> None:
    """The message says by how much and what is allowed."""
    with pytest.raises(GateFailed, match=r"^some-version is not published: macro-F1 falls by 0\.0060, allowed"):
        check_gate(evaluation(0.500), evaluation(0.494), size=1000, config=LIMITS)


def test_a_fall_of_one_frequent_label_fails_even_if_the_average_holds() -> None:
    """An average can hide a label that broke."""
    with pytest.raises(GateFailed, match=r"F1 of joy falls by 0\.0300"):
        check_gate(evaluation(0.500), evaluation(0.500, joy=0.57), size=1000, config=LIMITS)


def test_a_rare_label_is_not_judged_alone() -> None:
    """With fewer than 30 rows a single decision moves F1 by more than the limit."""
    check_gate(evaluation(0.500), evaluation(0.500, grief=0.30), size=1000, config=LIMITS)


def test_files_that_are_too_big_fail() -> None:
    """A model that silently stayed in float32 is recognised by its size."""
    with pytest.raises(GateFailed, match="the files have 1001 bytes, allowed are 1000"):
        check_gate(evaluation(0.500), evaluation(0.500), size=1001, config=LIMITS)


def test_all_broken_limits_are_named_at_once() -> None:
    """A build takes an hour; its report should not need a second one."""
    with pytest.raises(GateFailed) as caught:
        check_gate(evaluation(0.500), evaluation(0.400, joy=0.5), size=2000, config=LIMITS)

    assert len(str(caught.value).split("; ")) == 3

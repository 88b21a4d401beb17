"""ROUGE on cases that are worked out by hand: rouge1, rouge2, rougeL, rougeLsum."""

from __future__ import annotations

import pytest

from samo.modelling.summaries.rouge import Rouge


@pytest.mark.parametrize(
    ("summary", "reference", "expected"),
    [
        # 5 of 6 words; the cat, on the, the mat of 5 pairs; the cat … on the mat in order.
        ("The cat lay on the mat.", "the cat sat on the mat", (5 / 6, 3 / 5, 5 / 6, 5 / 6)),
        # Precision 2/2, recall 2/4.
        ("I cried.", "I cried all night.", (2 / 3, 2 / 4, 2 / 3, 2 / 3)),
        # Stems: laugh, stop.
        ("They laughed and stopped.", "They laugh and stop", (1.0, 1.0, 1.0, 1.0)),
        # Two sentences in the other order: pairs inside sentences stay, ROUGE-L sees one of them, ROUGE-Lsum both.
        ("Ben left. Rain fell.", "Rain fell. Ben left.", (1.0, 2 / 3, 1 / 2, 1.0)),
        ("Nothing shared", "at all", (0.0, 0.0, 0.0, 0.0)),
        ("", "at all", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_a_summary_against_one_reference(summary: str, reference: str, expected: tuple[float, ...]) -> None:
    """F1 of precision and recall, words stemmed, without case and punctuation."""
    assert pytest.approx(expected) == Rouge().f1(summary, [reference])


def test_for_each_measure_the_reference_counts_that_is_nearest() -> None:
    """The first has all the words, the second their order."""
    found = Rouge().f1("one two three four", ["four three two one", "one two three nine"])

    assert pytest.approx((1.0, 2 / 3, 3 / 4, 3 / 4)) == found


def test_scripts_that_the_measure_does_not_know_score_nothing() -> None:
    """A limit to know of: an equal text would be 1."""
    assert Rouge().f1("今天很难过。", ["今天很难过。"]) == (0.0, 0.0, 0.0, 0.0)

"""ROUGE: how many of a reference's words, pairs of words and word sequences a summary shares.

Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries". The scores are those of Google's
`rouge-score`, with the Porter stemmer as in ROUGE-1.5.5 with `-m`. It knows words of a–z and 0–9 only: for entries in
other scripts it says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rouge_score.rouge_scorer import RougeScorer

from samo.domain.sentences import written_sentences

MEASURES = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class Rouge:
    """Scores of summaries against references."""

    def __init__(self) -> None:
        self._scorer = RougeScorer(list(MEASURES), use_stemmer=True)

    def f1(self, summary: str, references: Sequence[str]) -> tuple[float, ...]:
        """F1 for each of `MEASURES`, in [0, 1], each against the reference where it is highest.

        ROUGE-Lsum takes both texts sentence by sentence; the sentences are those of the product (`written_sentences`).
        """
        scores = self._scorer.score_multi([_in_lines(reference) for reference in references], _in_lines(summary))
        return tuple(float(scores[measure].fmeasure) for measure in MEASURES)


class RougeL:
    """ROUGE-L alone, of texts as one sequence of words."""

    def __init__(self) -> None:
        self._scorer = RougeScorer(["rougeL"], use_stemmer=True)

    def f1(self, summary: str, references: Sequence[str]) -> float:
        """F1 against the reference where it is highest."""
        return float(self._scorer.score_multi(list(references), summary)["rougeL"].fmeasure)


def _in_lines(text: str) -> str:
    return "\n".join(written_sentences(text))

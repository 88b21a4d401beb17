"""A summarizer judged: figures by hand, on entries whose emotions stand in their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain.summary import SummaryOptions
from samo.inference.model_store.store import ModelStore
from samo.inference.summarizer.extractive import ExtractiveSummarizer
from samo.inference.summarizer.fallback import t5_summarizer
from samo.modelling.summaries.baselines import BASELINES, BaselineSummarizer
from samo.modelling.summaries.evaluation import Judgement, difference, judge, read_entries
from samo.modelling.summaries.examples import SummaryExample, read_summary_examples
from samo.modelling.summaries.table import comparison, differences
from samo.ports import EmotionReader, Summarizer
from samo.wiring.engines import open_emotion_reader
from samo.wiring.model_stores import bundled_models
from tests.fakes.clock import FakeClock
from tests.fakes.engines import FirstSentenceSummarizer, WordReader

COVIDET = Path(__file__).resolve().parents[5] / "shared" / "data" / "covidet" / "dev.jsonl"

EXAMPLES = [
    SummaryExample(text="I was so sad. Rain fell.", references=("I was sad.", "It was Monday.")),
    SummaryExample(text="Rain fell again.\nI was happy.", references=("Happy at last.",)),
    SummaryExample(text="\x07 \x07", references=("Nothing was said.",)),
]


def judged(engine: str, summarizer: Summarizer) -> Judgement:
    """The examples above, read by words."""
    reader = WordReader()
    entries = read_entries(EXAMPLES, reader, name="dev.jsonl", advance=lambda: None)
    return judge(engine, summarizer, entries, reader, advance=lambda: None)


def test_every_figure_is_the_mean_over_the_entries() -> None:
    """First sentences: one with the emotion and 6/7 of a reference, one with neither, and none of an empty entry."""
    found = judged("first", FirstSentenceSummarizer()).evaluation

    assert (found.engine, found.model, found.emotion_model, found.n) == ("first", "1", "1", 3)
    assert pytest.approx(6 / 7 / 3) == found.rouge1.value
    assert pytest.approx((2 * (1 / 3 * 1 / 2) / (1 / 3 + 1 / 2)) / 3) == found.rouge2.value
    assert pytest.approx(6 / 7 / 3) == found.rougeL.value == found.rougeLsum.value
    assert found.coverage == 0.5
    assert found.redundancy == 0.0
    assert pytest.approx((1 / 2 + 1 / 2 + 0) / 3) == found.compression
    assert found.fallbacks == {}


def test_the_same_data_gives_the_same_figures() -> None:
    """Intervals included."""
    assert judged("x", ExtractiveSummarizer()).evaluation == judged("x", ExtractiveSummarizer()).evaluation


def test_all_entries_are_read_as_one_recording_and_counted() -> None:
    """So a channel with several versions serves one of them; progress is told entry by entry."""
    told: list[str] = []

    entries = read_entries(EXAMPLES, WordReader(), name="dev.jsonl", advance=lambda: told.append("entry"))

    assert {entry.reading.recording.name for entry in entries} == {"dev.jsonl"}
    assert [entry.example for entry in entries] == EXAMPLES
    assert len(told) == 3


def test_summaries_that_another_engine_made_are_counted_by_their_reason(tmp_path: Path) -> None:
    """No entry here is long enough for a model, except one."""
    store = ModelStore([DirectoryStore(tmp_path, "models")])
    summarizer = t5_summarizer(store, SummaryOptions(), threads=1, clock=FakeClock())
    long_entry = SummaryExample(text="I was sad and it rained on the way to the office. " * 3, references=("Sad.",))
    reader = WordReader()
    entries = read_entries([long_entry, *EXAMPLES], reader, name="dev.jsonl", advance=lambda: None)

    found = judge("t5", summarizer, entries, reader, advance=lambda: None).evaluation

    assert found.fallbacks == {"no_model": 1}
    assert found.model is None


def test_engines_stand_side_by_side_in_a_table() -> None:
    """The figures that the documents quote, and how far ours lies above the others."""
    one, other = judged("one", FirstSentenceSummarizer()), judged("other", FirstSentenceSummarizer())

    assert comparison([one, other]).splitlines()[2].startswith("| one | 0.286 [0.000, 0.857] | 0.133 [")
    assert comparison([one, other]).splitlines()[3].endswith("| 0.50 | 0.00 | 0.33 |")
    assert differences(one, [other]).splitlines()[2] == "| one − other | +0.0000 | [+0.0000, +0.0000] |"


@pytest.mark.skipif(not COVIDET.is_file(), reason="CovidET is not here; it is evaluated on, never shipped")
def test_the_emotional_core_beats_the_first_sentences_and_the_central_ones_on_posts() -> None:
    """ROUGE-L on first-person posts with abstracts of what moved their writers, and far more of their emotions."""
    reader: EmotionReader = open_emotion_reader([bundled_models()], channel="stable", threads=2)
    entries = read_entries(read_summary_examples(COVIDET), reader, name="dev.jsonl", advance=lambda: None)

    ours = judge("extractive", ExtractiveSummarizer(), entries, reader, advance=lambda: None)
    lead3, textrank = (
        judge(name, BaselineSummarizer(name, BASELINES[name]), entries, reader, advance=lambda: None)
        for name in ("lead3", "textrank")
    )

    assert difference(ours, lead3, "rougeL").low > 0
    assert difference(ours, textrank, "rougeL").value > 0.003
    assert ours.evaluation.compression < textrank.evaluation.compression
    assert (ours.evaluation.coverage or 0) > (textrank.evaluation.coverage or 0) + 0.1

"""The summarizers that can be judged, by the names of the command line."""

from __future__ import annotations

from samo.domain.summary import SummaryOptions
from samo.inference.model_store.store import ModelStore
from samo.modelling.summaries.baselines import BASELINES, BaselineSummarizer
from samo.ports import ObjectStore, Summarizer
from samo.settings import SummaryEngine
from samo.wiring.engines import open_summarizer

CHANNEL = "stable"


def open_engine(name: str, models: list[ObjectStore], *, key: str, threads: int) -> Summarizer:
    """`extractive` and `t5` as the product runs them by default, or one of `BASELINES`.

    Raises `ModelNotPublished` for `t5` if no version is there for the recording `key`: otherwise every summary would be
    an extractive one under another name.
    """
    if name in BASELINES:
        return BaselineSummarizer(name, BASELINES[name])
    engine: SummaryEngine = "extractive"
    if name == "t5":
        ModelStore(models, channel=CHANNEL).choose("summarization", key=key)
        engine = "auto"
    return open_summarizer(models, channel=CHANNEL, threads=threads, options=SummaryOptions(), engine=engine)

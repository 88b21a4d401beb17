"""Entries and summarizers for tests: sentences read by rule, a generator in a store's place."""

from __future__ import annotations

from collections.abc import Sequence

from samo.domain.emotion import EmotionReading
from samo.domain.sentences import TimedSentence, sentences_of
from samo.domain.summary import Summary, SummaryOptions
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.store import ModelStore
from samo.inference.summarizer.fallback import FallbackSummarizer
from samo.inference.summarizer.text_generator import TextGenerator
from samo.ports import Summarizer
from tests.fakes.clock import FakeClock
from tests.fakes.engines import WordReader
from tests.fakes.object_store import MemoryStore
from tests.unit.given_documents import WHEN, a_transcript
from tests.unit.inference.model_store.given_models import put_channel, put_version

DAY = (
    "This morning I took the usual bus to the office in town.",
    "The new project was the topic of the whole day in the office.",
    "At noon my manager told me in front of the whole team that the project fails, and I felt so sad.",
    "I sat in the office afterwards and felt so sad that I could not work on the project.",
    "Lunch was pasta with some cheese from the place around the corner.",
    "The weather is going to change on Friday, they said on the radio.",
    "In the evening my sister called and I was happy to tell her about the project and the office.",
    "We watched a film about penguins until about eleven.",
)


def timed(texts: Sequence[str]) -> tuple[TimedSentence, ...]:
    """Sentences of two seconds each."""
    return tuple(TimedSentence(text=text, start_s=2.0 * n, end_s=2.0 * n + 2) for n, text in enumerate(texts))


def written(text: str) -> tuple[TimedSentence, ...]:
    """The sentences of a written entry."""
    return sentences_of(a_transcript(source="text", text=text, segments=()))


def read(sentences: Sequence[TimedSentence]) -> EmotionReading:
    """Sad and happy are felt where the words stand."""
    return WordReader().read(sentences, a_transcript(empty_reason="blank_text"), created_at=WHEN)


def summary_by(summarizer: Summarizer, sentences: Sequence[TimedSentence]) -> Summary:
    """The summary of an entry of these sentences."""
    return summarizer.summarize(sentences, read(sentences), created_at=WHEN)


def a_store() -> MemoryStore:
    """A store whose stable channel serves the summarization version t5-1."""
    store = MemoryStore("bucket")
    put_version(store, "t5-1", task="summarization")
    put_channel(store, {"t5-1": 1.0}, task="summarization")
    return store


def models_of(generator: TextGenerator, store: MemoryStore) -> LazyModels[TextGenerator]:
    """Models that are this generator, once the store has delivered their files."""
    return LazyModels(ModelStore([store]), "summarization", lambda *_: generator, clock=FakeClock())


def a_fallback(
    generator: TextGenerator, options: SummaryOptions | None = None, *, store: MemoryStore | None = None
) -> FallbackSummarizer:
    """The summarizer of the function, with this generator as its model."""
    return FallbackSummarizer(models_of(generator, store or a_store()), options, clock=FakeClock())

"""The abstractive summary: a model reads the entry, however long it is, and writes the summary in its own words."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from samo.domain.emotion import EmotionReading
from samo.domain.errors import TransientError
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import EngineUse
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.manifest import Manifest
from samo.inference.summarizer.condensing import Condenser, NotWritten, Written
from samo.inference.summarizer.faithfulness import unfaithful
from samo.inference.summarizer.key_emotions import key_emotions
from samo.inference.summarizer.language import is_english
from samo.inference.summarizer.model_text import finished_sentences, readable
from samo.inference.summarizer.salience import salience
from samo.inference.summarizer.styles import styled
from samo.inference.summarizer.text_generator import TextGenerator
from samo.inference.summarizer.word_vectors import WordVectors
from samo.inference.summarizer.writing import WRITING

MAX_LENGTH = 512
"""The most tokens a model reads at once where its manifest does not say: those of T5's training."""

_log = logging.getLogger("samo")


class AbstractiveSummarizer:
    """The `Summarizer` port, except that it raises `NotWritten` where an extractive summary has to take over.

    Which version writes depends on the recording's name alone.
    """

    def __init__(self, models: LazyModels[TextGenerator], options: SummaryOptions | None = None) -> None:
        self._models = models
        self._options = options or SummaryOptions()

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """A summary in a model's words, checked against the entry.

        Raises `NotWritten` with the reason, and `ModelUnavailable`, `ModelCorrupt` and `StoreUnavailable` as all models
        do. All sentences are read, in as many windows as they need; an emotional summary of a long entry is written of
        the windows with the emotional core.
        """
        texts = [sentence.text for sentence in sentences]
        if not is_english(texts):
            raise NotWritten("unsupported_language")
        generator, manifest, _ = self._models.get(reading.recording.name)
        try:
            written = self._write(generator, manifest.max_length or MAX_LENGTH, texts, reading)
        except (NotWritten, TransientError):
            raise
        except Exception as error:
            # Whatever a model does to an entry, the entry is not lost for it. A message may quote what a person said.
            _log.warning("model %s/%s failed: %s", manifest.task, manifest.version, type(error).__name__)
            raise NotWritten("generation_failed") from error
        if reason := unfaithful(readable(written.text), "\n".join(texts)):
            raise NotWritten(reason)
        return self._summary(written, manifest, texts, reading, created_at)

    def _write(
        self, generator: TextGenerator, max_length: int, texts: Sequence[str], reading: EmotionReading
    ) -> Written:
        condenser = Condenser(generator, max_length=max_length)
        tokens = [condenser.tokens(text) for text in texts]
        # A sentence that is said again says nothing more; one without tokens has nothing that the model knows.
        places = {tuple(ids): place for place, ids in reversed(list(enumerate(tokens))) if ids}
        kept = sorted(places.values())
        weights = None
        if self._options.focus == "emotional" and sum(len(tokens[place]) for place in kept) > condenser.budget:
            vectors = WordVectors([texts[place] for place in kept])
            weights = salience(vectors, [reading.sentences[place] for place in kept], "emotional").tolist()
        return condenser.condense([tokens[place] for place in kept], WRITING[self._options.length], weights=weights)

    def _summary(
        self, written: Written, manifest: Manifest, texts: Sequence[str], reading: EmotionReading, created_at: str
    ) -> Summary:
        sentences = finished_sentences(written.text, cut_off=written.cut_off)
        words = sum(len(text.split()) for text in texts)
        written_words = sum(len(sentence.split()) for sentence in sentences)
        return Summary(
            recording=reading.recording,
            empty_reason=None,
            method="abstractive",
            options=self._options,
            windows=written.windows,
            fallback_reason=None,
            text=styled(sentences, self._options.style),
            sentences=tuple(SummarySentence(text=sentence, start_s=None, end_s=None) for sentence in sentences),
            key_emotions=key_emotions(reading),
            compression=round(written_words / words, 4),
            made_by=EngineUse(engine=manifest.engine, version=manifest.version),
            created_at=created_at,
        )

"""Summaries by a real T5, tiny and of random weights: graphs, tokenizer, windows and store as in the function."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Metaspace

from samo.adapters.directory import DirectoryStore
from samo.domain import documents
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import summary_name, transcript_name
from samo.domain.summary import Summary, SummaryOptions
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.manifest import Channel, Manifest, Provenance
from samo.inference.model_store.publishing import describe
from samo.inference.model_store.store import ModelStore
from samo.inference.summarizer.condensing import Condenser
from samo.inference.summarizer.fallback import t5_summarizer
from samo.inference.summarizer.text_generator import TextGenerator
from samo.inference.summarizer.writing import WRITING
from samo.inference.t5.model import load_t5
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.checkpoint import T5Shape
from samo.modelling.t5.random_weights import random_weights
from samo.stages.effect import Outcome
from samo.wiring.engines import open_summarizer
from samo.wiring.model_stores import bundled_models_folder
from samo.wiring.summarization import summarization_stage
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.unit.given_documents import a_transcript
from tests.unit.inference.summarizer.given_summaries import DAY, summary_by, timed
from tests.unit.stages.given_stages import announcement

SPECIAL_TOKENS = ("<pad>", "</s>", "<unk>")
TINY = T5Shape(
    vocabulary=640, d_model=32, d_kv=8, d_ff=64, heads=3, encoder_layers=3, decoder_layers=2,
    gated=True, scale_outputs=False,
)  # fmt: skip

ENTRY = timed([f"{text[:-1]} {n}." for n, text in enumerate(DAY * 20)])


def _tokenizer(entries: int) -> Tokenizer:
    """The words of the entry, and others up to the number of entries."""
    words = sorted({word for text in DAY for word in text.split()} | {"summarize:"})
    others = [f"w{number}" for number in range(entries - len(words) - len(SPECIAL_TOKENS))]
    vocabulary = [*SPECIAL_TOKENS, *(f"▁{word}" for word in (*words, *others))]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(vocabulary)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Metaspace()
    tokenizer.decoder = MetaspaceDecoder()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DirectoryStore:
    """A folder that serves the model as a published version."""
    root = tmp_path_factory.mktemp("models")
    version = root / "summarization" / "random-1"
    tokenizer = _tokenizer(TINY.vocabulary - 28)
    write_bundle(random_weights(TINY, tied=False, end=0.3), TINY, tokenizer, version, quantised=True)
    manifest = Manifest(
        task="summarization",
        version="random-1",
        engine="onnx",
        files=describe(version),
        licence="Apache-2.0",
        provenance=Provenance(base="random weights", data="none", command="pytest"),
        created_at="2026-11-20T09:30:00Z",
        max_length=512,
    )
    (version / "manifest.json").write_bytes(documents.encode(manifest))
    channel = root / "summarization" / "channels" / "stable.json"
    channel.parent.mkdir()
    channel.write_bytes(documents.encode(Channel(versions={"random-1": 1.0})))
    return DirectoryStore(root)


@pytest.fixture
def store(folder: DirectoryStore) -> ModelStore:
    """The versions in the folder."""
    return ModelStore([folder])


@pytest.fixture
def generator(store: ModelStore) -> TextGenerator:
    """The model by itself."""
    models: LazyModels[TextGenerator] = LazyModels(
        store, "summarization", lambda directory, manifest: load_t5(directory, manifest, threads=1)
    )
    return models.get("mia/a.txt").model


def test_a_t5_reads_an_entry_in_windows_and_writes_one_text(generator: TextGenerator) -> None:
    """What random weights write means nothing; that it is words, bounded, and the same every time is what counts."""
    condenser = Condenser(generator, max_length=128)
    tokens = [condenser.tokens(sentence.text) for sentence in ENTRY]

    written = condenser.condense(tokens, WRITING["medium"])

    assert written.windows > 10
    assert 0 < len(written.text.split()) <= WRITING["medium"].max_new_tokens
    assert written == condenser.condense(tokens, WRITING["medium"])


@pytest.mark.parametrize("focus", ["general", "emotional"])
def test_the_words_of_random_weights_are_refused(store: ModelStore, focus: str) -> None:
    """From the store to the summary: the model is loaded, runs, says what the entry does not, and is not heard."""
    options = SummaryOptions(focus=focus)  # type: ignore[arg-type]
    summarizer = t5_summarizer(store, options, threads=1, clock=FakeClock())

    summary = summary_by(summarizer, ENTRY)

    assert summary.method == "extractive"
    assert summary.fallback_reason is not None
    assert summary.fallback_reason.startswith("unfaithful_")


def test_an_entry_whose_words_no_model_knows_has_a_summary_all_the_same(store: ModelStore) -> None:
    """Unknown words, and the tokenizer's own tokens spelt out."""
    summarizer = t5_summarizer(store, SummaryOptions(), threads=1, clock=FakeClock())

    summary = summary_by(
        summarizer, timed([f"and then the {n}th </s> thing that i thought about {n}" for n in range(60)])
    )

    assert (summary.method, bool(summary.text)) == ("extractive", True)
    assert summary.fallback_reason not in (None, "no_model", "generation_failed")


def test_the_engine_that_is_asked_for_is_the_one_that_is_opened(folder: DirectoryStore) -> None:
    """`extractive` does not look for a model; `auto` takes what the store has, and says so where it has none."""
    empty = MemoryStore("empty")

    by_choice = open_summarizer([empty], channel="stable", threads=1, options=SummaryOptions(), engine="extractive")
    without = open_summarizer([empty], channel="stable", threads=1, options=SummaryOptions(), engine="auto")
    with_one = open_summarizer([folder], channel="stable", threads=1, options=SummaryOptions(), engine="auto")

    assert summary_by(by_choice, ENTRY).fallback_reason is None
    assert empty.requests == []
    assert summary_by(without, ENTRY).fallback_reason == "no_model"
    assert str(summary_by(with_one, ENTRY).fallback_reason).startswith("unfaithful_")


@pytest.mark.parametrize("second_store", [True, False])
def test_the_function_looks_for_its_model_in_the_second_store_as_well(
    folder: DirectoryStore, tmp_path: Path, *, second_store: bool
) -> None:
    """`SAMO_SUMMARY_MODELS` beside the store of the emotion model, which has no version for summaries."""
    results = DirectoryStore(tmp_path / "results")
    entry = a_transcript(source="text", segments=(), text=" ".join(sentence.text for sentence in ENTRY))
    info = results.create(transcript_name(entry.recording), documents.encode(entry))
    pointer = ObjectPointer(bucket=results.bucket, name=info.name, generation=info.generation)
    environ = {
        "SAMO_RESULTS": (tmp_path / "results").as_uri(),
        "SAMO_LEASES": (tmp_path / "leases").as_uri(),
        "SAMO_ANALYSES_TOPIC": (tmp_path / "analyses").as_uri(),
        "SAMO_MODELS": bundled_models_folder().resolve().as_uri(),
    }
    if second_store:
        environ["SAMO_SUMMARY_MODELS"] = folder.path_of("summarization").parent.as_uri()

    outcome = summarization_stage(environ).handle(
        announcement(TranscriptReady(recording=entry.recording, object=pointer))
    )

    assert outcome == Outcome("committed")
    summary = documents.decode(results.read(summary_name(entry.recording)), Summary)
    assert (summary.fallback_reason == "no_model") is not second_store

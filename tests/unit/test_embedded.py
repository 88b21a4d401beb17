"""The whole pipeline in one process: which stages run, what comes back, and what a failure leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.domain.documents import decode
from samo.domain.errors import ModelUnavailable
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import StageName, failure_name, insight_name
from samo.domain.recording import RecordingRef
from samo.embedded import EmbeddedPipeline
from tests.fakes.clock import FakeClock
from tests.fakes.engines import FirstSentenceSummarizer, HearingTranscriber, WordReader
from tests.fakes.object_store import MemoryStore, Request


class House:
    """A pipeline, with everything about it that a test looks at."""

    def __init__(self) -> None:
        self.results = MemoryStore()
        self.leases = MemoryStore()
        self.transcriber = HearingTranscriber()
        self.emotion_reader = WordReader()
        self.begun: list[StageName] = []
        self.pipeline = EmbeddedPipeline(
            recordings=MemoryStore(),
            results=self.results,
            leases=self.leases,
            transcriber=self.transcriber,
            emotion_reader=self.emotion_reader,
            summarizer=FirstSentenceSummarizer(),
            clock=FakeClock(),
            max_audio_bytes=100,
            max_text_bytes=100,
            progress=self.begun.append,
        )


@pytest.fixture
def house() -> House:
    """An empty one."""
    return House()


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """A recording."""
    file = tmp_path / "voice.wav"
    file.write_text("I am happy. It rains.")
    return file


def test_a_recording_becomes_an_insight(house: House, voice: Path) -> None:
    """The one returned is the one stored; progress hears every stage as it begins."""
    insight = house.pipeline.process(voice, user="ana")

    assert isinstance(insight, Insight)
    assert (insight.recording.name, insight.transcript.text) == ("ana/voice.wav", "I am happy. It rains.")
    assert decode(house.results.content(insight_name(insight.recording)), Insight) == insight
    assert house.begun == ["transcription", "emotion", "summarization", "insights", "insights"]
    assert house.leases.names == []


def test_a_written_entry_needs_no_speech_engine(house: House, tmp_path: Path) -> None:
    """Its text is the transcript."""
    entry = tmp_path / "entry.txt"
    entry.write_text("I am sad.")

    insight = house.pipeline.process(entry, user="me")

    assert isinstance(insight, Insight)
    assert insight.transcript.source == "text"
    assert house.transcriber.heard == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("entry.txt", b"", "recording_empty"),
        ("entry.txt", b"x" * 101, "text_too_long"),
        ("entry.wav", b"x" * 101, "recording_too_large"),
        ("entry.txt", b"\xff", "text_not_utf8"),
        ("entry.pdf", b"%PDF", "recording_type_unknown"),
    ],
)
def test_what_cannot_be_processed_returns_its_failure_record(
    name: str, data: bytes, code: str, house: House, tmp_path: Path
) -> None:
    """With its code; no later stage begins."""
    (tmp_path / name).write_bytes(data)

    failure = house.pipeline.process(tmp_path / name, user="me")

    assert isinstance(failure, Failure)
    assert (failure.code, failure.stage) == (code, "transcription")
    assert house.begun == ["transcription"]


def test_a_result_counts_more_than_a_failure_record(house: House, voice: Path) -> None:
    """A slower worker on the same folder may have failed at the same moment (docs/adr/0007)."""
    ref = RecordingRef(bucket="memory", name="ana/voice.wav", generation=1)

    def fail_too(request: Request) -> None:
        if request == Request("create", insight_name(ref)):
            house.results.put(failure_name("insights", ref), b"{}")

    house.results.before = fail_too

    assert isinstance(house.pipeline.process(voice, user="ana"), Insight)
    assert failure_name("insights", ref) in house.results.names


def test_a_missing_model_is_raised_and_leaves_nothing_behind(house: House, voice: Path) -> None:
    """The same file is processed once the model is there, and other files meanwhile."""
    house.transcriber.failure = ModelUnavailable("no weights")
    with pytest.raises(ModelUnavailable):
        house.pipeline.process(voice, user="me")
    assert (house.results.names, house.leases.names) == ([], [])

    house.transcriber.failure = None

    assert isinstance(house.pipeline.process(voice, user="me"), Insight)


def test_a_model_missing_later_on_loses_nothing(house: House, voice: Path) -> None:
    """What waited for the broken stage is dropped and not mixed into the next file."""
    house.emotion_reader.failure = ModelUnavailable("no classifier")
    with pytest.raises(ModelUnavailable):
        house.pipeline.process(voice, user="me")

    house.emotion_reader.failure = None
    house.begun.clear()
    insight = house.pipeline.process(voice, user="me")

    assert isinstance(insight, Insight)
    assert house.begun == ["transcription", "emotion", "summarization", "insights", "insights"]


def test_two_files_of_one_name_have_an_insight_each(house: House, voice: Path) -> None:
    """The second is a newer generation of the same recording."""
    first = house.pipeline.process(voice, user="me")
    voice.write_text("I am sad.")
    second = house.pipeline.process(voice, user="me")

    assert isinstance(first, Insight)
    assert isinstance(second, Insight)
    assert first.recording.name == second.recording.name
    assert first.recording.generation < second.recording.generation
    assert (first.transcript.text, second.transcript.text) == ("I am happy. It rains.", "I am sad.")

"""The emotion reader: sentences with their times, and the whole entry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from samo.domain.emotion import EmotionReading, LabelScore
from samo.domain.errors import ModelUnavailable
from samo.domain.sentences import TimedSentence, sentences_of
from samo.domain.taxonomy import LABELS
from samo.domain.transcript import EmptyReason, EngineUse, Transcript
from samo.inference.emotion.reader import OnnxEmotionReader, onnx_emotion_reader
from samo.inference.model_store.store import ModelStore
from samo.wiring.engines import open_emotion_reader
from samo.wiring.model_stores import bundled_models
from tests.fakes.object_store import MemoryStore
from tests.unit.given_documents import REF, SAID, WHEN, a_transcript
from tests.unit.inference.emotion.given_classifiers import classifier_store

SURE = LabelScore(label="joy", probability=0.982)


def a_reader(store: MemoryStore | None = None, **changes: Any) -> OnnxEmotionReader:
    """A reader of the word classifier; `changes` go into its manifest."""
    return onnx_emotion_reader(ModelStore([store or classifier_store("words-1", **changes)]), threads=1)


def timed(*texts: str) -> tuple[TimedSentence, ...]:
    """Sentences of two seconds each."""
    return tuple(TimedSentence(text=text, start_s=2.0 * n, end_s=2.0 * n + 2) for n, text in enumerate(texts))


def labels(scores: tuple[LabelScore, ...]) -> list[str]:
    """The labels, most probable first."""
    return [score.label for score in scores]


def empty(reason: EmptyReason) -> Transcript:
    """A transcript without a word."""
    return a_transcript(text="", segments=(), empty_reason=reason)


def test_each_sentence_is_read_with_its_time() -> None:
    """Labels above threshold, valence, intensity; the version that read it."""
    sentences = timed("what joy", "the bus was late", "anger and disgust")

    reading = a_reader().read(sentences, a_transcript(), created_at=WHEN)

    joyful, neutral, angry = reading.sentences
    assert (joyful.text, joyful.start_s, joyful.end_s, joyful.labels) == ("what joy", 0.0, 2.0, (SURE,))
    assert (angry.start_s, labels(angry.labels)) == (4.0, ["anger", "disgust"])
    assert neutral.labels == ()
    assert joyful.valence > 0.5 > -0.5 > angry.valence
    assert min(joyful.intensity, angry.intensity) > 0.5 > neutral.intensity
    assert EngineUse(engine="onnx", version="words-1") == reading.made_by
    assert (reading.recording, reading.created_at, reading.empty_reason) == (REF, WHEN, None)


def test_the_entry_rolls_up_to_ekman_and_journal() -> None:
    """Most probable first; neutral has no counterpart."""
    sentences = timed("joy and amusement", "joy", "nervousness")

    reading = a_reader().read(sentences, a_transcript(), created_at=WHEN)

    assert {"joy", "amusement", "nervousness"} == set(labels(reading.labels))
    assert labels(reading.ekman) == ["joy", "fear"]
    assert labels(reading.journal) == ["happy", "anxious"]
    assert 0 < reading.valence < 1
    assert 0 < reading.intensity <= 1


def test_a_feeling_of_a_fifth_of_the_sentences_is_one_of_the_entry() -> None:
    """Two of ten sentences are enough, one of thirty is not, and in a short entry one is."""
    reader = a_reader()
    entries = [["grief"] * 2 + ["bus"] * 8, ["grief"] + ["bus"] * 29, ["grief", "bus", "bus"]]

    readings = [reader.read(timed(*texts), a_transcript(), created_at=WHEN) for texts in entries]

    assert [labels(reading.labels) for reading in readings] == [["grief"], [], ["grief"]]


def test_an_entry_is_neutral_when_its_sentences_mostly_are() -> None:
    """One neutral sentence among feelings does not make a neutral entry."""
    reader = a_reader()

    mostly = reader.read(timed("neutral", "neutral", "joy"), a_transcript(), created_at=WHEN)
    hardly = reader.read(timed("neutral", "joy", "joy", "joy"), a_transcript(), created_at=WHEN)

    assert labels(mostly.labels) == ["joy", "neutral"]
    assert labels(hardly.labels) == ["joy"]
    assert labels(mostly.ekman) == ["joy"]


def test_every_emotion_of_the_entry_is_shown_by_a_sentence() -> None:
    """What passes the threshold for the entry passes it in at least one sentence."""
    sentences = timed("joy grief", "fear", "pride joy", "remorse", "bus", "bus", "bus", "bus", "bus", "bus", "bus")

    reading = a_reader().read(sentences, a_transcript(), created_at=WHEN)

    shown = {label for sentence in reading.sentences for label in labels(sentence.labels)}
    assert set(labels(reading.labels)) <= shown


def test_thresholds_of_the_manifest_decide() -> None:
    """With a threshold above what the model ever says, a label never appears."""
    reader = a_reader(thresholds={**dict.fromkeys(LABELS, 0.3), "joy": 0.99})

    reading = reader.read(timed("joy and fear"), a_transcript(), created_at=WHEN)

    assert labels(reading.labels) == ["fear"]


def test_a_label_that_is_present_brings_its_groups() -> None:
    """A rare label with a low threshold: what is shown as relief is shown as joy and calm, too, however improbable."""
    reader = a_reader(thresholds={**dict.fromkeys(LABELS, 0.9), "relief": 0.01})

    reading = reader.read(timed("the bus was late"), a_transcript(), created_at=WHEN)

    assert labels(reading.labels) == ["relief"]
    assert labels(reading.ekman) == ["joy"]
    assert labels(reading.journal) == ["calm"]


def test_tired_and_overwhelmed_come_from_the_writers_word() -> None:
    """GoEmotions has no label for them; denied, they are not there."""
    reader = a_reader()

    said = reader.read(timed("I am so tired and overwhelmed"), a_transcript(), created_at=WHEN)
    denied = reader.read(timed("I am not tired at all"), a_transcript(), created_at=WHEN)

    assert {"tired", "overwhelmed"} == set(labels(said.journal))
    assert said.valence < -0.2
    assert denied.journal == ()


def test_a_misspelt_feeling_is_read_as_it_was_meant() -> None:
    """By the model and by the rules; the document keeps what was written."""
    reading = a_reader().read(timed("lvoe", "I am so tiredd"), a_transcript(), created_at=WHEN)

    loving, tired = reading.sentences
    assert (loving.text, labels(loving.labels)) == ("lvoe", ["love"])
    assert tired.text == "I am so tiredd"
    assert "tired" in labels(reading.journal)


def test_a_feeling_of_others_is_not_the_writers() -> None:
    """What the classifier is sure of, said of somebody else."""
    reading = a_reader().read(
        timed("she loves love", "she loves the sea", "I love love"), a_transcript(), created_at=WHEN
    )

    assert [labels(sentence.labels) for sentence in reading.sentences] == [["love"], [], ["love"]]


@pytest.mark.parametrize("reason", ["no_speech", "blank_text"])
def test_an_entry_without_text_has_an_empty_reading(reason: EmptyReason) -> None:
    """It says why, claims no neutrality, and needs no model: not even a store that answers."""
    store = MemoryStore("models")
    transcript = empty(reason)

    reading = a_reader(store).read(sentences_of(transcript), transcript, created_at=WHEN)

    assert (reason, (), (), (), ()) == (
        reading.empty_reason, reading.sentences, reading.labels, reading.ekman, reading.journal,
    )  # fmt: skip
    assert reading.made_by is None
    assert store.requests == []


def test_without_a_model_nothing_is_made_up() -> None:
    """An empty store: a named error, not "neutral, confidence 1.0"."""
    reader = a_reader(MemoryStore("models"))

    with pytest.raises(ModelUnavailable):
        reader.read(timed("joy"), a_transcript(), created_at=WHEN)


def test_the_recordings_name_alone_chooses_the_version() -> None:
    """Two versions in the channel: each entry meets one of them, the same on a retry and in a new process."""
    store = classifier_store("words-1", "words-2")
    names = [f"mia/{day}.txt" for day in range(20)]
    transcripts = [
        a_transcript(recording=msgspec.structs.replace(REF, name=name, generation=generation))
        for generation in (1, 2)
        for name in names
    ]

    readers = [a_reader(store), a_reader(store)]
    versions = [
        [reader.read(timed("joy"), transcript, created_at=WHEN).made_by for transcript in transcripts]
        for reader in readers
    ]

    assert versions[0] == versions[1]
    assert versions[0][:20] == versions[0][20:]
    assert {"words-1", "words-2"} == {made_by.version for made_by in versions[0] if made_by}


def test_the_same_entry_gives_the_same_document() -> None:
    """Read twice, byte for byte: a retry must not change a result."""
    sentences = timed(*["joy and a word more", "fear", "the bus"] * 30)
    reader = a_reader()

    first, second = (reader.read(sentences, a_transcript(), created_at=WHEN) for _ in range(2))

    assert msgspec.json.encode(first) == msgspec.json.encode(second)


def test_a_text_of_100000_words_is_read_in_batches() -> None:
    """Work is bounded by batches, whatever the entry's length."""
    sentences = timed(*["joy " * 50] * 2000)

    reading = a_reader().read(sentences, a_transcript(), created_at=WHEN)

    assert len(reading.sentences) == 2000
    assert labels(reading.labels) == ["joy"]


def test_many_threads_read_what_one_reads() -> None:
    """Requests of one instance share the session and the tokenizer, and no entry's numbers depend on the others."""
    reader = open_emotion_reader([bundled_models()], channel="stable", threads=1)
    entries = [
        a_transcript(text=" ".join(f"Day {number}. {text}" for text, *_ in SAID), segments=()) for number in range(24)
    ]

    def read(transcript: Transcript) -> EmotionReading:
        return reader.read(sentences_of(transcript), transcript, created_at=WHEN)

    alone = [read(entry) for entry in entries]
    with ThreadPoolExecutor(8) as workers:
        together = list(workers.map(read, entries * 4))

    assert alone * 4 == together

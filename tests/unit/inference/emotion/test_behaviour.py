"""What the bundled emotion model must get right on a journal, and what it is known to get wrong."""

from __future__ import annotations

import pytest

from samo.domain.emotion import EmotionReading
from samo.domain.sentences import sentences_of
from samo.inference.emotion.reader import OnnxEmotionReader, onnx_emotion_reader
from samo.inference.model_store.store import ModelStore
from samo.wiring.model_stores import bundled_models
from tests.unit.given_documents import WHEN, a_transcript

NAMES = ("Priya", "Mohammed", "Anna", "Wei", "John")


@pytest.fixture(scope="module")
def reader() -> OnnxEmotionReader:
    """The reader with the model that ships."""
    return onnx_emotion_reader(ModelStore([bundled_models()]), threads=2)


def read(reader: OnnxEmotionReader, text: str) -> EmotionReading:
    """The reading of a written entry."""
    transcript = a_transcript(source="text", text=text, segments=())
    return reader.read(sentences_of(transcript), transcript, created_at=WHEN)


def felt(reading: EmotionReading) -> set[str]:
    """All emotions present in the entry, GoEmotions and journal."""
    return {score.label for score in (*reading.labels, *reading.journal)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am happy.", "happy"),
        ("I'm so proud of myself today!", "proud"),
        ("I hope tomorrow will be better.", "hopeful"),
        ("I can't wait for the trip!!!", "excited"),
        ("Thank you so much for everything.", "grateful"),
        ("I feel content with my life.", "content"),
        ("I feel calm and at peace.", "calm"),
        ("What a relief, the test was negative.", "calm"),
        ("I'm nervous about the interview tomorrow.", "anxious"),
        ("I am so angry at him.", "frustrated"),
        ("I can't stop crying since grandma died.", "sad"),
        ("I feel guilty about what I said to her.", "remorse"),
        ("I am disgusted by what he said.", "disgust"),
        ("I was so tired that I just wanted to sleep.", "tired"),
        ("I am overwhelmed with work and cannot sleep.", "overwhelmed"),
    ],
)
def test_plain_statements_are_read(reader: OnnxEmotionReader, text: str, expected: str) -> None:
    """One sentence, one feeling."""
    assert expected in felt(read(reader, text))


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("I am not happy.", {"joy", "happy"}),
        ("I don't feel calm at all.", {"joy", "calm"}),
        ("I'm not excited about this trip.", {"excitement", "excited"}),
        ("I wasn't proud of what I did.", {"pride", "proud"}),
        ("I am not tired.", {"tired"}),
        ("I can't say I'm happy.", {"joy"}),
        ("Nothing makes me happy.", {"joy"}),
        ("I'm not sad anymore.", {"sadness"}),
    ],
)
def test_denied_feelings_are_not_read(reader: OnnxEmotionReader, text: str, denied: set[str]) -> None:
    """Negation, right before the word and at a distance."""
    assert denied.isdisjoint(felt(read(reader, text)))


def test_mixed_feelings_are_both_read(reader: OnnxEmotionReader) -> None:
    """In one sentence, and in an entry of several."""
    one = read(reader, "I loved the party, but I miss my dad terribly.")
    several = read(reader, "I was furious when they cancelled it. Then we laughed so much. I went home by bus.")

    assert {"happy", "sad"} <= felt(one)
    assert {"frustrated", "happy"} <= felt(several)


@pytest.mark.parametrize(
    ("sentence", "expected"), [("{} made me laugh so much today.", "happy"), ("I am so angry at {}.", "frustrated")]
)
def test_names_change_nothing(reader: OnnxEmotionReader, sentence: str, expected: str) -> None:
    """The same feeling, whoever it is about."""
    readings = [read(reader, sentence.format(name)) for name in NAMES]

    assert all(expected in felt(reading) for reading in readings)


def test_capitals_change_nothing(reader: OnnxEmotionReader) -> None:
    """Shouting and whispering are read alike."""
    loud, low = read(reader, "I AM SO ANGRY AT HIM"), read(reader, "i am so angry at him")

    assert loud.labels == low.labels


def test_punctuation_is_not_needed(reader: OnnxEmotionReader) -> None:
    """As speech arrives from an engine that gives none."""
    assert "grateful" in felt(read(reader, "i am so grateful for my friends they helped me a lot today"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i love this so much 😍", "love"),
        ("😭😭😭", "sad"),
    ],
)
def test_emoji_are_read(reader: OnnxEmotionReader, text: str, expected: str) -> None:
    """Beside words they change little; alone they speak."""
    assert expected in felt(read(reader, text))


@pytest.mark.parametrize("text", ["I took the bus to work.", "The meeting starts at nine.", "I bought milk and bread."])
def test_facts_are_neutral(reader: OnnxEmotionReader, text: str) -> None:
    """No emotion is found where there is none, and hardly any intensity."""
    reading = read(reader, text)

    assert {"neutral"} == felt(reading)
    assert reading.intensity < 0.1

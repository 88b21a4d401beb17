"""Documents for tests: one spoken entry in three sentences and what was made of it."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.hints import TranscriptionHints
from samo.domain.insight import Insight, PartStatus
from samo.domain.joining import join
from samo.domain.quality import Quality
from samo.domain.recording import RecordingRef
from samo.domain.summary import KeyEmotion, Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import AudioMeasures, DroppedSpeech, EngineUse, Segment, Transcript, Word

REF = RecordingRef(bucket="recordings", name="mia/2026-11-20.m4a", generation=1_763_631_000_123_456)
WHEN = "2026-11-20T09:30:00.000Z"

SAID = (
    ("I missed the train and felt so sad.", 0.0, 3.2, -0.7, ("sadness", 0.83)),
    ("Then Ben called.", 4.0, 5.1, 0.0, None),
    ("We laughed until I was happy again.", 5.6, 8.4, 0.8, ("joy", 0.91)),
)


def a_transcript(**changes: Any) -> Transcript:
    """The transcript of the spoken entry."""
    transcript = Transcript(
        recording=REF,
        source="speech",
        text=" ".join(text for text, *_ in SAID),
        empty_reason=None,
        language="en",
        language_probability=0.98,
        segments=tuple(_segment(text, start_s, end_s) for text, start_s, end_s, *_ in SAID),
        confidence=0.94,
        words_per_minute=122.5,
        audio=AudioMeasures(
            duration_s=8.9, container_s=8.93, speech_s=7.1, sample_rate_hz=48_000, channels=1, codec="aac"
        ),
        quality=Quality(
            signal_to_noise_db=31.5,
            level_dbfs=-24.5,
            clipped_share=0.0,
            speech_share=0.7978,
            mean_log_probability=-0.21,
            advice=None,
        ),
        dropped=(DroppedSpeech(start_s=8.5, end_s=8.9, reason="known_phrase"),),
        hints=TranscriptionHints(language="en", hotwords="Ben"),
        warnings=(),
        made_by=EngineUse(engine="faster-whisper", version="base.en-1"),
        created_at=WHEN,
    )
    return msgspec.structs.replace(transcript, **changes)


def a_sentence_reading(
    text: str = "Then Ben called.",
    *,
    start_s: float | None = None,
    valence: float = 0.0,
    label: tuple[str, float] | None = None,
) -> SentenceReading:
    """One sentence, with at most one label; as intense as it is far from neutral."""
    return SentenceReading(
        text=text,
        start_s=start_s,
        end_s=None if start_s is None else start_s + 1,
        labels=() if label is None else (LabelScore(label=label[0], probability=label[1]),),
        valence=valence,
        intensity=abs(valence),
    )


def a_reading(**changes: Any) -> EmotionReading:
    """The emotions of the spoken entry."""
    reading = EmotionReading(
        recording=REF,
        empty_reason=None,
        sentences=tuple(
            a_sentence_reading(text, start_s=start_s, valence=valence, label=label)
            for text, start_s, _, valence, label in SAID
        ),
        labels=(LabelScore(label="joy", probability=0.62), LabelScore(label="sadness", probability=0.41)),
        ekman=(LabelScore(label="joy", probability=0.62),),
        journal=(LabelScore(label="happy", probability=0.6), LabelScore(label="sad", probability=0.4)),
        valence=0.05,
        intensity=0.5,
        made_by=EngineUse(engine="onnx", version="minilm-1"),
        created_at=WHEN,
    )
    return msgspec.structs.replace(reading, **changes)


def a_summary(**changes: Any) -> Summary:
    """The summary of the spoken entry: its last sentence."""
    text, start_s, end_s, *_ = SAID[-1]
    summary = Summary(
        recording=REF,
        empty_reason=None,
        method="extractive",
        options=SummaryOptions(),
        windows=1,
        fallback_reason=None,
        text=text,
        sentences=(SummarySentence(text=text, start_s=start_s, end_s=end_s),),
        key_emotions=(KeyEmotion(label="joy", probability=0.91, evidence=text),),
        compression=0.4,
        made_by=EngineUse(engine="extractive", version=None),
        created_at=WHEN,
    )
    return msgspec.structs.replace(summary, **changes)


def an_insight(
    transcript: Transcript | None = None,
    emotions: EmotionReading | None = None,
    summary: Summary | None = None,
    **failed: str,
) -> Insight:
    """The insight of the spoken entry, or of the parts given; `emotions_failed="code"` takes that part away."""
    parts: dict[Any, PartStatus] = {
        part: PartStatus(status="failed", code=code)
        if (code := failed.get(f"{part}_failed"))
        else PartStatus(status="ok")
        for part in ("emotions", "summary")
    }
    return join(
        transcript or a_transcript(),
        None if "emotions_failed" in failed else emotions or a_reading(),
        None if "summary_failed" in failed else summary or a_summary(),
        parts=parts,
        created_at=WHEN,
    )


def documents_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any document of this kind that its types allow, however odd its values."""
    return _values_of(inspect.type_info(kind))


def _values_of(type_: inspect.Type) -> st.SearchStrategy[Any]:
    match type_:
        case inspect.StructType(cls=kind, fields=fields):
            return st.builds(kind, **{field.name: _values_of(field.type) for field in fields})
        case inspect.VarTupleType(item_type=item):
            return st.lists(_values_of(item), max_size=3).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values_of(key), _values_of(value), max_size=3)
        case inspect.UnionType(types=types):
            return st.one_of([_values_of(one) for one in types])
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.StrType(pattern=str() as pattern):
            return st.from_regex(pattern, fullmatch=True)
        case inspect.IntType(gt=int() as bound) | inspect.FloatType(gt=int() | float() as bound):
            return _SCALARS[type(type_)].filter(lambda value: value > bound)
        case inspect.IntType(ge=int() as bound) | inspect.FloatType(ge=int() | float() as bound):
            return _SCALARS[type(type_)].filter(lambda value: value >= bound)
    return _SCALARS[type(type_)]


_SCALARS: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.NoneType: st.none(),
    inspect.BoolType: st.booleans(),
    inspect.IntType: st.integers(-(2**63), 2**64 - 1),
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.StrType: st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
}


def _segment(text: str, start_s: float, end_s: float) -> Segment:
    words = text.split()
    share_s = (end_s - start_s) / len(words)
    return Segment(
        text=text,
        start_s=start_s,
        end_s=end_s,
        words=tuple(
            Word(
                text=word,
                start_s=round(start_s + number * share_s, 2),
                end_s=round(start_s + (number + 1) * share_s, 2),
                probability=0.94,
            )
            for number, word in enumerate(words)
        ),
        mean_log_probability=-0.21,
        no_speech_probability=0.01,
    )

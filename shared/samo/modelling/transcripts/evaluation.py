"""A speech engine judged on recordings whose words are known: word and character error rate, and speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from samo.domain.errors import PermanentError
from samo.domain.hints import TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.modelling.bootstrap import Interval, draws, interval
from samo.modelling.errors import DatasetInvalid
from samo.modelling.transcripts.errors import errors_of
from samo.modelling.transcripts.examples import SpokenExample
from samo.ports import Transcriber

CREATED_AT = "1970-01-01T00:00:00Z"
"""Nothing here is kept, and the same data gives the same documents."""

Advance = Callable[[], None]


class TranscriptionEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate transcription --json` prints.

    `wer` and `cer` are all errors of the `n` recordings by all that is said in them; their intervals come from drawing
    recordings. `rtf` is the seconds of work, loading the model among them, for a second of the `audio_s` of sound.
    `model` is None for an engine without weights.
    """

    wer: Interval
    cer: Interval
    n: int
    audio_s: float
    rtf: float
    engine: str
    model: str | None


def judge(
    transcriber: Transcriber,
    examples: Sequence[SpokenExample],
    *,
    name: str,
    engine: str,
    hints: TranscriptionHints,
    advance: Advance,
) -> TranscriptionEvaluation:
    """Transcribe each example, at least one, as the recording `name`, so that one model version hears them all.

    A text is normalised in the language of the hints, or in the one that was found. Raises `DatasetInvalid`, saying
    where, for audio that cannot be transcribed, and `ModelUnavailable` without a model.
    """
    began_s = time.perf_counter()
    transcripts = []
    for example in examples:
        transcripts.append(_transcript(transcriber, example, name, hints))
        advance()
    worked_s = time.perf_counter() - began_s
    audio_s = sum(transcript.audio.duration_s for transcript in transcripts if transcript.audio)
    errors = [
        errors_of(example.text, transcript.text, language=hints.language or transcript.language)
        for example, transcript in zip(examples, transcripts, strict=True)
    ]
    return TranscriptionEvaluation(
        wer=_rate([each.word_errors for each in errors], [each.words for each in errors]),
        cer=_rate([each.character_errors for each in errors], [each.characters for each in errors]),
        n=len(examples),
        audio_s=round(audio_s, 3),
        rtf=round(worked_s / audio_s, 4),
        engine=next((transcript.made_by.engine for transcript in transcripts if transcript.made_by), engine),
        model=next((transcript.made_by.version for transcript in transcripts if transcript.made_by), None),
    )


def _transcript(transcriber: Transcriber, example: SpokenExample, name: str, hints: TranscriptionHints) -> Transcript:
    ref = RecordingRef(bucket="evaluation", name=name, generation=1)
    try:
        return transcriber.transcribe(example.audio, ref, created_at=CREATED_AT, hints=hints)
    except PermanentError as error:
        raise DatasetInvalid(f"{example.place}: {error.code}: {error}") from error


def _rate(errors: Sequence[int], said: Sequence[int]) -> Interval:
    resamples = draws(len(errors))
    return interval(sum(errors) / sum(said), (resamples @ np.array(errors)) / (resamples @ np.array(said)))

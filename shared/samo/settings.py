"""Settings: one record per function, read from the environment, all problems in one error."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

import msgspec

from samo.domain.summary import SummaryFocus, SummaryLength, SummaryStyle

Settings = TypeVar("Settings", bound=msgspec.Struct)

PREFIX = "SAMO_"

MAX_AUDIO_BYTES = 512 * 1024 * 1024
MAX_AUDIO_S = 30 * 60.0
MAX_JOB_AUDIO_S = 24 * 60 * 60.0
MAX_TEXT_BYTES = 1024 * 1024

Url = Annotated[str, msgspec.Meta(min_length=1)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
# Finite, for JSON has no infinity: a lease that expires never could not be written down.
PositiveFloat = Annotated[float, msgspec.Meta(gt=0, le=sys.float_info.max)]


class SettingsError(ValueError):
    """The environment does not describe a function. The message lists every problem."""


class _StageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every stage has. A store is `gs://bucket` or `file:///folder`; `lease_s` exceeds the function's timeout."""

    results: Url
    leases: Url
    lease_s: PositiveFloat = 600.0


class _SpeechSettings(_StageSettings, frozen=True, kw_only=True):
    """What whoever transcribes has. A topic is `projects/{project}/topics/{topic}` or `file:///folder`."""

    recordings: Url
    models: Url
    transcripts_topic: Url
    channel: Url = "stable"
    threads: PositiveInt = 1
    speech_engine: Literal["whisper", "pocketsphinx"] = "whisper"
    max_audio_bytes: PositiveInt = MAX_AUDIO_BYTES
    max_audio_s: PositiveFloat = MAX_AUDIO_S


class TranscriptionSettings(_SpeechSettings, frozen=True, kw_only=True):
    """Function `transcription`.

    What would take longer than `budget_s` goes to `job`, `projects/{project}/locations/{location}/jobs/{job}` or
    `file:///path/job.py`, with at most `job_tasks` tasks; `max_audio_s` holds where there is no job.
    """

    max_text_bytes: PositiveInt = MAX_TEXT_BYTES
    job: str = ""
    budget_s: PositiveFloat = 420.0
    job_tasks: PositiveInt = 10


class TranscriptionJobSettings(_SpeechSettings, frozen=True, kw_only=True):
    """Job `transcription`: one recording, whose name and generation whoever starts it adds to the environment."""

    recording_name: str
    recording_generation: PositiveInt
    max_audio_s: PositiveFloat = MAX_JOB_AUDIO_S
    max_retries: Annotated[int, msgspec.Meta(ge=0)] = 3


class EmotionSettings(_StageSettings, frozen=True, kw_only=True):
    """Function `emotion`."""

    models: Url
    analyses_topic: Url
    channel: Url = "stable"
    threads: PositiveInt = 1


SummaryEngine = Literal["auto", "extractive"]
"""`auto` lets a model write where the model store has one, `extractive` never."""


class SummarizationSettings(_StageSettings, frozen=True, kw_only=True):
    """Function `summarization`. The fields `summary_…` say how summaries are wanted.

    `summary_models` is a second store to look for summarization versions in; `models` has those for emotions.
    """

    models: Url
    summary_models: Url | None = None
    analyses_topic: Url
    channel: Url = "stable"
    threads: PositiveInt = 1
    summary_engine: SummaryEngine = "auto"
    summary_length: SummaryLength = "medium"
    summary_style: SummaryStyle = "paragraph"
    summary_focus: SummaryFocus = "emotional"


class InsightsSettings(_StageSettings, frozen=True, kw_only=True):
    """Function `insights`."""

    insights_topic: Url


class FailureListSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`samo failures list` and `show`."""

    results: Url


class RetrySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`samo failures retry`: the results, the leases, and the topics that the stages hear."""

    results: Url
    leases: Url
    recordings_topic: Url
    transcripts_topic: Url
    analyses_topic: Url


class DeadLetterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`samo dead-letters`: of each stage the topic that it hears, and the subscription that keeps its dead letters.

    Both in full, `projects/{project}/…`. What a command does not need may be missing.
    """

    recordings_topic: Url | None = None
    transcripts_topic: Url | None = None
    analyses_topic: Url | None = None
    transcription_dead_letters: Url | None = None
    emotion_dead_letters: Url | None = None
    summarization_dead_letters: Url | None = None
    insights_dead_letters: Url | None = None


class StatusSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`samo status`. Without the recordings, one is found once a stage has begun on it."""

    results: Url
    leases: Url
    recordings: Url | None = None


class ReprocessingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`samo reprocess`: as of the functions, for it does their work. The topic is needed to announce."""

    results: Url
    recordings: Url
    models: Url | None = None
    insights_topic: Url | None = None
    channel: Url = "stable"
    threads: PositiveInt = 2
    speech_engine: Literal["whisper", "pocketsphinx"] = "whisper"
    max_audio_bytes: PositiveInt = MAX_AUDIO_BYTES
    max_audio_s: PositiveFloat = MAX_AUDIO_S
    max_text_bytes: PositiveInt = MAX_TEXT_BYTES
    summary_engine: SummaryEngine = "auto"
    summary_length: SummaryLength = "medium"
    summary_style: SummaryStyle = "paragraph"
    summary_focus: SummaryFocus = "emotional"


EmotionConfig = Literal["emotion"]
"""A configuration that ships in `shared/samo/modelling/configs`, by its name without `.toml`."""


class ModellingJobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Job `modelling`: one execution trains one version of the emotion model.

    `data` is `gs://bucket/prefix` or `file:///folder` with `train.tsv`, `dev.tsv` and `labels.txt`; `models` the model
    store. `channel` is the channel that then serves the version alone: one of its own by default, so that a retrained
    model reaches people by a decision. `checkpoints`, written like `data`, keeps training across a lost instance.
    """

    data: Url
    models: Url
    config: EmotionConfig = "emotion"
    dev_mode: bool = False
    channel: Url = "candidate"
    checkpoints: Url | None = None


def variable_of(field: str) -> str:
    """The environment variable of a settings field: `results` → `SAMO_RESULTS`."""
    return PREFIX + field.upper()


def read_settings(kind: type[Settings], environ: Mapping[str, str]) -> Settings:
    """Parse the environment. Raises `SettingsError` with one line for each missing or malformed variable."""
    values: dict[str, object] = {}
    problems: list[str] = []
    for field in msgspec.structs.fields(kind):
        variable = variable_of(field.name)
        raw = environ.get(variable)
        if raw is None:
            if field.required:
                problems.append(f"{variable} is not set")
            continue
        try:
            raw.encode()
            values[field.name] = msgspec.convert(raw, field.type, strict=False)
        except msgspec.ValidationError as error:
            problems.append(f"{variable}: {error}")
        except UnicodeEncodeError:  # how Python shows bytes of the environment that are no text
            problems.append(f"{variable} is not UTF-8 text")
    if problems:
        raise SettingsError("; ".join(problems))
    return kind(**values)

"""Settings: what the environment must say, and one error that lists everything it does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from samo.settings import (
    EmotionSettings,
    InsightsSettings,
    SettingsError,
    SummarizationSettings,
    TranscriptionSettings,
    read_settings,
    variable_of,
)
from samo.wiring.places import open_store, open_topic

INSIGHTS = {
    "SAMO_RESULTS": "gs://results",
    "SAMO_LEASES": "gs://leases",
    "SAMO_INSIGHTS_TOPIC": "projects/p/topics/insights",
}
TRANSCRIPTION = {
    "SAMO_RECORDINGS": "gs://recordings",
    "SAMO_RESULTS": "gs://results",
    "SAMO_LEASES": "gs://leases",
    "SAMO_MODELS": "gs://models",
    "SAMO_TRANSCRIPTS_TOPIC": "projects/p/topics/transcripts",
}


def test_a_field_is_a_variable_with_our_prefix() -> None:
    """The names that Terraform sets."""
    assert variable_of("insights_topic") == "SAMO_INSIGHTS_TOPIC"


def test_what_is_set_is_read() -> None:
    """Strings from the environment become the types of the fields; other variables do not matter."""
    settings = read_settings(
        TranscriptionSettings,
        {
            **TRANSCRIPTION,
            "SAMO_LEASE_S": "720",
            "SAMO_THREADS": "4",
            "SAMO_SPEECH_ENGINE": "pocketsphinx",
            "SAMO_SOMETHING_ELSE": "x",
            "PATH": "/bin",
        },
    )

    assert settings == TranscriptionSettings(
        results="gs://results",
        leases="gs://leases",
        lease_s=720.0,
        recordings="gs://recordings",
        models="gs://models",
        transcripts_topic="projects/p/topics/transcripts",
        threads=4,
        speech_engine="pocketsphinx",
    )


def test_a_lease_outlives_the_longest_function_by_default() -> None:
    """540 s are the limit of an event-driven function, and a minute is the margin."""
    assert read_settings(InsightsSettings, INSIGHTS).lease_s >= 600


@pytest.mark.parametrize(
    ("kind", "variables"),
    [
        (
            TranscriptionSettings,
            {"SAMO_RECORDINGS", "SAMO_RESULTS", "SAMO_LEASES", "SAMO_MODELS", "SAMO_TRANSCRIPTS_TOPIC"},
        ),
        (EmotionSettings, {"SAMO_RESULTS", "SAMO_LEASES", "SAMO_MODELS", "SAMO_ANALYSES_TOPIC"}),
        (SummarizationSettings, {"SAMO_RESULTS", "SAMO_LEASES", "SAMO_MODELS", "SAMO_ANALYSES_TOPIC"}),
        (InsightsSettings, {"SAMO_RESULTS", "SAMO_LEASES", "SAMO_INSIGHTS_TOPIC"}),
    ],
)
def test_everything_that_is_missing_stands_in_one_error(kind: type[InsightsSettings], variables: set[str]) -> None:
    """Whoever deploys repairs all of it at once, and is not told of more than that."""
    with pytest.raises(SettingsError) as refused:
        read_settings(kind, {})

    assert {f"{variable} is not set" for variable in variables} == set(str(refused.value).split("; "))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SAMO_RESULTS", ""),
        ("SAMO_LEASE_S", "ten minutes"),
        ("SAMO_LEASE_S", "0"),
        ("SAMO_LEASE_S", "-1"),
        ("SAMO_LEASE_S", "nan"),
        ("SAMO_LEASE_S", "inf"),
        ("SAMO_THREADS", "0"),
        ("SAMO_THREADS", "1.5"),
        ("SAMO_MAX_AUDIO_BYTES", "-1"),
        ("SAMO_SPEECH_ENGINE", "parrot"),
    ],
)
def test_a_malformed_value_is_named_by_its_variable(variable: str, value: str) -> None:
    """It is refused at the start: a lease of no finite length, for instance, could not be written down."""
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        read_settings(TranscriptionSettings, {**TRANSCRIPTION, variable: value})


def test_missing_and_malformed_ones_stand_together() -> None:
    """Each is one part of the message."""
    with pytest.raises(SettingsError) as refused:
        read_settings(InsightsSettings, {**INSIGHTS, "SAMO_RESULTS": "", "SAMO_LEASE_S": "x"})

    assert [problem.split(":")[0] for problem in str(refused.value).split("; ")] == ["SAMO_RESULTS", "SAMO_LEASE_S"]


def test_summaries_are_as_the_environment_wants_them() -> None:
    """Each option is a variable, and a misspelt one is refused at the start."""
    required = {variable: value for variable, value in TRANSCRIPTION.items() if variable != "SAMO_TRANSCRIPTS_TOPIC"}
    environment = {**required, "SAMO_ANALYSES_TOPIC": "projects/p/topics/analyses", "SAMO_SUMMARY_LENGTH": "short"}

    settings = read_settings(SummarizationSettings, {**environment, "SAMO_SUMMARY_STYLE": "bullets"})

    assert (settings.summary_length, settings.summary_style) == ("short", "bullets")
    assert (settings.summary_focus, settings.summary_engine) == ("emotional", "auto")
    with pytest.raises(SettingsError, match=r"^SAMO_SUMMARY_ENGINE: "):
        read_settings(SummarizationSettings, {**environment, "SAMO_SUMMARY_ENGINE": "gpt"})


def test_a_folder_can_stand_for_a_bucket(tmp_path: Path) -> None:
    """As a URL, with its escapes, or as a path."""
    folder = tmp_path / "my results"

    for url in (folder.as_uri(), str(folder)):
        store = open_store(url)
        assert store.bucket == "my results"
        assert store.stat("x") is None


@pytest.mark.parametrize("url", ["http://host/bucket", "s3://bucket"])
def test_a_store_of_another_kind_is_refused(url: str) -> None:
    """The error says what could be meant."""
    with pytest.raises(SettingsError, match="use gs://bucket or file:///folder"):
        open_store(url)


@pytest.mark.parametrize("url", ["insights", "p/topics/insights", "gs://insights", "http://host/topics/insights"])
def test_a_topic_that_is_no_topic_is_refused(url: str) -> None:
    """A short name is not taken for a folder, where events would be written and nobody would ever read them."""
    with pytest.raises(SettingsError, match=re.escape("use projects/{project}/topics/{topic} or")):
        open_topic(url)


@pytest.mark.parametrize("variable", ["SAMO_LEASE_S", "SAMO_RESULTS"])
def test_a_value_that_is_no_text_is_named_by_its_variable(variable: str) -> None:
    """Bytes that are not UTF-8 reach Python as lone surrogates."""
    with pytest.raises(SettingsError, match=variable):
        read_settings(
            InsightsSettings, {"SAMO_RESULTS": "r", "SAMO_LEASES": "l", "SAMO_INSIGHTS_TOPIC": "t", variable: "\udc80"}
        )

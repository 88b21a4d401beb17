"""Terraform sets for each function exactly the variables that the function reads."""

from __future__ import annotations

import tomllib

import msgspec
import pytest

from samo import settings
from samo.settings import read_settings, variable_of
from tests.infra.applied import ROOT, Environment

RECORDS: dict[str, type[msgspec.Struct]] = {
    "transcription": settings.TranscriptionSettings,
    "emotion": settings.EmotionSettings,
    "summarization": settings.SummarizationSettings,
    "insights": settings.InsightsSettings,
}


@pytest.mark.parametrize("stage", RECORDS)
def test_a_functions_variables_are_the_fields_of_its_settings(environment: Environment, stage: str) -> None:
    """None is missing, none is left over, and all of them parse."""
    variables = environment.function(stage).block("service_config")["environment_variables"]

    assert {variable_of(field.name) for field in msgspec.structs.fields(RECORDS[stage])} == set(variables)
    read_settings(RECORDS[stage], variables)


@pytest.mark.parametrize("stage", RECORDS)
def test_stores_and_topics_are_those_of_the_environment(environment: Environment, stage: str) -> None:
    """Each `gs://` is the bucket of that name, each topic the one that the stage may publish on."""
    variables = environment.function(stage).block("service_config")["environment_variables"]
    topics = {topic["id"]: topic["name"] for topic in environment.of("pubsub_topic")}
    (published,) = (
        grant["topic"]
        for grant in environment.of("pubsub_topic_iam_member")
        if grant["member"] == environment.identity(stage)
    )

    for kind in ("recordings", "results", "models", "leases"):
        if (store := variables.get(variable_of(kind))) is not None:
            assert f"gs://{environment.bucket(kind)['name']}" == store
    (topic,) = (value for name, value in variables.items() if name.endswith("_TOPIC"))
    assert published == topics[topic]


def test_a_models_threads_are_the_vcpu_of_its_instance(environment: Environment) -> None:
    """More threads than vCPU wait for each other; fewer leave paid ones idle."""
    for stage in ("transcription", "emotion", "summarization"):
        service = environment.function(stage).block("service_config")

        assert service["available_cpu"] == service["environment_variables"]["SAMO_THREADS"]
        assert service["max_instance_request_concurrency"] == 1


def test_terraform_and_python_agree_on_the_limits(environment: Environment) -> None:
    """A limit raised in one place alone would surprise."""
    variables = environment.function("transcription").block("service_config")["environment_variables"]

    deployed = read_settings(settings.TranscriptionSettings, variables)

    assert deployed.max_audio_bytes == settings.MAX_AUDIO_BYTES
    assert deployed.max_audio_s == settings.MAX_AUDIO_S
    assert deployed.max_text_bytes == settings.MAX_TEXT_BYTES


def test_terraform_and_python_agree_on_what_a_summary_is_by_default(environment: Environment) -> None:
    """Where nothing is asked for, a deployed summary is like that of `samo process`."""
    variables = environment.function("summarization").block("service_config")["environment_variables"]

    deployed = read_settings(settings.SummarizationSettings, variables)

    assert msgspec.structs.replace(deployed, summary_engine="auto", summary_length="medium") == deployed
    assert (deployed.summary_style, deployed.summary_focus) == ("paragraph", "emotional")


def test_the_runtime_is_the_python_that_the_tests_run_on(environment: Environment) -> None:
    """The locks are resolved for the lowest Python that the package supports, and it is the one that `make` takes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lowest = project["requires-python"].removeprefix(">=")

    for function in environment.of("cloudfunctions2_function"):
        assert f"python{lowest.replace('.', '')}" == function.block("build_config")["runtime"]

"""Terraform sets for each function exactly the variables that the function reads."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest

from samo import settings
from samo.local.functions import CONCURRENCY
from samo.settings import read_settings, variable_of
from tests.infra.applied import ROOT, Environment

RECORDS: dict[str, type[msgspec.Struct]] = {
    "transcription": settings.TranscriptionSettings,
    "emotion": settings.EmotionSettings,
    "summarization": settings.SummarizationSettings,
    "insights": settings.InsightsSettings,
}

JOBS: dict[str, type[msgspec.Struct]] = {
    "transcription": settings.TranscriptionJobSettings,
    "modelling": settings.ModellingJobSettings,
}

# An execution of the job is launched with them: the recording, and which of its generations.
AT_LAUNCH = {
    "transcription": {"SAMO_RECORDING_NAME": "mia/day.m4a", "SAMO_RECORDING_GENERATION": "7"},
    "modelling": {},
}

# A local stack has the bundled models and looks elsewhere for those of summaries; a deployment has one bucket for all.
AT_A_DESK = {"SAMO_SUMMARY_MODELS"}


@pytest.mark.parametrize("stage", RECORDS)
def test_a_functions_variables_are_the_fields_of_its_settings(environment: Environment, stage: str) -> None:
    """None is missing, none is left over, and all of them parse."""
    variables = environment.function(stage).block("service_config")["environment_variables"]
    fields = {variable_of(field.name) for field in msgspec.structs.fields(RECORDS[stage])}

    assert fields - AT_A_DESK == set(variables)
    read_settings(RECORDS[stage], variables)


@pytest.mark.parametrize("kind", JOBS)
def test_a_jobs_variables_are_the_fields_of_its_settings(environment: Environment, kind: str) -> None:
    """None is missing, none is left over but what a launch adds, and all of them parse."""
    variables = environment.job_variables(kind)
    record = JOBS[kind]
    fields = {variable_of(field.name) for field in msgspec.structs.fields(record)}

    assert fields == {*variables, *AT_LAUNCH[kind]}
    assert not set(variables) & set(AT_LAUNCH[kind])
    read_settings(record, {**variables, **AT_LAUNCH[kind]})


def test_the_function_launches_the_job_that_exists(environment: Environment) -> None:
    """By its full name, with at most as many tasks as it has, and before the time is used up."""
    service = environment.function("transcription").block("service_config")
    job = environment.job("transcription")
    variables = service["environment_variables"]

    assert variables["SAMO_JOB"] == f"projects/{job['project']}/locations/{job['location']}/jobs/{job['name']}"
    assert int(variables["SAMO_JOB_TASKS"]) == job.block("template")["task_count"]
    assert 0 < float(variables["SAMO_BUDGET_S"]) < service["timeout_seconds"]


def test_function_and_job_work_on_the_same_objects_with_the_same_models(environment: Environment) -> None:
    """What one of them checkpoints, the other continues."""
    function = environment.function("transcription").block("service_config")["environment_variables"]
    job = environment.job_variables("transcription")

    shared = (set(function) & set(job)) - {"SAMO_MAX_AUDIO_S"}  # the job takes longer recordings
    assert {name: function[name] for name in shared} == {name: job[name] for name in shared}
    assert float(function["SAMO_MAX_AUDIO_S"]) < float(job["SAMO_MAX_AUDIO_S"])
    assert {"SAMO_RESULTS", "SAMO_LEASES", "SAMO_RECORDINGS", "SAMO_MODELS", "SAMO_TRANSCRIPTS_TOPIC"} <= set(job)


def test_a_task_knows_how_often_it_is_tried_and_has_a_thread_on_each_vcpu(environment: Environment) -> None:
    """The last try says why there is no result; threads beyond the vCPU would wait for each other."""
    task, variables = environment.task("transcription"), environment.job_variables("transcription")

    assert int(variables["SAMO_MAX_RETRIES"]) == task["max_retries"]
    assert variables["SAMO_THREADS"] == task["containers"][0]["resources"][0]["limits"]["cpu"]


def test_secrets_are_referenced_by_version_and_never_plain(environment: Environment) -> None:
    """No variable looks like a secret, and a reference to one says which version."""
    plain: list[str] = []
    versions: list[str] = []
    for function in environment.of("cloudfunctions2_function"):
        service = function.block("service_config")
        plain += service["environment_variables"]
        versions += [secret["version"] for secret in service["secret_environment_variables"]]
    for job in environment.of("cloud_run_v2_job"):
        (container,) = job.block("template")["template"][0]["containers"]
        for variable in container["env"]:
            references = [one for source in variable["value_source"] for one in source["secret_key_ref"]]
            versions += [reference["version"] for reference in references]
            plain += [] if references else [variable["name"]]

    assert plain
    assert not [name for name in plain if re.search("TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY", name)]
    assert all(re.fullmatch("[1-9][0-9]*", version) for version in versions)


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


def test_an_instance_is_sent_as_many_requests_at_once_as_the_local_one_takes(environment: Environment) -> None:
    """Else the local stack, the chaos suite and the soak would say nothing about the deployed one."""
    for stage, requests in CONCURRENCY.items():
        assert environment.function(stage).block("service_config")["max_instance_request_concurrency"] == requests


def test_terraform_and_python_agree_on_the_limits(environment: Environment) -> None:
    """A limit raised in one place alone would surprise."""
    variables = environment.function("transcription").block("service_config")["environment_variables"]

    deployed = read_settings(settings.TranscriptionSettings, variables)

    assert deployed.max_audio_bytes == settings.MAX_AUDIO_BYTES
    assert deployed.max_audio_s == settings.MAX_AUDIO_S
    assert deployed.max_text_bytes == settings.MAX_TEXT_BYTES


def test_terraform_and_python_agree_on_the_limit_of_the_job(environment: Environment) -> None:
    """As above, for what only the job takes on."""
    assert float(environment.job_variables("transcription")["SAMO_MAX_AUDIO_S"]) == settings.MAX_JOB_AUDIO_S


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

"""Cloud Run jobs, through the official client: one execution for one recording."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.run_v2 import EnvVar, JobsClient, RunJobRequest

from samo.adapters.reasons import reason_of
from samo.domain.errors import JobNotLaunched
from samo.domain.recording import RecordingRef
from samo.settings import variable_of


class CloudRunJobs:
    """`JobLauncher` for `projects/{project}/locations/{location}/jobs/{job}`.

    `client` is called on first use, after the server's fork. Nothing is repeated here: the redelivery does that.
    """

    def __init__(self, job: str, *, client: Callable[[], JobsClient] = JobsClient, deadline_s: float = 30.0) -> None:
        self._job = job
        self._new_client = client
        self._deadline_s = deadline_s

    def launch(self, recording: RecordingRef, *, tasks: int) -> None:
        """Start one execution; returns when Cloud Run has accepted it. Raises `JobNotLaunched`."""
        environment = {
            variable_of("recording_name"): recording.name,
            variable_of("recording_generation"): str(recording.generation),
        }
        variables = [EnvVar(name=name, value=value) for name, value in environment.items()]
        overrides = RunJobRequest.Overrides(
            container_overrides=[RunJobRequest.Overrides.ContainerOverride(env=variables)], task_count=tasks
        )
        try:
            self._client.run_job(
                RunJobRequest(name=self._job, overrides=overrides), retry=None, timeout=self._deadline_s
            )
        except (GoogleAPIError, GoogleAuthError) as error:
            raise JobNotLaunched(f"{self._job} was not started for {recording.name}: {reason_of(error)}") from error

    @cached_property
    def _client(self) -> JobsClient:
        return self._new_client()

"""Cloud Run jobs over real gRPC: a server that speaks the protocol stands where Cloud Run would."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.auth.exceptions import DefaultCredentialsError
from google.cloud.run_v2 import JobsClient, RunJobRequest
from google.cloud.run_v2.services.jobs.transports import JobsGrpcTransport
from google.longrunning.operations_pb2 import Operation

from samo.adapters.run_jobs import CloudRunJobs
from samo.domain.errors import JobNotLaunched
from samo.domain.recording import RecordingRef

JOB = "projects/p/locations/europe-west1/jobs/transcription"
RECORDING = RecordingRef(bucket="recordings", name="mia/Ärger 🌙.m4a", generation=1_790_000_000_000_001)


class CloudRun:
    """The server's side of `RunJob`. `requests` is what arrived; `refusal`, when set, is the answer."""

    def __init__(self) -> None:
        self.requests: list[RunJobRequest] = []
        self.refusal: grpc.StatusCode | None = None

    def run_job(self, request: Any, context: grpc.ServicerContext) -> Operation:
        """Accept the execution."""
        self.requests.append(RunJobRequest.deserialize(request))
        if self.refusal is not None:
            context.abort(self.refusal, "no")
        return Operation(name="operations/1", done=False)


@pytest.fixture
def cloud_run() -> CloudRun:
    """A Cloud Run that accepts everything."""
    return CloudRun()


@pytest.fixture
def jobs(cloud_run: CloudRun) -> Iterator[CloudRunJobs]:
    """The adapter, with the official client on a connection to it."""
    server = grpc.server(ThreadPoolExecutor(1))
    handler = grpc.unary_unary_rpc_method_handler(
        cloud_run.run_job, request_deserializer=bytes, response_serializer=Operation.SerializeToString
    )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("google.cloud.run.v2.Jobs", {"RunJob": handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield CloudRunJobs(JOB, client=lambda: JobsClient(transport=JobsGrpcTransport(channel=channel)), deadline_s=5)
    server.stop(None)


def test_an_execution_is_about_one_recording(jobs: CloudRunJobs, cloud_run: CloudRun) -> None:
    """The job's name, as many tasks as asked for, and the recording in the environment of its container."""
    jobs.launch(RECORDING, tasks=7)

    [request] = cloud_run.requests
    assert (request.name, request.overrides.task_count) == (JOB, 7)
    [container] = request.overrides.container_overrides
    assert {variable.name: variable.value for variable in container.env} == {
        "SAMO_RECORDING_NAME": RECORDING.name,
        "SAMO_RECORDING_GENERATION": str(RECORDING.generation),
    }


@pytest.mark.parametrize(
    "refusal",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INTERNAL,
    ],
)
def test_a_refusal_is_not_launched(jobs: CloudRunJobs, cloud_run: CloudRun, refusal: grpc.StatusCode) -> None:
    """Whatever the reason, the delivery comes again; nothing is repeated behind the caller's back."""
    cloud_run.refusal = refusal

    with pytest.raises(JobNotLaunched, match="transcription was not started"):
        jobs.launch(RECORDING, tasks=1)

    assert len(cloud_run.requests) == 1


def test_nobody_listens() -> None:
    """A connection that cannot be made ends within the deadline."""
    with grpc.insecure_channel("127.0.0.1:1") as channel:
        jobs = CloudRunJobs(JOB, client=lambda: JobsClient(transport=JobsGrpcTransport(channel=channel)), deadline_s=1)

        with pytest.raises(JobNotLaunched):
            jobs.launch(RECORDING, tasks=1)


def test_no_credentials_are_not_launched() -> None:
    """On a machine that has none, the client itself cannot be made."""

    def no_client() -> JobsClient:
        raise DefaultCredentialsError("none")

    with pytest.raises(JobNotLaunched, match="no Google credentials here; sign in"):
        CloudRunJobs(JOB, client=no_client).launch(RECORDING, tasks=1)

"""Adapters by the URL of a place: buckets, topics, jobs and subscriptions of the cloud, or folders of this machine."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from samo.ports import DeadLetterQueue, JobLauncher, MessageTopic, ObjectStore
from samo.settings import SettingsError


def open_store(url: str, *, lease_s: float = math.inf) -> ObjectStore:
    """The bucket `gs://name`, or a folder given as `file:///path` or as a path. Nothing is contacted yet.

    A call gives up well before a lease of `lease_s` ends.
    """
    if url.startswith("gs://"):
        from samo.adapters.deadlines import STORE
        from samo.adapters.gcs import GcsStore

        return GcsStore(url.removeprefix("gs://").rstrip("/"), deadlines=STORE.within(lease_s))
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(path_of(url))


def open_prefix(url: str) -> tuple[ObjectStore, str]:
    """`gs://bucket/prefix` as its bucket and what its objects' names start with; a folder, with an empty prefix."""
    if not url.startswith("gs://"):
        return open_store(url), ""
    bucket, _, prefix = url.removeprefix("gs://").partition("/")
    prefix = prefix.strip("/")
    return open_store(f"gs://{bucket}"), f"{prefix}/" if prefix else ""


def open_topic(url: str, *, lease_s: float = math.inf) -> MessageTopic:
    """The topic `projects/{project}/topics/{topic}`, or a folder given as `file:///path`. Nothing is contacted yet.

    A call gives up well before a lease of `lease_s` ends.
    """
    if url.startswith("projects/"):
        from samo.adapters.deadlines import TOPIC
        from samo.adapters.pubsub import PubsubTopic

        return PubsubTopic(url, deadlines=TOPIC.within(lease_s))
    if not url.startswith("file://"):  # a short name is no folder to lose events in
        raise SettingsError(f"{url} is no topic; use projects/{{project}}/topics/{{topic}} or file:///folder")
    from samo.adapters.spool import DirectoryTopic

    return DirectoryTopic(path_of(url))


def open_job(url: str) -> JobLauncher:
    """The job `projects/{project}/locations/{location}/jobs/{job}`, or a program `file:///path/job.py` of this machine.

    Nothing is contacted or started yet.
    """
    if url.startswith("projects/"):
        from samo.adapters.run_jobs import CloudRunJobs

        return CloudRunJobs(url)
    if not url.startswith("file://"):
        raise SettingsError(f"{url} is no job; use projects/{{project}}/locations/{{location}}/jobs/{{job}}")
    from samo.adapters.local_jobs import LocalJobs

    return LocalJobs((sys.executable, str(path_of(url))), {}, shares_log=True)


def open_dead_letters(subscription: str) -> DeadLetterQueue:
    """The subscription `projects/{project}/subscriptions/{subscription}`. Nothing is contacted yet."""
    if not subscription.startswith("projects/"):
        raise SettingsError(
            f"{subscription} is no subscription; use projects/{{project}}/subscriptions/{{subscription}}"
        )
    from samo.adapters.dead_letters import DeadLetterSubscription

    return DeadLetterSubscription(subscription)


def path_of(url: str) -> Path:
    """The folder or file that `file:///path`, or a plain path, names."""
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise SettingsError(f"{parts.scheme}:// is no kind of store; use gs://bucket or file:///folder")
    return Path(unquote(parts.path) if parts.scheme == "file" else url)

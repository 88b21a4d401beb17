"""Who may do what: an explicit table of every role that is granted, and what is granted to nobody."""

from __future__ import annotations

import re
from collections import Counter

from tests.infra.applied import INFRA, Environment

STAGES = ("transcription", "emotion", "summarization", "insights")

PRIMITIVE = {"roles/owner", "roles/editor", "roles/viewer", "roles/browser"}


def test_nothing_is_open_to_everybody_and_no_role_spans_a_project(environment: Environment) -> None:
    """No `allUsers`, no `allAuthenticatedUsers`, no primitive role, and no grant that replaces those of others."""
    grants = [one for one in environment.resources if "_iam_" in one.type]

    assert not [grant for grant in grants if not grant.type.endswith("_iam_member")]
    assert not [grant for grant in grants if not grant["member"] or grant["member"].startswith("all")]
    assert not [grant for grant in grants if grant["role"] in PRIMITIVE or grant["role"].endswith(("admin", "Admin"))]


def test_there_are_no_user_managed_keys(environment: Environment) -> None:
    """Identities are attached or impersonated; a key would be a secret to lose."""
    written = " ".join(file.read_text() for file in INFRA.rglob("*.tf"))

    assert not [one for one in environment.resources if one.type == "google_service_account_key"]
    assert not re.search(r"service_account_key|credentials\s*=", written)


def test_whatever_runs_has_an_identity_of_its_own_and_whoever_calls_it_another(environment: Environment) -> None:
    """Four functions run, four push, two jobs run, one is on a schedule, one builds; nobody shares."""
    names = sorted(account["account_id"] for account in environment.of("service_account"))
    prefix = f"samo-{environment.name}"

    runs = [f"{prefix}-{stage}" for stage in STAGES]
    pushes = [f"{prefix}-{stage}-push" for stage in STAGES]

    jobs = [f"{prefix}-transcription-job", f"{prefix}-modelling", f"{prefix}-modelling-cron"]

    assert sorted([*runs, *pushes, *jobs, f"{prefix}-build"]) == names
    assert len({environment.identity(stage) for stage in STAGES}) == 4


def test_only_its_own_push_identity_invokes_a_function(environment: Environment) -> None:
    """And Pub/Sub presents that identity's token."""
    accounts = {account["email"]: account for account in environment.of("service_account")}
    pushes = {one["name"]: one for one in environment.of("pubsub_subscription") if one["push_config"]}
    grants = environment.of("cloud_run_v2_service_iam_member")

    assert sorted(pushes) == sorted(grant["name"] for grant in grants)
    for grant in grants:
        push_config = pushes[grant["name"]].block("push_config")
        account = accounts[push_config["oidc_token"][0]["service_account_email"]]
        (function,) = (one for one in environment.of("cloudfunctions2_function") if one["name"] == grant["name"])

        assert f"{grant['name']}-push" == account["account_id"]
        assert account["member"] == grant["member"]
        assert function.block("service_config")["uri"] == push_config["push_endpoint"]
        assert function.block("service_config")["ingress_settings"] == "ALLOW_INTERNAL_ONLY"


def test_every_role_of_what_runs_is_in_this_table(environment: Environment) -> None:
    """A new grant is a decision: it must be written here as well."""
    table = {
        "transcription": Counter(
            {
                ("cloud_run_v2_job", "roles/run.jobsExecutorWithOverrides"): 1,
                ("pubsub_topic", "roles/pubsub.publisher"): 1,
                ("storage_bucket", "roles/storage.legacyBucketReader"): 4,
                ("storage_bucket", "roles/storage.objectCreator"): 1,
                ("storage_bucket", "roles/storage.objectUser"): 1,
                ("storage_bucket", "roles/storage.objectViewer"): 3,
            }
        ),
        "emotion": Counter(
            {
                ("pubsub_topic", "roles/pubsub.publisher"): 1,
                ("storage_bucket", "roles/storage.legacyBucketReader"): 3,
                ("storage_bucket", "roles/storage.objectCreator"): 1,
                ("storage_bucket", "roles/storage.objectUser"): 1,
                ("storage_bucket", "roles/storage.objectViewer"): 2,
            }
        ),
        "insights": Counter(
            {
                ("pubsub_topic", "roles/pubsub.publisher"): 1,
                ("storage_bucket", "roles/storage.legacyBucketReader"): 2,
                ("storage_bucket", "roles/storage.objectCreator"): 1,
                ("storage_bucket", "roles/storage.objectUser"): 1,
                ("storage_bucket", "roles/storage.objectViewer"): 1,
            }
        ),
    }
    table["summarization"] = table["emotion"]
    # The job does what the function does, but for launching the job.
    table["transcription-job"] = table["transcription"].copy()
    del table["transcription-job"]["cloud_run_v2_job", "roles/run.jobsExecutorWithOverrides"]
    table["modelling"] = Counter(
        {
            ("storage_bucket", "roles/storage.legacyBucketReader"): 3,
            ("storage_bucket", "roles/storage.objectCreator"): 1,
            ("storage_bucket", "roles/storage.objectUser"): 2,
            ("storage_bucket", "roles/storage.objectViewer"): 2,
        }
    )
    table["modelling-cron"] = Counter({("cloud_run_v2_job", "roles/run.jobsExecutor"): 1})
    members = {
        account["account_id"].removeprefix(f"samo-{environment.name}-"): account["member"]
        for account in environment.of("service_account")
    }
    grants = [one for one in environment.resources if one.type.endswith("_iam_member")]

    for name, expected in table.items():
        granted = Counter(
            (grant.type.removeprefix("google_").removesuffix("_iam_member"), grant["role"])
            for grant in grants
            if grant["member"] == members[name]
        )
        assert expected == granted, name


def test_every_grant_of_an_operator_is_in_this_table(environments: dict[str, Environment]) -> None:
    """Those of the commands in docs/operations.md; without operators there are none."""
    operator = "group:operators@example.org"
    found = Counter(
        (
            grant.type.removeprefix("google_").removesuffix("_iam_member"),
            next(grant[key] for key in ("bucket", "topic", "subscription") if key in grant.values),
            grant["role"],
        )
        for grant in environments["ops"].resources
        if grant.type.endswith("_iam_member") and grant["member"] == operator
    )

    buckets = {
        "leases": {"roles/storage.objectUser"},
        "models": {"roles/storage.objectViewer"},
        "recordings": {"roles/storage.objectViewer"},
        "results": {"roles/storage.objectUser", "roles/storage.objectViewer"},
    }
    assert found == Counter(
        [
            *(("pubsub_subscription", f"samo-ops-{stage}-dead-letters", "roles/pubsub.subscriber") for stage in STAGES),
            *(
                ("pubsub_topic", f"samo-ops-{topic}", "roles/pubsub.publisher")
                for topic in ("recordings", "transcripts", "analyses", "insights")
            ),
            *(
                ("storage_bucket", f"a-project-samo-ops-{kind}", role)
                for kind, roles in buckets.items()
                for role in (*roles, "roles/storage.legacyBucketReader")
            ),
        ]
    )
    assert not [one for name in ("dev", "prod") for one in environments[name].resources if operator in repr(one.values)]


def test_only_the_transcription_function_and_the_schedule_launch_jobs(environment: Environment) -> None:
    """Each its own job; the schedule is paused, and overrides nothing."""
    accounts = {account["member"]: account["account_id"] for account in environment.of("service_account")}
    prefix = f"samo-{environment.name}"

    launches = {
        (accounts[grant["member"]], grant["name"], grant["role"])
        for grant in environment.of("cloud_run_v2_job_iam_member")
    }

    assert launches == {
        (f"{prefix}-transcription", f"{prefix}-transcription-job", "roles/run.jobsExecutorWithOverrides"),
        (f"{prefix}-modelling-cron", f"{prefix}-modelling", "roles/run.jobsExecutor"),
    }
    (schedule,) = environment.of("cloud_scheduler_job")
    assert schedule["paused"]
    assert f"/jobs/{environment.job('modelling')['name']}:run" in schedule.block("http_target")["uri"]


def test_jobs_run_images_that_are_named_by_their_digest(environment: Environment) -> None:
    """A tag could be moved to another image."""
    for job in environment.of("cloud_run_v2_job"):
        (container,) = job.block("template")["template"][0]["containers"]

        assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", container["image"]), job


def test_images_are_cleaned_up_and_the_newest_stay(environment: Environment, bootstrap: Environment) -> None:
    """Of the functions and of the jobs: what runs is among the newest."""
    for repository in (
        *environment.of("artifact_registry_repository"),
        *bootstrap.of("artifact_registry_repository"),
    ):
        policies = {policy["action"]: policy for policy in repository["cleanup_policies"]}

        assert policies["DELETE"]["condition"][0]["older_than"]
        assert policies["KEEP"]["most_recent_versions"][0]["keep_count"] >= 5


def test_project_wide_only_the_build_may_do_anything(environment: Environment) -> None:
    """It writes logs and reads the bucket into which Cloud Functions copies sources."""
    grants = {grant["role"]: grant for grant in environment.of("project_iam_member")}
    (build,) = (one for one in environment.of("service_account") if one["account_id"].endswith("-build"))

    assert {"roles/logging.logWriter", "roles/storage.objectViewer"} == set(grants)
    assert {build["member"]} == {grant["member"] for grant in grants.values()}
    (condition,) = grants["roles/storage.objectViewer"]["condition"]
    assert 'startsWith("projects/_/buckets/gcf-v2-sources-123456789012-' in condition["expression"]

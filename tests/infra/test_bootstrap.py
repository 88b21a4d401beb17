"""The bootstrap: a private state, and who may do what in the project, by an explicit table."""

from __future__ import annotations

import re

from tests.infra.applied import INFRA, Environment

PROJECT_ROLES = {
    "samo-delivery": {"roles/logging.logWriter", "roles/storage.objectViewer"},
    "samo-deployer": {
        "samoDeployer",
        "roles/artifactregistry.admin",
        "roles/cloudfunctions.developer",
        "roles/cloudscheduler.admin",
        "roles/iam.serviceAccountAdmin",
        "roles/iam.serviceAccountUser",
        "roles/logging.configWriter",
        "roles/logging.logWriter",
        "roles/monitoring.alertPolicyEditor",
        "roles/monitoring.dashboardEditor",
        "roles/monitoring.notificationChannelEditor",
        "roles/pubsub.admin",
        "roles/resourcemanager.projectIamAdmin",
        "roles/run.admin",
    },
}


def accounts(bootstrap: Environment) -> dict[str, str]:
    """IAM member → name."""
    return {account["member"]: account["account_id"] for account in bootstrap.of("service_account")}


def test_the_state_is_private_versioned_and_written_by_the_deployer_alone(bootstrap: Environment) -> None:
    """It holds the names of everything; a version that was written wrong can be taken back."""
    (state,) = bootstrap.of("storage_bucket")

    assert state["public_access_prevention"] == "enforced"
    assert state["uniform_bucket_level_access"]
    assert not state["force_destroy"]
    assert state.block("versioning")["enabled"]
    members = {grant["member"] for grant in bootstrap.of("storage_bucket_iam_member")}
    assert {accounts(bootstrap)[member] for member in members} == {"samo-deployer"}


def test_every_role_in_the_project_is_in_this_table(bootstrap: Environment) -> None:
    """A new grant is a decision: it must be written here as well."""
    (custom,) = bootstrap.of("project_iam_custom_role")
    names = {custom["name"]: custom["role_id"]}
    granted: dict[str, set[str]] = {}
    for grant in bootstrap.of("project_iam_member"):
        granted.setdefault(accounts(bootstrap)[grant["member"]], set()).add(names.get(grant["role"], grant["role"]))

    assert granted == PROJECT_ROLES


def test_the_deployer_reads_no_object_and_no_secret(bootstrap: Environment) -> None:
    """It manages what holds them."""
    (custom,) = bootstrap.of("project_iam_custom_role")

    assert not [one for one in custom["permissions"] if one.startswith(("storage.objects.", "secretmanager.versions."))]
    assert not [one for one in custom["permissions"] if "*" in one]
    assert not {role for role in PROJECT_ROLES["samo-deployer"] if role.startswith(("roles/storage", "roles/secret"))}


def test_the_deployer_grants_two_roles_in_the_project_and_no_others(bootstrap: Environment) -> None:
    """Those of a pipeline's build identity; else it could make itself owner."""
    (grant,) = (one for one in bootstrap.of("project_iam_member") if one["role"].endswith("projectIamAdmin"))
    pipeline = " ".join(path.read_text() for path in (INFRA / "modules" / "pipeline").glob("*.tf"))
    needed = re.findall(
        r'resource "google_project_iam_member" "\w+" \{\n\s+project = .*\n\s+role\s+= "([^"]+)"', pipeline
    )

    (condition,) = grant["condition"]
    assert "modifiedGrantsByRole" in condition["expression"]
    assert sorted(re.findall(r'"(roles/[\w.]+)"', condition["expression"])) == sorted(needed)


def test_workflows_of_one_repository_act_as_two_identities_without_a_key(bootstrap: Environment) -> None:
    """Any ref delivers, the main branch deploys."""
    names = {account["name"]: account["account_id"] for account in bootstrap.of("service_account")}
    acting = {
        names[grant["service_account_id"]]: grant["member"].partition("/attribute.")[2]
        for grant in bootstrap.of("service_account_iam_member")
    }

    assert {grant["role"] for grant in bootstrap.of("service_account_iam_member")} == {"roles/iam.workloadIdentityUser"}
    assert acting == {
        "samo-delivery": "repository/an-organisation/samo",
        "samo-deployer": "ref/an-organisation/samo@refs/heads/main",
    }
    (provider,) = bootstrap.of("iam_workload_identity_pool_provider")
    assert provider["attribute_condition"] == 'assertion.repository == "an-organisation/samo"'


def test_the_interfaces_of_every_resource_are_switched_on(bootstrap: Environment) -> None:
    """One that is off fails the first apply halfway."""
    interfaces = {
        "artifact": "artifactregistry",
        "billing": "billingbudgets",
        "cloudfunctions2": "cloudfunctions",
        "iam": "iam",
        "kms": "cloudkms",
        "logging": "logging",
        "monitoring": "monitoring",
        "project": "cloudresourcemanager",
        "pubsub": "pubsub",
        "secret": "secretmanager",
        "service": "iam",
        "storage": "storage",
    }
    written = " ".join(path.read_text() for path in INFRA.rglob("*.tf"))
    kinds = {*re.findall(r'^(?:resource|data) "google_(\w+)"', written, re.MULTILINE)}
    two_words = {"cloud_run": "run", "cloud_scheduler": "cloudscheduler"}
    needed = {two_words.get("_".join(kind.split("_")[:2])) or interfaces[kind.partition("_")[0]] for kind in kinds}

    on = {one["service"].removesuffix(".googleapis.com") for one in bootstrap.of("project_service")}
    assert needed <= on
    assert {"cloudbuild", "iamcredentials", "sts"} <= on


def test_the_pipelines_know_the_two_identities(environment: Environment, bootstrap: Environment) -> None:
    """The one adds archives, the other reads them."""
    emails = {f"serviceAccount:{name}@a-project.iam.gserviceaccount.com" for name in accounts(bootstrap).values()}
    bucket = environment.bucket("artefacts")["name"]
    grants = {
        (grant["member"].partition(":")[2].partition("@")[0], grant["role"])
        for grant in environment.of("storage_bucket_iam_member")
        if grant["bucket"] == bucket and grant["member"] in emails
    }

    assert grants == {
        ("samo-delivery", "roles/storage.legacyBucketReader"),
        ("samo-delivery", "roles/storage.objectCreator"),
        ("samo-delivery", "roles/storage.objectViewer"),
        ("samo-deployer", "roles/storage.legacyBucketReader"),
        ("samo-deployer", "roles/storage.objectViewer"),
    }

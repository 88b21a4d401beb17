"""What lies in buckets is private and outlives a mistake."""

from __future__ import annotations

from tests.infra.applied import Environment


def test_every_bucket_is_private(environment: Environment) -> None:
    """No public access, no access lists, nothing destroyed together with its bucket."""
    buckets = environment.of("storage_bucket")

    assert len(buckets) == 5
    for bucket in buckets:
        assert bucket["public_access_prevention"] == "enforced", bucket
        assert bucket["uniform_bucket_level_access"], bucket
        assert not bucket["force_destroy"], bucket


def test_only_models_keep_versions_and_only_leases_cannot_be_restored(environment: Environment) -> None:
    """An overwritten channel can be looked up; a lease is written and deleted for every recording."""
    for kind in ("recordings", "results", "models", "leases", "artefacts"):
        bucket = environment.bucket(kind)

        assert (kind == "models") == bucket.block("versioning")["enabled"], kind
        restorable_s = bucket.block("soft_delete_policy")["retention_duration_seconds"]
        assert (0 if kind == "leases" else 7 * 24 * 3600) == restorable_s, kind


def test_what_a_crash_left_of_a_recording_is_gone_within_days(environment: Environment) -> None:
    """Checkpoints hold what was said. They lie beside the leases, and nothing of them can be restored."""
    leases = environment.bucket("leases")
    (age,) = (
        rule["condition"][0]["age"]
        for rule in leases["lifecycle_rule"]
        if rule["action"][0]["type"] == "Delete" and rule["condition"][0]["with_state"] == "LIVE"
    )
    template = environment.job("transcription").block("template")["template"][0]
    longest_s = float(template["timeout"].removesuffix("s")) * (template["max_retries"] + 1)

    assert longest_s < age * 24 * 3600 <= 7 * 24 * 3600
    assert not leases.block("versioning")["enabled"]


def test_an_archive_of_production_can_be_deployed_again_for_months(environments: dict[str, Environment]) -> None:
    """Whoever cleans up cannot take away the way back; in dev there is nothing to keep."""
    kept = {
        name: [policy["retention_period"] for policy in environments[name].bucket("artefacts")["retention_policy"]]
        for name in ("dev", "prod")
    }

    assert kept == {"dev": [], "prod": [str(90 * 24 * 3600)]}


def test_everything_stays_in_one_region(environment: Environment) -> None:
    """Objects, and the messages that name them."""
    regions = {bucket["location"] for bucket in environment.of("storage_bucket")}

    assert regions == {"europe-west1"}
    for topic in environment.of("pubsub_topic"):
        assert {*topic.block("message_storage_policy")["allowed_persistence_regions"]} == regions, topic


def test_production_deletes_no_recording_and_no_result(environments: dict[str, Environment]) -> None:
    """How long a journal is kept is its owner's decision; dev forgets after a month."""
    rules = {
        (name, kind): [
            rule["condition"][0]["age"]
            for rule in environment.bucket(kind)["lifecycle_rule"]
            if rule["action"][0]["type"] == "Delete"
        ]
        for name, environment in environments.items()
        if name in ("dev", "prod")
        for kind in ("recordings", "results")
    }

    assert rules == {
        ("dev", "recordings"): [30],
        ("dev", "results"): [30],
        ("prod", "recordings"): [],
        ("prod", "results"): [],
    }

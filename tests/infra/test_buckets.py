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


def test_production_deletes_no_recording_and_no_result(environments: dict[str, Environment]) -> None:
    """How long a journal is kept is its owner's decision; dev forgets after a month."""
    rules = {
        (name, kind): [
            rule["condition"][0]["age"]
            for rule in environment.bucket(kind)["lifecycle_rule"]
            if rule["action"][0]["type"] == "Delete"
        ]
        for name, environment in environments.items()
        for kind in ("recordings", "results")
    }

    assert rules == {
        ("dev", "recordings"): [30],
        ("dev", "results"): [30],
        ("prod", "recordings"): [],
        ("prod", "results"): [],
    }

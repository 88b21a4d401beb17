"""No message is lost: every subscription that pushes, and where its messages go when they cannot be handled."""

from __future__ import annotations

from itertools import pairwise

from tests.infra.applied import Environment

STAGES = ("transcription", "emotion", "summarization", "insights")

NEVER = [{"ttl": ""}]


def test_every_stage_gets_what_its_predecessor_publishes(environment: Environment) -> None:
    """Recordings → transcription → transcripts → emotion and summarization → analyses → insights."""
    topics = {
        topic["id"]: topic["name"].removeprefix(f"samo-{environment.name}-") for topic in environment.of("pubsub_topic")
    }

    sources = {
        subscription["name"].removeprefix(f"samo-{environment.name}-"): topics[subscription["topic"]]
        for subscription in environment.of("pubsub_subscription")
        if subscription["push_config"]
    }

    assert sources == {
        "transcription": "recordings",
        "emotion": "transcripts",
        "summarization": "transcripts",
        "insights": "analyses",
    }


def test_every_push_has_a_dead_letter_topic_with_a_subscription_that_never_expires(environment: Environment) -> None:
    """A dead-letter topic without subscription drops what it gets, an expired one as well."""
    subscriptions = environment.of("pubsub_subscription")
    for push in (one for one in subscriptions if one["push_config"]):
        topic = push.block("dead_letter_policy")["dead_letter_topic"]

        keepers = [one for one in subscriptions if one["topic"] == topic and not one["push_config"]]

        assert len(keepers) == 1, push
        assert NEVER == keepers[0]["expiration_policy"] == push["expiration_policy"], push


def test_pubsub_may_move_dead_letters(environment: Environment) -> None:
    """Its service agent subscribes to every source and publishes to every dead-letter topic."""
    agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    names = {topic["id"]: topic["name"] for topic in environment.of("pubsub_topic")}
    takes = {
        (grant["subscription"], grant["role"])
        for grant in environment.of("pubsub_subscription_iam_member")
        if grant["member"] == agent
    }
    gives = {
        (grant["topic"], grant["role"])
        for grant in environment.of("pubsub_topic_iam_member")
        if grant["member"] == agent
    }
    for push in (one for one in environment.of("pubsub_subscription") if one["push_config"]):
        dead_letters = names[push.block("dead_letter_policy")["dead_letter_topic"]]

        assert (push["name"], "roles/pubsub.subscriber") in takes
        assert (dead_letters, "roles/pubsub.publisher") in gives


def test_redelivery_outlasts_the_lease_of_a_crashed_worker(environment: Environment) -> None:
    """Timeout < lease < all waits of the redelivery; and Pub/Sub waits for the answer longer than the timeout."""
    for stage in STAGES:
        service = environment.function(stage).block("service_config")
        lease_s = float(service["environment_variables"]["SAMO_LEASE_S"])
        (push,) = (
            one for one in environment.of("pubsub_subscription") if one["name"] == f"samo-{environment.name}-{stage}"
        )
        retry = push.block("retry_policy")
        shortest, longest = (float(retry[name].removesuffix("s")) for name in ("minimum_backoff", "maximum_backoff"))
        waits = push.block("dead_letter_policy")["max_delivery_attempts"] - 1

        redelivery_s = sum(min(longest, shortest * 2**wait) for wait in range(waits))

        bounds = [service["timeout_seconds"] + 60, lease_s, redelivery_s]
        assert all(shorter <= longer for shorter, longer in pairwise(bounds)), stage
        assert lease_s < redelivery_s
        assert service["timeout_seconds"] < push["ack_deadline_seconds"] <= 600


def test_only_stored_recordings_are_announced(environment: Environment) -> None:
    """Results lie in another bucket, or each would be taken for another recording."""
    (notification,) = environment.of("storage_notification")

    assert environment.bucket("recordings")["name"] == notification["bucket"]
    assert notification["event_types"] == ["OBJECT_FINALIZE"]
    assert notification["payload_format"] == "JSON_API_V1"

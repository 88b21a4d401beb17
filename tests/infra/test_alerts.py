"""Alerts: each says what it means and links a runbook, and asks for metrics that exist."""

from __future__ import annotations

import json
import re

from tests.infra.applied import ROOT, Environment, Resource

RUNBOOKS = ROOT / "docs" / "runbooks"

# Of Google's own metrics, those that alerts and tiles may use, with the resource that they are written for.
GOOGLES = {
    "pubsub.googleapis.com/subscription/num_undelivered_messages": "pubsub_subscription",
    "pubsub.googleapis.com/subscription/oldest_unacked_message_age": "pubsub_subscription",
    "run.googleapis.com/container/instance_count": "cloud_run_revision",
    "run.googleapis.com/job/completed_execution_count": "cloud_run_job",
}


def runbook_of(alert: Resource) -> str:
    """The file that the alert's documentation names."""
    (name,) = re.findall(r"docs/runbooks/([\w-]+\.md)", alert.block("documentation")["content"])
    return str(name)


def test_every_alert_has_a_runbook_and_every_runbook_an_alert(environment: Environment) -> None:
    """Nobody is woken without being told what to do, and no runbook waits for an alert that is gone."""
    alerts = environment.of("monitoring_alert_policy")

    assert sorted(runbook_of(alert) for alert in alerts) == sorted(path.name for path in RUNBOOKS.glob("*.md"))


def test_a_runbook_says_what_it_means_how_to_look_what_to_do_and_when_it_is_over() -> None:
    """In this order, with a command to look with; what it links exists."""
    for path in sorted(RUNBOOKS.glob("*.md")):
        text = path.read_text()
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)

        assert headings == ["What it means", "How to look", "What to do", "How you know that it is over"], path.name
        look = text.partition("## How to look")[2].partition("## What to do")[0]
        assert re.search(r"```sh\n.*(gcloud|samo) ", look, re.DOTALL), path.name
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (path.parent / link).exists(), f"{path.name} links {link}"


def test_the_six_things_that_need_a_person_raise_an_alert(environment: Environment) -> None:
    """For every stage, or for every job, and for summaries alone what only they have."""
    stages = {"emotion", "insights", "summarization", "transcription"}

    watched = {
        runbook_of(alert): {condition["display_name"] for condition in alert["conditions"]}
        for alert in environment.of("monitoring_alert_policy")
    }

    assert watched == {
        "dead-letters.md": stages,
        "error-ratio.md": stages,
        "failed-jobs.md": {"modelling", "transcription"},
        "fallback-rate.md": {"summarization"},
        "oldest-unacked.md": stages,
        "p95-latency.md": stages,
    }


def filters_of(environment: Environment) -> list[str]:
    """All filters of alerts and of the dashboard's tiles."""
    thresholds = [
        condition["condition_threshold"][0]
        for alert in environment.of("monitoring_alert_policy")
        for condition in alert["conditions"]
    ]
    filters = [one for threshold in thresholds for one in (threshold["filter"], threshold["denominator_filter"]) if one]
    (dashboard,) = environment.of("monitoring_dashboard")
    for tile in json.loads(dashboard["dashboard_json"])["mosaicLayout"]["tiles"]:
        queries = [data["timeSeriesQuery"] for data in tile["widget"]["xyChart"]["dataSets"]]
        filters += [query["timeSeriesFilter"]["filter"] for query in queries]
    return filters


def test_alerts_and_tiles_ask_for_metrics_and_labels_that_exist(environment: Environment) -> None:
    """Ours are those that are made here; of Google's own, the resource must be the right one."""
    labels = {
        f"logging.googleapis.com/user/{metric['name']}": {*(metric["label_extractors"] or {})}
        for metric in environment.of("logging_metric")
    }
    asked = set()
    for one in filters_of(environment):
        (metric,) = re.findall(r'metric\.type="([^"]+)"', one)
        (resource,) = re.findall(r'resource\.type="([^"]+)"', one)
        asked.add(metric)

        assert resource == GOOGLES.get(metric, "cloud_run_revision")
        if metric in GOOGLES:
            continue
        assert {*re.findall(r"metric\.labels\.(\w+)", one)} <= labels[metric], one

    assert asked == {*labels, *GOOGLES}


def test_alerts_and_tiles_look_at_subscriptions_functions_and_jobs_that_exist(environment: Environment) -> None:
    """A name with a mistake would never raise an alert."""
    exist = {
        "subscription_id": {one["name"] for one in environment.of("pubsub_subscription")},
        "service_name": {one["name"] for one in environment.of("cloudfunctions2_function")},
        "job_name": {one["name"] for one in environment.of("cloud_run_v2_job")},
    }
    looked_at: dict[str, set[str]] = {label: set() for label in exist}
    for one in filters_of(environment):
        for label, names in re.findall(r'resource\.labels\.(\w+)=(?:one_of\()?((?:"[^"]*",?)+)', one):
            looked_at[label].update(re.findall(r'"([^"]*)"', names))

    assert looked_at == exist


def test_every_tile_of_the_dashboard_is_a_question_and_none_covers_another(environment: Environment) -> None:
    """Twelve columns, two tiles a row."""
    (dashboard,) = environment.of("monitoring_dashboard")
    layout = json.loads(dashboard["dashboard_json"])["mosaicLayout"]
    titles = [tile["widget"]["title"] for tile in layout["tiles"]]
    places = [(tile["xPos"], tile["yPos"]) for tile in layout["tiles"]]

    assert all("?" in title for title in titles)
    assert len(set(titles)) == len(set(places)) == len(layout["tiles"])
    assert all(tile["xPos"] + tile["width"] <= layout["columns"] for tile in layout["tiles"])


def test_what_carries_no_default_labels_carries_its_own(environment: Environment) -> None:
    """The provider labels everything else; Cloud Monitoring has labels of another kind."""
    for alert in environment.of("monitoring_alert_policy"):
        assert {"pipeline": f"samo-{environment.name}"} == alert["user_labels"]

"""Environments: a folder each, equal but for what is listed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infra.applied import INFRA, THIRD, Environment

# A mocked provider makes up what Google would answer: eight letters and digits, others each time.
_MADE_UP = re.compile(r"[a-z0-9]{8}")


def written(environment: Environment) -> dict[tuple[str, str], Any]:
    """Every value that our configuration wrote, by address and path, without the environment's name."""
    return {
        (resource.address, path): value
        for resource in environment.resources
        for path, value in _leaves(resource.values, environment.name)
    }


def _leaves(value: Any, name: str, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, name, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        yield path + "#", len(value)
        for inner in sorted(value, key=repr):
            yield from _leaves(inner, name, path)
    elif isinstance(value, str):
        text = value.replace(f"samo-{name}", "samo-ENVIRONMENT")
        if not _MADE_UP.search(text) or "samo-ENVIRONMENT" in text:
            yield path, _MADE_UP.sub("…", text)
    elif value is not None:
        yield path, value


def test_dev_and_prod_differ_only_where_it_is_listed(environments: dict[str, Environment]) -> None:
    """Whatever else differs would be tested in dev and never run in prod."""
    dev, prod = written(environments["dev"]), written(environments["prod"])

    differ = {
        (re.sub(r'module\.pipeline\.|\["[^"]*"\]', "", address), path.rstrip("#"))
        for address, path in {*dev, *prod}
        if dev.get((address, path)) != prod.get((address, path))
    }

    kept = ("lifecycle_rule", "retention_policy")
    assert {(address, path.partition(".")[0]) for address, path in differ if path.startswith(kept)} == {
        ("module.artefacts.google_storage_bucket.this", "retention_policy"),  # prod keeps archives
        ("module.models.google_storage_bucket.this", "lifecycle_rule"),  # prod keeps old channels for a year
        ("module.recordings.google_storage_bucket.this", "lifecycle_rule"),  # dev forgets
        ("module.results.google_storage_bucket.this", "lifecycle_rule"),
    }
    assert {(address, path) for address, path in differ if not path.startswith(kept)} == {
        ("module.functions.google_cloudfunctions2_function.this", "service_config.max_instance_count"),
    }


@pytest.mark.parametrize("file", sorted(path.name for path in (INFRA / "environments" / "dev").glob("*.tf")))
def test_the_folders_of_dev_and_prod_differ_only_in_literals(file: str) -> None:
    """Same files, same blocks, same arguments; main.tf says what is different, the others only the name."""
    dev, prod = ((INFRA / "environments" / name / file).read_text() for name in ("dev", "prod"))

    if file == "main.tf":
        assert re.findall(r"^\s*(\w+)\s*[={]", dev, re.MULTILINE) == re.findall(r"^\s*(\w+)\s*[={]", prod, re.MULTILINE)
    else:
        assert dev.replace("dev", "prod") == prod


def test_environments_in_one_project_have_states_of_their_own() -> None:
    """All are kept in that project's bucket of states: one prefix for two would let each destroy the other."""
    folders = sorted((INFRA / "environments").iterdir())

    prefixes = [re.findall(r'prefix = "(.+)"', (folder / "backend.tf").read_text()) for folder in folders]

    assert prefixes == [[f"samo-{folder.name}"] for folder in folders]


def test_another_apply_changes_nothing(environment: Environment) -> None:
    """As far as it is ours: nothing is written differently from one plan to the next.

    What Google answers differently from what was written, a mocked provider cannot know.
    """
    planned = environment.planned_again

    assert planned is not None
    assert {resource.address for resource in environment.resources} <= planned.keys()
    assert {address: actions for address, actions in planned.items() if actions not in (["no-op"], ["read"])} == {}


def test_a_third_environment_is_one_folder(environments: dict[str, Environment]) -> None:
    """Dev's folder with another name and region: the same resources, none of dev's names, all in that region."""
    dev, third = environments["dev"], environments[THIRD]

    assert sorted(resource.address for resource in dev.resources) == sorted(
        resource.address for resource in third.resources
    )
    text = repr([resource.values for resource in third.resources])
    assert "samo-dev" not in text
    assert "europe-west1" not in text.replace("europe-west1-docker.pkg.dev", "")  # images may come from anywhere
    assert {bucket["location"] for bucket in third.of("storage_bucket")} == {"europe-north1"}


@pytest.mark.parametrize("folder", ["bootstrap", "environments/dev", "environments/prod"])
def test_everything_that_can_carry_labels_does(folder: str) -> None:
    """What it belongs to, for bills and for whoever cleans up."""
    text = (INFRA / folder / "providers.tf").read_text()
    labels = dict(re.findall(r'(\w+) = "(\w+)"', text.partition("default_labels")[2]))

    assert labels == {"application": "samo", "environment": folder.rpartition("/")[2]}


@pytest.mark.parametrize("folder", sorted(str(path.parent.relative_to(INFRA)) for path in INFRA.rglob("versions.tf")))
def test_every_folder_asks_for_the_same_terraform_and_provider(folder: str) -> None:
    """One that the tests ran with."""
    text = (INFRA / folder / "versions.tf").read_text()

    assert 'required_version = ">= 1.9"' in text
    if folder != ".":
        assert re.search(r'source  = "hashicorp/google"\n\s+version = "~> 8\.0"', text)

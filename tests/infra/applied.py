"""An environment as `terraform test` leaves it: applied with a mocked provider, every computed value made up."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"

# Status of infra/with-provider.sh where no google provider can be had.
UNAVAILABLE = 69

# A third environment, which exists in the copy alone: dev's folder with other literals.
THIRD = "third"
_OTHER_LITERALS = {
    '"samo-dev"': '"samo-third"',
    '"samo-dev-terraform-state"': '"samo-third-terraform-state"',
    'environment = "dev"': 'environment = "third"',
    '"europe-west1"': '"europe-north1"',
}

_RUN = (
    'terraform -chdir="$1" init -backend=false -input=false -no-color >&2 &&'
    ' terraform -chdir="$1" test -json -verbose -filter=tests/environments.tftest.hcl'
)


class ProviderUnavailable(Exception):
    """There is no terraform, or no google provider for it. The message is the script's own."""


class Resource:
    """One resource instance with its address and the values that the state has for it."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.address: str = resource["address"]
        self.type: str = resource["type"]
        self.values: dict[str, Any] = resource["values"]

    def __getitem__(self, attribute: str) -> Any:
        return self.values[attribute]

    def __repr__(self) -> str:
        return self.address

    def block(self, name: str) -> dict[str, Any]:
        """The values of a block that stands exactly once."""
        (block,) = self.values[name]
        return dict(block)


class Environment:
    """All managed resources of one environment.

    `planned_again` has, by address, what another plan right after the apply would do; None where none was made.
    """

    def __init__(self, name: str, resources: list[Resource]) -> None:
        self.name = name
        self.resources = resources
        self.planned_again: dict[str, list[str]] | None = None

    def of(self, kind: str) -> list[Resource]:
        """The resources of a type, `google_…`; at least one, so that no check passes for lack of subjects."""
        found = [resource for resource in self.resources if resource.type == f"google_{kind}"]
        assert found, f"{self.name} has no google_{kind}"
        return found

    def job(self, kind: str) -> Resource:
        """The job that does `transcription` or `modelling`."""
        names = {"transcription": f"samo-{self.name}-transcription-job", "modelling": f"samo-{self.name}-modelling"}
        (found,) = (one for one in self.of("cloud_run_v2_job") if one["name"] == names[kind])
        return found

    def job_identity(self, kind: str) -> str:
        """The IAM member that the job runs as."""
        return self._member(self.task(kind)["service_account"])

    def task(self, kind: str) -> dict[str, Any]:
        """What each task of the job is: its container, identity, retries and timeout."""
        return dict(self.job(kind).block("template")["template"][0])

    def job_variables(self, kind: str) -> dict[str, str]:
        """The plain environment variables of the job."""
        (container,) = self.task(kind)["containers"]
        return {variable["name"]: variable["value"] for variable in container["env"]}

    def function(self, stage: str) -> Resource:
        """The function of a stage."""
        (found,) = (one for one in self.of("cloudfunctions2_function") if one["name"] == f"samo-{self.name}-{stage}")
        return found

    def bucket(self, kind: str) -> Resource:
        """The bucket that holds `recordings`, `results`, `models`, `leases` or `artefacts`."""
        (found,) = (one for one in self.of("storage_bucket") if one["name"].endswith(f"-samo-{self.name}-{kind}"))
        return found

    def identity(self, stage: str) -> str:
        """The IAM member that the stage's function runs as."""
        return self._member(self.function(stage).block("service_config")["service_account_email"])

    def _member(self, email: str) -> str:
        (account,) = (one for one in self.of("service_account") if one["email"] == email)
        return str(account["member"])


def apply_environments(folder: Path) -> dict[str, Environment]:
    """Apply dev, prod, a third one and the bootstrap to a mocked provider, in a copy below `folder`.

    Raises `ProviderUnavailable`.
    """
    copy = folder / "infra"
    shutil.copytree(INFRA, copy, ignore=shutil.ignore_patterns(".terraform*"))
    _add_third(copy)
    command = ["sh", str(INFRA / "with-provider.sh"), "sh", "-c", _RUN, "sh", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode == UNAVAILABLE:
        raise ProviderUnavailable(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    environments = {}
    for line in done.stdout.splitlines():
        message = json.loads(line)
        name = message.get("@testrun", "").partition("_")[0]
        if "test_plan" in message:
            changes = message["test_plan"]["resource_changes"]
            environments[name].planned_again = {one["address"]: one["change"]["actions"] for one in changes}
        if "test_state" in message:
            environments[name] = Environment(name, list(_resources(message["test_state"]["root_module"])))
    return environments


def _add_third(infra: Path) -> None:
    shutil.copytree(infra / "environments" / "dev", infra / "environments" / THIRD)
    for file in (infra / "environments" / THIRD).glob("*.tf"):
        text = file.read_text()
        for old, new in _OTHER_LITERALS.items():
            text = text.replace(old, new)
        file.write_text(text)
    with (infra / "tests" / "environments.tftest.hcl").open("a") as tests:
        tests.write(
            f'\nrun "{THIRD}_needs_its_folder" {{\n  module {{\n    source = "./environments/{THIRD}"\n  }}\n}}\n'
        )


def _resources(module: dict[str, Any]) -> Iterator[Resource]:
    for resource in module.get("resources", ()):
        if resource["mode"] == "managed":
            yield Resource(resource)
    for child in module.get("child_modules", ()):
        yield from _resources(child)

"""The build as Cloud Build will read it: steps in order, nothing undefined, nothing published unchecked."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.infra.applied import ROOT

# What Cloud Build defines for every build, however it was started.
BUILT_IN = {"BUILD_ID", "LOCATION", "PROJECT_ID", "PROJECT_NUMBER"}

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_MAKE = re.compile(r"\bmake ([a-z-]+)")


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    """The build configuration."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text())
    return loaded


def _outside_scripts(value: Any) -> str:
    """All strings in which Cloud Build substitutes; in a `script` it does not."""
    if isinstance(value, dict):
        return " ".join(_outside_scripts(inner) for key, inner in value.items() if key != "script")
    if isinstance(value, list):
        return " ".join(_outside_scripts(inner) for inner in value)
    return str(value)


def test_every_step_has_an_id_and_waits_for_earlier_ones(build: dict[str, Any]) -> None:
    """A step without `waitFor` waits for all before it, one that names a later step is refused."""
    known: set[str] = set()
    for step in build["steps"]:
        assert {"id", "name", "script", "waitFor"} <= set(step) <= {"env", "id", "name", "script", "waitFor"}
        assert step["id"] not in known
        assert set(step["waitFor"]) <= known | {"-"}, step["id"]
        known.add(step["id"])


def test_nothing_is_published_before_it_is_checked_and_tested(build: dict[str, Any]) -> None:
    """The upload waits, through others, for every other step."""
    waits = {step["id"]: set(step["waitFor"]) - {"-"} for step in build["steps"]}

    def before(step: str) -> set[str]:
        return waits[step].union(*(before(earlier) for earlier in waits[step]))

    assert before("upload") == set(waits) - {"upload"}


def test_every_substitution_is_defined_and_every_definition_is_used(build: dict[str, Any]) -> None:
    """Cloud Build refuses a build with a substitution that is undefined, or defined and not used."""
    used = set(_VARIABLE.findall(_outside_scripts(build)))

    assert used - BUILT_IN == set(build["substitutions"])
    assert build["options"]["dynamicSubstitutions"]


def test_scripts_use_only_variables_of_their_step(build: dict[str, Any]) -> None:
    """A misspelt variable would be empty, and `gs:///` the destination."""
    for step in build["steps"]:
        given = {entry.partition("=")[0] for entry in step.get("env", ())} | {"PATH", "PWD"}

        assert set(_VARIABLE.findall(step["script"])) <= given, step["id"]


def test_every_make_target_exists(build: dict[str, Any]) -> None:
    """What runs in the build runs on a desk."""
    makefile = (ROOT / "Makefile").read_text()
    targets = {target for step in build["steps"] for target in _MAKE.findall(step["script"])}

    assert {"setup", "check", "infra-check", "test", "bundle"} == targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_build_runs_as_its_own_service_account(build: dict[str, Any]) -> None:
    """Which demands that logs go to Cloud Logging alone, for it has no bucket of its own."""
    assert build["serviceAccount"] == "projects/${PROJECT_ID}/serviceAccounts/${_SERVICE_ACCOUNT}"
    assert build["options"]["logging"] == "CLOUD_LOGGING_ONLY"


def test_the_python_image_is_the_python_of_the_makefile(build: dict[str, Any]) -> None:
    """`make setup` asks for this interpreter by name."""
    (version,) = re.findall(r"^PYTHON \?= python(\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    images = {step["name"] for step in build["steps"] if "make" in step["script"]}

    assert images == {f"python:{version}-bookworm"}

"""The builds as Cloud Build will read them, and their scripts as a shell runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.bundle import FUNCTIONS, bundle
from tests.infra.applied import ROOT

BUILD, PLAN, APPLY = "cloudbuild.yaml", "cloudbuild-plan.yaml", "cloudbuild-apply.yaml"
BUILDS = (BUILD, PLAN, APPLY)

# What Cloud Build defines for every build, however it was started.
BUILT_IN = {"BUILD_ID", "LOCATION", "PROJECT_ID", "PROJECT_NUMBER"}

# The part of the public reference (Cloud Build API, v1, resource Build) that these builds use.
BUILD_KEYS = {"options", "serviceAccount", "steps", "substitutions", "timeout"}
OPTIONS = {"dynamicSubstitutions": bool, "logging": str}
STEP_KEYS = {"env": list, "id": str, "name": str, "script": str, "waitFor": list}
LONGEST_S = 24 * 60 * 60

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_SHELL_VARIABLE = re.compile(r"\$\{?([A-Z_][A-Z0-9_]*)")
_MAKE = re.compile(r"\bmake ([a-z-]+)")

# In place of the programs of the images: each does to folders what it would do to the cloud, and notes its call.
_GCLOUD = """#!/bin/sh
echo "gcloud $*" >>"$CALLS"
shift 2
for argument; do
  case $argument in
    --*) ;;
    gs://*) set -- "$@" "$CLOUD/${argument#gs://}" ;;
    *) set -- "$@" "$argument" ;;
  esac
  shift
done
for last; do :; done
mkdir -p "$last"
while [ $# -gt 1 ]; do cp $1 "$last"; shift; done
"""
_DOCKER = """#!/bin/sh
echo "docker $*" >>"$CALLS"
for last; do :; done
[ "$1" != inspect ] || echo "${last%:*}@sha256:$(printf %s "$last" | sha256sum | cut -d' ' -f1)"
"""
_TERRAFORM = """#!/bin/sh
echo "terraform $*" >>"$CALLS"
case $1 in
  init) [ -f .terraform.lock.hcl ] || echo lock >.terraform.lock.hcl ;;
  plan) for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done ;;
esac
"""


@pytest.fixture(params=BUILDS)
def name(request: pytest.FixtureRequest) -> str:
    """The file name of each build configuration."""
    chosen: str = request.param
    return chosen


def read(name: str) -> dict[str, Any]:
    """A build configuration."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return loaded


def outside_scripts(value: Any) -> str:
    """All strings in which Cloud Build substitutes; in a `script` it does not."""
    if isinstance(value, dict):
        return " ".join(outside_scripts(inner) for key, inner in value.items() if key != "script")
    if isinstance(value, list):
        return " ".join(outside_scripts(inner) for inner in value)
    return str(value)


def step_of(name: str, step_id: str) -> dict[str, Any]:
    """One step of a build."""
    (found,) = (step for step in read(name)["steps"] if step["id"] == step_id)
    return dict(found)


def test_a_build_has_the_keys_and_types_of_the_reference(name: str) -> None:
    """A key that Cloud Build does not know is refused when somebody needs the build."""
    build = read(name)

    assert set(build) == BUILD_KEYS
    assert {key: type(value) for key, value in build["options"].items()} == OPTIONS
    match = re.fullmatch(r"(\d+)s", build["timeout"])
    assert match is not None
    assert 0 < int(match[1]) <= LONGEST_S
    for variable, value in build["substitutions"].items():
        assert re.fullmatch(r"_[A-Z0-9_]{1,99}", variable)
        assert isinstance(value, str)
    for step in build["steps"]:
        assert {key: STEP_KEYS[key] for key in step} == {key: type(value) for key, value in step.items()}
        for entry in step.get("env", ()):
            assert re.match(r"[A-Z_]+=", entry), entry


def test_every_step_has_an_id_and_waits_for_earlier_ones(name: str) -> None:
    """A step without `waitFor` waits for all before it, one that names a later step is refused."""
    known: set[str] = set()
    for step in read(name)["steps"]:
        assert {"id", "name", "script", "waitFor"} <= set(step)
        assert step["id"] not in known
        assert set(step["waitFor"]) <= known | {"-"}, step["id"]
        known.add(step["id"])


@pytest.mark.parametrize(("name", "last"), [(BUILD, "upload"), (PLAN, "keep"), (APPLY, "apply")])
def test_what_a_build_is_for_comes_after_everything_else(name: str, last: str) -> None:
    """Nothing is published before it is checked and tested: the last step waits, through others, for every other."""
    waits = {step["id"]: set(step["waitFor"]) - {"-"} for step in read(name)["steps"]}

    def before(step: str) -> set[str]:
        return waits[step].union(*(before(earlier) for earlier in waits[step]))

    assert before(last) == set(waits) - {last}


def test_every_substitution_is_defined_and_every_definition_is_used(name: str) -> None:
    """Cloud Build refuses a build with a substitution that is undefined, or defined and not used."""
    build = read(name)

    used = set(_VARIABLE.findall(outside_scripts(build)))

    assert used - BUILT_IN == set(build["substitutions"])
    assert build["options"]["dynamicSubstitutions"]


def test_every_substitution_is_explained(name: str) -> None:
    """Whoever sets one reads what it is, right above it."""
    lines = (ROOT / name).read_text().splitlines()

    for variable in read(name)["substitutions"]:
        (position,) = (number for number, line in enumerate(lines) if line.startswith(f"  {variable}: "))
        assert lines[position - 1].startswith("  # "), variable


def test_scripts_use_only_variables_of_their_step(name: str) -> None:
    """A misspelt variable would be empty, and `gs:///` the destination."""
    for step in read(name)["steps"]:
        given = {entry.partition("=")[0] for entry in step.get("env", ())} | {"PATH", "PWD"}

        assert set(_SHELL_VARIABLE.findall(step["script"])) <= given, step["id"]


def test_every_script_is_read_by_the_shell_that_it_names(name: str) -> None:
    """Without a first line of its own, a script is run by sh."""
    for step in read(name)["steps"]:
        shell = "bash" if step["script"].startswith("#!/usr/bin/env bash\n") else "sh"

        done = subprocess.run([shell, "-n"], input=step["script"], capture_output=True, text=True, check=False)

        assert (done.returncode, done.stderr) == (0, ""), step["id"]


def test_every_make_target_exists() -> None:
    """What runs in the build runs on a desk."""
    makefile = (ROOT / "Makefile").read_text()
    targets = {target for step in read(BUILD)["steps"] for target in _MAKE.findall(step["script"])}

    assert targets == {"setup", "check", "infra-check", "test", "bundle"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("name", "account"), [(BUILD, "samo-delivery"), (PLAN, "samo-deployer"), (APPLY, "samo-deployer")]
)
def test_a_build_runs_as_its_own_service_account(name: str, account: str) -> None:
    """What publishes cannot deploy. Logs go to Cloud Logging alone, for there is no bucket of its own."""
    build = read(name)

    assert build["serviceAccount"] == "projects/${PROJECT_ID}/serviceAccounts/${_SERVICE_ACCOUNT}"
    assert build["substitutions"]["_SERVICE_ACCOUNT"] == f"{account}@${{PROJECT_ID}}.iam.gserviceaccount.com"
    assert build["options"]["logging"] == "CLOUD_LOGGING_ONLY"


def test_steps_and_images_have_the_python_of_the_makefile() -> None:
    """`make setup` asks for this interpreter by name; the jobs' image is named by digest, in one place."""
    (version,) = re.findall(r"^PYTHON \?= python(\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    build = read(BUILD)

    assert {step["name"] for step in build["steps"] if "make " in step["script"]} == {f"python:{version}-bookworm"}
    base = build["substitutions"]["_PYTHON_IMAGE"]
    assert re.fullmatch(rf"python:{re.escape(version)}\.\d+-slim-bookworm@sha256:[0-9a-f]{{64}}", base)


class Workplace:
    """A clean copy of the sources, folders for buckets, and programs that stand in for those of the images."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "workspace"
        self.cloud = folder / "cloud"
        self.calls = folder / "calls"
        self._programs = folder / "bin"
        shutil.copytree(ROOT / "infra" / "environments", self.sources / "infra" / "environments")
        for program, text in (("gcloud", _GCLOUD), ("docker", _DOCKER), ("terraform", _TERRAFORM)):
            path = self._programs / program
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)

    def run(self, name: str, step_id: str, **substitutions: str) -> subprocess.CompletedProcess[str]:
        """Run a step's script with the variables that Cloud Build would give it."""
        step = step_of(name, step_id)
        values = {**read(name)["substitutions"], "PROJECT_ID": "p", "BUILD_ID": "b1", **substitutions}

        def filled(text: str) -> str:
            while _VARIABLE.search(text):
                text = _VARIABLE.sub(lambda match: values[match[1]], text)
            return text

        variables = dict(filled(entry).split("=", 1) for entry in step.get("env", ()))
        script = self.sources.parent / "script"
        script.write_text(step["script"])
        shell = "bash" if step["script"].startswith("#!/usr/bin/env bash\n") else "sh"
        return subprocess.run(
            [shell, str(script)],
            cwd=self.sources,
            env={
                **variables,
                "PATH": f"{self._programs}:{os.environ['PATH']}",
                "CALLS": str(self.calls),
                "CLOUD": str(self.cloud),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """An empty one."""
    return Workplace(tmp_path)


def test_what_a_build_publishes_is_planned_and_what_was_planned_is_applied(workplace: Workplace) -> None:
    """The scripts of all three builds, one after the other, hand over through buckets alone."""
    bundle(ROOT, workplace.sources / "build")
    for step in ("images", "upload"):
        done = workplace.run(BUILD, step)
        assert done.returncode == 0, done.stderr
    shutil.rmtree(workplace.sources / "build")
    for step in ("fetch", "plan", "keep"):
        done = workplace.run(PLAN, step, _BUILD="b1", BUILD_ID="b2")
        assert done.returncode == 0, done.stderr
    shutil.rmtree(workplace.sources / "build")
    for step in ("fetch", "apply"):
        done = workplace.run(APPLY, step, _PLAN="b2", BUILD_ID="b3")
        assert done.returncode == 0, done.stderr

    published = workplace.cloud / "p-samo-dev-artefacts"
    digests = json.loads((published / "builds" / "b1" / "artefacts.tfvars.json").read_text())["artefacts"]
    assert {path.name for path in published.glob("*.zip")} == {f"{one}-{digests[one]}.zip" for one in FUNCTIONS}
    images = json.loads((published / "builds" / "b1" / "images.tfvars.json").read_text())["images"]
    for job in ("modelling", "transcription"):
        assert re.fullmatch(rf"europe-west1-docker\.pkg\.dev/p/samo-jobs/{job}@sha256:[0-9a-f]{{64}}", images[job])
    kept = workplace.cloud / "p-samo-state" / "plans" / "dev" / "b2"
    assert {path.name for path in kept.iterdir()} == {"plan", "plan.txt", "providers.lock.hcl"}
    calls = workplace.calls.read_text().splitlines()
    terraform = [call for call in calls if call.startswith("terraform ")]
    assert [call.split()[1] for call in terraform] == ["init", "plan", "show", "init", "apply"]
    assert "-backend-config=bucket=p-samo-state" in terraform[0]
    assert "-lockfile=readonly" in terraform[3]
    assert not any("auto-approve" in call for call in terraform)
    assert terraform[4].endswith("/build/plan")
    built = [call for call in calls if call.startswith("docker build")]
    base = read(BUILD)["substitutions"]["_PYTHON_IMAGE"]
    assert len(built) == 2
    assert all(f"--build-arg BASE={base}" in call for call in built)


@pytest.mark.parametrize(("name", "wanted"), [(PLAN, "_BUILD"), (APPLY, "_PLAN")])
def test_nothing_is_planned_or_applied_without_saying_what(workplace: Workplace, name: str, wanted: str) -> None:
    """An empty id would fetch whatever lies there."""
    done = workplace.run(name, "fetch")

    assert done.returncode != 0
    assert wanted in done.stderr
    assert not workplace.calls.exists()

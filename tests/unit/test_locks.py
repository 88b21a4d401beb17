"""The hash-pinned locks against the extras they are exported from."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "dev": ROOT / "tests" / "requirements.txt",
    **{
        name: ROOT / "functions" / name / "requirements.txt"
        for name in ("transcription", "emotion", "summarization", "insights")
    },
}
LEFT_OUT = {"torch"}  # see docs/adr/0004
MODELLING_LOCK = ROOT / "functions" / "modelling" / "requirements.txt"


def read_lock(path: Path) -> dict[str, str]:
    """Package → version, of the pins that apply on this machine. Every pin must carry a hash."""
    pins = {}
    for block in re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", path.read_text(encoding="utf-8"))):
        head = block.split("\\", 1)[0].strip()
        assert "--hash=sha256:" in block, f"{head} has no hash"
        requirement = Requirement(head)
        if requirement.marker is None or requirement.marker.evaluate():
            pins[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return pins


def declared(extra: str) -> list[Requirement]:
    """What pyproject.toml asks for: the project's own dependencies and those of the extra, nested extras resolved."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [Requirement(line) for line in project["dependencies"]]
    for line in project["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == "samo":
            found.extend(nested for name in requirement.extras for nested in declared(name))
        else:
            found.append(requirement)
    return found


def closure(roots: list[Requirement]) -> set[str]:
    """The packages that `roots` need, by the metadata of what is installed here."""
    needed: set[str] = set()
    waiting = [(canonicalize_name(root.name), frozenset(root.extras)) for root in roots]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        needed.add(name)
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            wanted = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras or {""}
            )
            key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
            if wanted and key not in seen:
                seen.add(key)
                waiting.append(key)
    return needed


@pytest.mark.parametrize("extra", LOCKS)
def test_lock_pins_exactly_what_its_extra_needs(extra: str) -> None:
    """Nothing that the extra needs is unpinned, and nothing is pinned that it does not need."""
    pins = read_lock(LOCKS[extra])

    assert closure(declared(extra)) == set(pins)


@pytest.mark.parametrize("extra", [*LOCKS, "modelling"])
def test_lock_satisfies_the_declared_ranges(extra: str) -> None:
    """Every requirement in pyproject.toml admits the version that the lock pins."""
    pins = read_lock(LOCKS.get(extra, MODELLING_LOCK))

    outside = [
        str(requirement)
        for requirement in declared(extra)
        if requirement.name not in LEFT_OUT
        and not requirement.specifier.contains(pins[canonicalize_name(requirement.name)], prereleases=True)
    ]

    assert outside == []


@pytest.mark.parametrize("extra", [*LOCKS, "modelling"])
def test_all_locks_agree_with_the_development_lock(extra: str) -> None:
    """What is tested is what is deployed: one version of each package everywhere."""
    tested = read_lock(LOCKS["dev"])

    pins = read_lock(LOCKS.get(extra, MODELLING_LOCK))

    assert {name: tested[name] for name in pins if name in tested} == {
        name: version for name, version in pins.items() if name in tested
    }


@pytest.mark.parametrize("extra", ["transcription", "emotion", "summarization", "insights"])
def test_no_function_installs_torch(extra: str) -> None:
    """Torch is for training; nothing that is deployed as a function carries it."""
    pins = read_lock(LOCKS[extra])

    assert {"torch", "transformers"} & set(pins) == set()

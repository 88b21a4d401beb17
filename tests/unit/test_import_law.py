"""The import law: what may know of what, and that importing does no work.

The first half reads the sources; what a function imports only when it is called counts like everything else. The second
half imports in a new process and watches.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "shared"
FUNCTIONS = ("transcription", "emotion", "summarization", "insights")

FORBIDDEN_IN_THE_CORE = ("google", "onnxruntime", "faster_whisper", "flask", "torch")
CORE = sorted(
    ".".join(path.relative_to(SHARED).with_suffix("").parts).removesuffix(".__init__")
    for pattern in ("samo/domain/**/*.py", "samo/stages/**/*.py", "samo/ports.py", "samo/leases.py")
    for path in SHARED.glob(pattern)
)

# Heavy, and needed only once the first event is there. `google` itself cannot be in the list: functions-framework
# brings a `google.cloud.functions` of its own.
LATE = (
    "av",
    "ctranslate2",
    "faster_whisper",
    "google.api_core",
    "google.auth",
    "google.cloud.pubsub_v1",
    "google.cloud.storage",
    "grpc",
    "huggingface_hub",
    "numpy",
    "onnxruntime",
    "pocketsphinx",
    "tokenizers",
    "torch",
)


@cache
def source_of(module: str) -> Path | None:
    """The file of one of our modules, None for anybody else's."""
    path = SHARED.joinpath(*module.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@cache
def imports_of(source: Path) -> frozenset[str]:
    """All modules that a file imports, at any depth of its code; packages on the way are imported, too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: relative imports are not followed here"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {str(node.module)} | {name for name in names if source_of(name)}
    return frozenset(part for name in found for part in _with_packages(name))


def reached_from(*sources: Path) -> dict[str, tuple[str, ...]]:
    """All modules that these files import, directly or through our own, each with the way that leads to it."""
    ways: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [
        (name, (_shown(source), name)) for source in sources for name in sorted(imports_of(source))
    ]
    while waiting:
        module, way = waiting.pop()
        if module in ways:
            continue
        ways[module] = way
        if source := source_of(module):
            waiting += [(name, (*way, name)) for name in sorted(imports_of(source))]
    return ways


def entry_points() -> list[Path]:
    """The files that are deployed as functions, and as jobs beside them."""
    return [path for function in FUNCTIONS for path in sorted((ROOT / "functions" / function).glob("*.py"))]


def offences(ways: dict[str, tuple[str, ...]], forbidden: tuple[str, ...]) -> list[str]:
    """The ways that lead to a forbidden module or into it."""
    return [" → ".join(way) for module, way in sorted(ways.items()) if _is_in(module, forbidden)]


# By the sources.


@pytest.mark.parametrize("module", CORE)
def test_the_core_knows_no_cloud_no_engine_and_no_server(module: str) -> None:
    """Domain, stages, ports and leases, with everything that they import."""
    source = source_of(module)
    assert source is not None

    assert offences(reached_from(source), FORBIDDEN_IN_THE_CORE) == []


@pytest.mark.parametrize("module", [module for module in CORE if module.startswith("samo.domain")])
def test_the_domain_knows_nothing_but_itself(module: str) -> None:
    """Records and rules stand on the standard library and msgspec alone."""
    source = source_of(module)
    assert source is not None

    others = {name.partition(".")[0] for name in reached_from(source)} - set(sys.stdlib_module_names)
    assert others <= {"samo", "msgspec"}
    assert offences(reached_from(source), tuple(f"samo.{name}" for name in _other_rooms("domain"))) == []


def test_what_is_deployed_as_a_function_knows_neither_training_nor_the_command() -> None:
    """They are not in its archive."""
    assert entry_points()

    assert offences(reached_from(*entry_points()), ("samo.modelling", "samo.cli", "samo.local")) == []


def test_only_the_composition_root_knows_adapters_and_engines() -> None:
    """Everybody else speaks to ports; `embedded` needs its broker for the type of it."""
    knowing = {
        _shown(path)
        for path in sorted(SHARED.glob("samo/*.py")) + sorted(SHARED.glob("samo/stages/*.py"))
        if any(_is_in(name, ("samo.adapters", "samo.inference")) for name in imports_of(path))
    }

    assert knowing == {"samo.embedded"}


def test_the_walk_finds_what_it_is_for() -> None:
    """Through our own modules and into functions: otherwise the tests above would pass on an empty house."""
    ways = reached_from(*entry_points())

    assert {"samo.wiring.emotion", "samo.stages.effect", "samo.adapters.gcs", "google.cloud.storage", "msgspec"} <= set(
        ways
    )
    assert ways["samo.leases"][-1] == "samo.leases"


# By importing.


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_without_clients_and_engines(function: str) -> None:
    """The cold start pays for what every event needs; the rest is loaded with the first event."""
    script = (
        "import importlib.util, json, sys\n"
        f"spec = importlib.util.spec_from_file_location('main', {str(ROOT / 'functions' / function / 'main.py')!r})\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )

    loaded = json.loads(_run(script))

    assert [module for module in loaded if _is_in(module, LATE)] == []
    assert "samo.stages.effect" in loaded


# A library that reports to its vendor from its import on must be told before it.
SET_AT_IMPORT = ["environ ORT_DISABLE_TELEMETRY set in samo"]


def test_importing_opens_nothing_and_reads_no_variable() -> None:
    """Every module of the package, as far as its libraries are installed: code is loaded, and that is all.

    Only what runs at the top of our own modules counts; libraries that we import answer for themselves.
    """
    modules = sorted(
        ".".join(path.relative_to(SHARED).with_suffix("").parts).removesuffix(".__init__")
        for path in SHARED.glob("samo/**/*.py")
        if path.name != "__main__.py"
    )

    report = json.loads(_run(WATCH, *modules))

    assert report["work"] == SET_AT_IMPORT
    assert set(report["imported"]) > {"samo.wiring.emotion", "samo.adapters.gcs", "samo.settings"}
    assert {missing.partition(".")[0] for missing in report["missing"]}.isdisjoint({"samo"})


def test_the_watch_sees_work_at_import(tmp_path: Path) -> None:
    """A module that opens a file and a socket, reads a variable and sets one is caught each time."""
    package = tmp_path / "samo"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "guilty.py").write_text(
        "import os, socket\n"
        "from pathlib import Path\n"
        "HOME = os.environ.get('HOME')\n"
        "os.environ['GUILTY'] = '1'\n"
        "TEXT = Path(__file__).with_name('data.txt').read_text()\n"
        "with socket.socket() as s:\n"
        "    s.bind(('127.0.0.1', 0))\n"
    )
    (package / "data.txt").write_text("x")

    report = json.loads(_run(WATCH, "samo.guilty", path=tmp_path))

    assert {work.split()[0] for work in report["work"]} == {"environ", "open", "socket.__new__", "socket.bind"}
    assert "environ GUILTY set in samo.guilty" in report["work"]


WATCH = """
import importlib, json, os, sys
from collections.abc import MutableMapping

OURS = os.path.join(sys.path[0], "samo", "")
CODE = (".py", ".pyc", ".so", ".pth")
# Click looks for the language of its own texts while the commands are declared.
LANGUAGE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
work, imported, missing = [], [], []


def importing():
    # The module whose top level runs; None if that is not one of ours, or none is being imported.
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return frame.f_globals["__name__"] if frame.f_code.co_filename.startswith(OURS) else None
        frame = frame.f_back


def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(CODE):
        return
    if event == "open" or event.startswith(("socket.", "subprocess.", "os.system", "os.mkdir", "shutil.", "tempfile.")):
        if module := importing():
            work.append(f"{event} {arguments[0]!r} in {module}")


class Watched(MutableMapping):
    def __init__(self, variables):
        self.variables = variables

    def _read(self, key):
        if key not in LANGUAGE and (module := importing()):
            work.append(f"environ {key} in {module}")

    def __getitem__(self, key):
        self._read(key)
        return self.variables[key]

    def __setitem__(self, key, value):
        if module := importing():
            work.append(f"environ {key} set in {module}")
        self.variables[key] = value

    def __delitem__(self, key):
        del self.variables[key]

    def __iter__(self):
        self._read("*")
        return iter(self.variables)

    def __len__(self):
        return len(self.variables)

    def copy(self):
        return dict(self.variables)


os.environ = Watched(os.environ)
sys.addaudithook(watch)
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        imported.append(name)
    except ModuleNotFoundError as error:
        missing.append(error.name)
print(json.dumps({"work": work, "imported": imported, "missing": missing}))
"""


def _run(script: str, *arguments: str, path: Path = SHARED) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(path)!r})\n{script}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _with_packages(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _other_rooms(room: str) -> set[str]:
    names = {path.stem if path.suffix else path.name for path in (SHARED / "samo").iterdir()}
    return names - {room, "__init__", "__pycache__", "py"}


def _shown(source: Path) -> str:
    if source.is_relative_to(SHARED):
        return ".".join(source.relative_to(SHARED).with_suffix("").parts)
    return str(source.relative_to(ROOT))

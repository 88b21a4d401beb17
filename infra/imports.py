"""What a function imports, read from the sources: the modules of samo that can be loaded on its behalf, and no others.

A module that is imported runs its top level, so everything that this imports is loaded with it. The body of a function
runs only when somebody calls it. So the imports inside `samo.wiring.engines.open_transcriber` count for a function that
can come to call it, and not for one that takes another name from the same module. Classes count whole; a name that is
mentioned counts as called; `import samo.x` takes all names of a module.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "samo"

_Definition = ast.FunctionDef | ast.AsyncFunctionDef
_EVERYTHING = "*"  # of a module's names


def reached_modules(shared: Path, *entry_points: Path) -> set[str]:
    """Names of the modules below `shared` that the entry points can load, packages on the way included.

    Raises `ValueError` for a relative import or a star import, which this does not follow.
    """
    return _Walk(shared).from_entry_points(entry_points)


class _Module:
    """A source file: what its top level runs, and the functions that wait to be called."""

    def __init__(self, path: Path) -> None:
        self.path = path
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        self.functions = {node.name: node for node in tree.body if isinstance(node, _Definition)}
        self.top_level = [node for node in tree.body if not isinstance(node, _Definition)]


class _Walk:
    """Modules and the names used of them, from one to the next, each once."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._read = cache(_Module)
        self._loaded: set[str] = set()
        self._used: set[tuple[Path, str]] = set()
        self._waiting: deque[tuple[_Module, ast.AST]] = deque()

    def from_entry_points(self, entry_points: tuple[Path, ...]) -> set[str]:
        for path in entry_points:
            module = self._read(path)
            self._run_top_level(module)
            self._use(module, _EVERYTHING)
        while self._waiting:
            module, node = self._waiting.popleft()
            self._follow(module, node)
        return self._loaded

    def _follow(self, module: _Module, code: ast.AST) -> None:
        for node in ast.walk(code):
            if isinstance(node, ast.Name):
                self._use(module, node.id)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self._import(alias.name, _EVERYTHING)
            elif isinstance(node, ast.ImportFrom):
                if node.level or any(alias.name == _EVERYTHING for alias in node.names):
                    raise ValueError(f"{module.path}, line {node.lineno}: only absolute imports by name are followed")
                for alias in node.names:
                    self._import(str(node.module), alias.name)

    def _import(self, name: str, used: str) -> None:
        if name.partition(".")[0] != PACKAGE:
            return
        for package in _with_packages(name):
            self._load(package)
        if (inner := source_path(self._shared, f"{name}.{used}")) is not None:
            # `from package import module` gives a module away, and with it all of its names.
            self._load(f"{name}.{used}")
            self._use(self._read(inner), _EVERYTHING)
        elif (source := source_path(self._shared, name)) is not None:
            self._use(self._read(source), used)

    def _load(self, name: str) -> None:
        source = source_path(self._shared, name)
        if source is None or name in self._loaded:
            return
        self._loaded.add(name)
        self._run_top_level(self._read(source))

    def _run_top_level(self, module: _Module) -> None:
        self._waiting.extend((module, node) for node in module.top_level)
        # Decorators, defaults and annotations of a function run with the top level; its body does not.
        for function in module.functions.values():
            arguments = function.args
            parts = [*function.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
            self._waiting.extend((module, part) for part in parts)
            if function.decorator_list:  # who decorates may call, register or replace it
                self._use(module, function.name)

    def _use(self, module: _Module, name: str) -> None:
        if name == _EVERYTHING:
            for each in module.functions:
                self._use(module, each)
        elif name in module.functions and (module.path, name) not in self._used:
            self._used.add((module.path, name))
            self._waiting.append((module, module.functions[name]))


def source_path(shared: Path, name: str) -> Path | None:
    """The file of a module below `shared`, None where there is none."""
    path = shared.joinpath(*name.split("."))
    candidates = (path / "__init__.py", path.parent / f"{path.name}.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])

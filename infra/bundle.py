"""Make each function's source archive: the same sources give the same bytes, on any machine.

build/{function}-{sha256}.zip   main.py, requirements.txt and what main.py can reach of the package samo, at the root
build/artefacts.tfvars.json     the SHA-256 of each, as the Terraform variable `artefacts`
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.imports import reached_modules, source_path

FUNCTIONS = ("emotion", "insights", "summarization", "transcription")

# Models come from their bucket. An archive this large has swallowed one.
MAX_BYTES = 60_000_000

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that the format can say
_FILE_MODE = 0o100644
_UNIX = 3


def members(root: Path, function: str) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file, for all that the function's archive holds, in no particular order."""
    folder = root / "functions" / function
    yield "main.py", folder / "main.py"
    yield "requirements.txt", folder / "requirements.txt"
    shared = root / "shared"
    sources = {source_path(shared, module) for module in reached_modules(shared, folder / "main.py")}
    for source in sorted(filter(None, sources)):
        yield source.relative_to(shared).as_posix(), source
        if source.name == "__init__.py":
            for data in sorted(_data_beside(source)):
                yield data.relative_to(shared).as_posix(), data


def _data_beside(package: Path) -> Iterator[Path]:
    """What a package reads as its resources: the files of its folder that are no sources and nobody's droppings."""
    for path in package.parent.iterdir():
        if path.is_file() and path.suffix not in (".py", ".pyc") and not path.name.startswith("."):
            yield path


def archive(root: Path, function: str) -> bytes:
    """The function's source archive.

    Times, permissions and order are fixed. Nothing is compressed, for the output of compressors differs between
    their versions. Raises `FileNotFoundError` for a function without `main.py` or `requirements.txt`.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        for name, path in sorted(members(root, function)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = _UNIX
            info.external_attr = _FILE_MODE << 16
            file.writestr(info, path.read_bytes())
    return buffer.getvalue()


def bundle(root: Path, out: Path) -> dict[str, Path]:
    """Write all archives and the variable file below `out`, in place of earlier ones; each function's archive."""
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    digests = {}
    for function in FUNCTIONS:
        data = archive(root, function)
        if len(data) > MAX_BYTES:
            raise ValueError(f"the archive of {function} has {len(data)} bytes, more than {MAX_BYTES}")
        digests[function] = hashlib.sha256(data).hexdigest()
        for earlier in out.glob(f"{function}-*.zip"):
            earlier.unlink()
        written[function] = out / f"{function}-{digests[function]}.zip"
        written[function].write_bytes(data)
    (out / "artefacts.tfvars.json").write_text(json.dumps({"artefacts": digests}, indent=2) + "\n")
    return written


def main() -> None:
    """Bundle this repository and print each archive's size and SHA-256."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=root / "build", help="folder to write to (default: build)")
    for function, path in bundle(root, parser.parse_args().out).items():
        sha256 = path.stem.removeprefix(f"{function}-")
        sys.stdout.write(f"{function:<14} {path.stat().st_size:>9,} bytes  {sha256}\n")


if __name__ == "__main__":
    main()

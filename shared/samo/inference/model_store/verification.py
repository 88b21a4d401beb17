"""A model file's bytes, held against its manifest while they stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from samo.domain.errors import ModelCorrupt, ModelUnavailable, ObjectNotFound
from samo.inference.model_store.layout import file_name
from samo.inference.model_store.manifest import Manifest, ModelFile
from samo.ports import ObjectStore


def verified_chunks(source: ObjectStore, manifest: Manifest, file: ModelFile) -> Iterator[bytes]:
    """The file's bytes, never more than its manifest says. They may be trusted only once the iterator has ended.

    Raises `ModelUnavailable` when the file is missing, `ModelCorrupt` when its size or SHA-256 is another one than the
    manifest's, and whatever the store raises.
    """
    name = file_name(manifest, file)
    sha256, size = hashlib.sha256(), 0
    try:
        for chunk in source.chunks(name):
            size += len(chunk)
            if size > file.size:
                raise ModelCorrupt(_mismatch(source, name, "more", f"{file.size} bytes"))
            sha256.update(chunk)
            yield chunk
    except ObjectNotFound:
        raise _missing(source, name) from None
    if size < file.size:
        raise ModelCorrupt(_mismatch(source, name, f"{size} bytes", f"{file.size} bytes"))
    if sha256.hexdigest() != file.sha256:
        raise ModelCorrupt(_mismatch(source, name, f"SHA-256 {sha256.hexdigest()[:12]}…", f"{file.sha256[:12]}…"))


def require_sizes(source: ObjectStore, manifest: Manifest) -> None:
    """Raises what `verified_chunks` would for a file that is missing or of another size, before any byte is read."""
    for file in manifest.files:
        name = file_name(manifest, file)
        if (info := source.stat(name)) is None:
            raise _missing(source, name)
        if info.size != file.size:
            found = "more" if info.size > file.size else f"{info.size} bytes"
            raise ModelCorrupt(_mismatch(source, name, found, f"{file.size} bytes"))


def _missing(source: ObjectStore, name: str) -> ModelUnavailable:
    return ModelUnavailable(f"the model file {name} is missing in {source.bucket}; publish the version again")


def _mismatch(source: ObjectStore, name: str, found: str, expected: str) -> str:
    return (
        f"the model file {name} in {source.bucket} has {found} where its manifest says {expected}; "
        "publish the version again"
    )

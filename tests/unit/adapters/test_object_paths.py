"""Object names as paths below a directory."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.adapters.object_paths import folder_prefix, object_name, object_path
from samo.domain.errors import ObjectNameUnsupported

# Names that are likely to collide once they are escaped.
NAMES = st.text(st.sampled_from("ab.%/2F5C0\\\x00\n\x7fé🌙"), min_size=1, max_size=24)


@given(NAMES)
def test_every_name_comes_back_from_its_path(name: str) -> None:
    """Escaping loses nothing, so two names never share a path."""
    assert object_name(object_path(name)) == name


@given(NAMES)
def test_no_path_leaves_the_directory_or_is_hidden(name: str) -> None:
    """Whatever a name says, every part of its path is a plain visible file name."""
    parts = object_path(name).split("/")

    assert all(part and not part.startswith(".") and "\\" not in part and part.isprintable() for part in parts)
    assert not PurePosixPath(object_path(name)).is_absolute()


@given(NAMES, NAMES)
def test_what_lies_in_a_folder_starts_with_the_folders_prefix(folder: str, name: str) -> None:
    """A listing descends by the prefix of a folder and finds every name below it."""
    assert folder_prefix(object_path(folder)) == f"{folder}/"
    assert object_name(f"{object_path(folder)}/{object_path(name)}") == f"{folder}/{name}"


@pytest.mark.parametrize("name", ["ana/2026-07-01 my day.m4a", "日記/día 🌙.opus", "100%.txt", "50% off.txt", "a..b"])
def test_an_ordinary_name_is_its_own_path(name: str) -> None:
    """A person finds the file under the name that was uploaded."""
    assert object_path(name) == name


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (".hidden", "%2Ehidden"),
        ("..", "%2E."),
        ("/absolute", "%2F/absolute"),
        ("folder/", "folder/%2F"),
        ("a\\b", "a%5Cb"),
        ("line\nbreak", "line%0Abreak"),
        ("%41", "%2541"),
    ],
)
def test_what_a_file_system_would_take_otherwise_is_escaped(name: str, path: str) -> None:
    """Dots in front, empty parts, backslashes, control characters and look-alikes of an escape."""
    assert object_path(name) == path


@pytest.mark.parametrize("path", [".DS_Store", "ana/.part", "%41.txt", "back%5cslash", "%2F/../x", "bad \udc80 bytes"])
def test_a_path_that_no_object_has_is_no_object(path: str) -> None:
    """Hidden files, and names that only look like escaped ones, are not listed."""
    assert object_name(path) is None


@pytest.mark.parametrize("name", ["é" * 128, "\x01" * 86], ids=["256 bytes", "258 bytes once escaped"])
def test_a_part_longer_than_a_file_name_is_refused(name: str) -> None:
    """255 bytes is what file systems hold."""
    with pytest.raises(ObjectNameUnsupported, match="255 bytes"):
        object_path(f"ana/{name}")

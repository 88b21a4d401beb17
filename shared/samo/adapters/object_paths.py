"""Object names as paths below a directory, and back: readable, reversible, and unable to leave the directory."""

from __future__ import annotations

import re

from samo.domain.errors import ObjectNameUnsupported

MAX_NAME_BYTES = 1_024
MAX_COMPONENT_BYTES = 255

# A percent sign stands for itself unless what follows would read as an escape.
_TO_ESCAPE = re.compile(r"^\.|[\x00-\x1f\x7f\\]|%(?=[0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-F]{2})")

# No component can hold a slash, so the escaped slash alone is free to stand for the empty component.
_EMPTY = "%2F"


def check_object_name(name: str) -> None:
    """Raise `ObjectNameUnsupported` unless this is 1 to 1,024 bytes of Unicode text."""
    if not name:
        raise ObjectNameUnsupported("an object name cannot be empty")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise ObjectNameUnsupported("the object name is not Unicode text") from None
    if size > MAX_NAME_BYTES:
        raise ObjectNameUnsupported(f"the object name has {size} bytes, more than {MAX_NAME_BYTES}")


def object_path(name: str) -> str:
    """The relative path of an object. Raises `ObjectNameUnsupported`; the name of every other object is kept as it is.

    Leading dots, backslashes, control characters and look-alikes of an escape become `%XX`; an empty component `%2F`.
    """
    check_object_name(name)
    components = [_escape(component) for component in name.split("/")]
    if max(len(component.encode()) for component in components) > MAX_COMPONENT_BYTES:
        raise ObjectNameUnsupported(f"a part of {name} has more than {MAX_COMPONENT_BYTES} bytes, too long for a file")
    return "/".join(components)


def object_name(path: str) -> str | None:
    """The object at a relative path, or None where no object's path looks like this, as for a hidden file."""
    name = "/".join(_unescape(component) for component in path.split("/"))
    try:
        return name if object_path(name) == path else None
    except ObjectNameUnsupported:
        return None


def folder_prefix(path: str) -> str | None:
    """What the names of all objects below a directory start with, or None where no object can lie."""
    return object_name(f"{path}/{_EMPTY}")


def _escape(component: str) -> str:
    return _TO_ESCAPE.sub(lambda match: f"%{ord(match[0]):02X}", component) or _EMPTY


def _unescape(component: str) -> str:
    return "" if component == _EMPTY else _ESCAPE.sub(lambda match: chr(int(match[1], 16)), component)

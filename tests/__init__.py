"""Imported ahead of every test, and with it `samo`: tests that use ONNX Runtime directly send no reports either."""

import samo  # noqa: F401

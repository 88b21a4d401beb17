"""Why the local stack cannot run, and what to do."""

from __future__ import annotations

from samo.domain.errors import SamoError


class LocalStackError(SamoError):
    """The local stack cannot run."""

    code = "local_stack"


class EmulatorMissing(LocalStackError):
    """The Pub/Sub emulator, or the Java that runs it, is not installed. The message says what to install."""

    code = "emulator_missing"


class ProcessFailed(LocalStackError):
    """A process of the stack ended, or did not become ready in time. The message ends with the end of its log."""

    code = "process_failed"

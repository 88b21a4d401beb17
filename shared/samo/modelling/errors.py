"""Why a build or an evaluation was refused, whatever the model."""

from __future__ import annotations

from samo.domain.errors import SamoError


class DatasetInvalid(SamoError):
    """A data file cannot be used; the message names the file, the line and the reason, never the text of the row."""

    code = "dataset_invalid"


class BuildConfigInvalid(SamoError):
    """The configuration file does not describe a build; the message names the file and the field."""

    code = "build_config_invalid"


class GateFailed(SamoError):
    """The model may not be published; the message lists every limit that it broke."""

    code = "gate_failed"

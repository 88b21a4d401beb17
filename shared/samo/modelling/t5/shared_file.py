"""Writing `shared.bin`: tables that the runtime looks up, some of which a graph multiplies by as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnx
from onnx import TensorProto, external_data_helper

from samo.inference.t5.description import SHARED_FILE

Tables = dict[str, npt.NDArray[Any]]

# What memory maps want tables to be aligned to.
PAGE = 4096


def write_shared(directory: Path, tables: Tables) -> dict[str, int]:
    """Write the tables; name → offset in bytes."""
    offsets: dict[str, int] = {}
    with (directory / SHARED_FILE).open("wb") as file:
        for name, table in tables.items():
            file.write(b"\0" * (-file.tell() % PAGE))
            offsets[name] = file.tell()
            file.write(table.tobytes())
    return offsets


def point_into_shared(model: onnx.ModelProto, tables: Tables, offsets: Mapping[str, int]) -> None:
    """Let weights of the tables' names refer to the file instead of holding the bytes."""
    for weight in model.graph.initializer:
        if weight.name in offsets:
            length = tables[weight.name].nbytes
            external_data_helper.set_external_data(weight, SHARED_FILE, offset=offsets[weight.name], length=length)
            weight.ClearField("raw_data")
            weight.data_location = TensorProto.EXTERNAL

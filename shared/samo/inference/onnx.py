"""ONNX Runtime on the CPU: how a session is built and fed, decided once for all models."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoModel,
    NoSuchFile,
    NotImplemented,  # noqa: A004  (the runtime's name for an operator set that it does not know)
    RuntimeException,
)

from samo.domain.errors import ModelCorrupt

RUNTIME_ERRORS = (
    Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoModel, NoSuchFile, NotImplemented, RuntimeException,
)  # fmt: skip


class OnnxModel:
    """One graph, ready to run; safe to share among threads. `threads` is the number of vCPUs that are ours.

    The graph is expected to be optimised when it is published, so it runs as it is: optimising here would be paid on
    every cold start. Raises `ModelCorrupt` when the file is no model for this runtime or asks for other `inputs`.
    """

    def __init__(self, path: Path, *, inputs: Collection[str], output: str, threads: int) -> None:
        self._output = output
        self._session = open_session(path, threads)
        self._inputs = [declared.name for declared in self._session.get_inputs()]
        if unknown := sorted(set(self._inputs) - set(inputs)):
            raise ModelCorrupt(f"{path.name} expects inputs that nobody gives it: {', '.join(unknown)}")
        if output not in (declared.name for declared in self._session.get_outputs()):
            raise ModelCorrupt(f"{path.name} has no output named {output}")

    def run(self, **inputs: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The output for these inputs, of which the graph is fed those that it declares."""
        (result,) = self._session.run([self._output], {name: inputs[name] for name in self._inputs})
        return np.asarray(result, dtype=np.float32)


def open_session(path: Path, threads: int, *, arena: bool = True) -> onnxruntime.InferenceSession:
    """A session on the CPU for a graph that is optimised already. Raises `ModelCorrupt` for what is no such graph.

    Without `arena`, every tensor is freed as soon as it was used: for graphs whose inputs grow with each call, of which
    the arena would keep a copy of every size.
    """
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = options.enable_mem_pattern = arena
    # Left to itself, the runtime pins threads to all physical cores and fails where a container owns fewer.
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A spinning thread burns the quota that the working one needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except RUNTIME_ERRORS as error:
        raise ModelCorrupt(
            f"{path.name} is no model that ONNX Runtime {onnxruntime.__version__} can load "
            f"({type(error).__name__}); publish the version again or point the channel at another one"
        ) from error

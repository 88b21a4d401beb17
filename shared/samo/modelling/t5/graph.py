"""Writing an ONNX graph node by node, with the operators that ONNX Runtime would fuse it into, fused already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from samo.modelling.t5.quantisation import block_for, by_blocks, by_columns

Precision = Literal["float32", "columns", "blocks"]
"""How a product's weight is kept: `columns` is fast for many rows (the encoder), `blocks` for few (the decoder)."""

FUSED = "com.microsoft"
# What ONNX Runtime 1.27, the oldest that the package accepts, can load.
OPSET, IR_VERSION = 18, 10


class Graph:
    """Nodes and weights in the order they are added; every method returns the name of what it computes."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def constant(self, value: npt.NDArray[Any]) -> str:
        """A small tensor, stored once however often it is asked for."""
        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self._constants:
            self._constants[key] = self.weight(f"constant_{len(self._constants)}", value)
        return self._constants[key]

    def integers(self, *values: int) -> str:
        """A constant int64 vector."""
        return self.constant(np.array(values, dtype=np.int64))

    def weight(self, name: str, value: npt.NDArray[Any]) -> str:
        """A tensor of the model, under its name."""
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        (name,) = self.ops(kind, *inputs, outputs=[output or f"{kind}_{len(self._nodes)}"], domain=domain, **attributes)
        return name

    def ops(
        self, kind: str, *inputs: str, outputs: Sequence[str], domain: str = "", **attributes: Any
    ) -> Sequence[str]:
        """A node with several outputs; one that is not wanted is named by an empty string."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs

    def fused(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """A node of ONNX Runtime's own operators."""
        return self.op(kind, *inputs, output=output, domain=FUSED, **attributes)

    def product(
        self, x: str, weight: npt.NDArray[np.float32], name: str, precision: Precision, output: str | None = None
    ) -> str:
        """`x @ weight` with weight [in, out]; in float32 where no block divides `in`."""
        inner, outer = weight.shape
        block = block_for(inner)
        if precision == "columns":
            columns = by_columns(weight)
            scales, zeros = self.weight(f"{name}.scales", columns.scales), np.zeros(outer, dtype=np.int8)
            return self.fused(
                "DynamicQuantizeMatMul", x, self.weight(name, columns.values), scales,
                self.weight(f"{name}.zeros", zeros), output=output,
            )  # fmt: skip
        if precision == "blocks" and block is not None:
            blocks = by_blocks(weight, block)
            values, scales = self.weight(name, blocks.values), self.weight(f"{name}.scales", blocks.scales)
            return self.blocks_product(x, values, scales, inner, outer, block, output)
        return self.op("MatMul", x, self.weight(name, weight), output=output)

    def blocks_product(
        self, x: str, values: str, scales: str, inner: int, outer: int, block: int, output: str | None = None
    ) -> str:
        """`x @ weight` of a weight that is there in blocks. Level 4 multiplies in INT8; others are 100 times slower."""
        return self.fused(
            "MatMulNBits", x, values, scales, output=output,
            K=inner, N=outer, bits=8, block_size=block, accuracy_level=4,
        )  # fmt: skip

    def dimension(self, x: str, axis: int) -> str:
        """The size of one dimension of `x`, as an int64 vector of one."""
        return self.op("Shape", x, start=axis, end=axis + 1)

    def model(self, inputs: Sequence[onnx.ValueInfoProto], outputs: Sequence[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """All of it as a model."""
        graph = helper.make_graph(self._nodes, "t5", inputs, outputs, self._weights)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def floats(name: str, shape: Sequence[str | int]) -> onnx.ValueInfoProto:
    """A float32 input or output; named dimensions are free."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

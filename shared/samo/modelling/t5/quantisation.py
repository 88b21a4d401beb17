"""float32 weights → the two INT8 layouts that ONNX Runtime has fast products for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

BLOCK = 128
"""Values that share a scale in `MatMulNBits`, where the row length allows it."""

SEVEN_BITS = 64
EIGHT_BITS = 128


class Columns(NamedTuple):
    """`(x @ values) * scales` is the product: int8 values [in, out], float32 scales [out]."""

    values: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]


class Blocks(NamedTuple):
    """`(values - 128) * scales` is the transposed weight: uint8 values [out, blocks, block], scales [out, blocks]."""

    values: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float32]


def by_columns(weight: npt.NDArray[np.float32]) -> Columns:
    """Quantise [in, out] with one scale per column and 7 bits.

    `DynamicQuantizeMatMul` multiplies by unsigned 8-bit activations. On a CPU without VNNI it adds two such products
    in 16 bits: 2 * 255 * 64 fits, 2 * 255 * 127 would saturate in silence. Results are thus the same on every CPU.
    """
    scales = (np.abs(weight).max(axis=0) / SEVEN_BITS).astype(np.float32)
    scales[scales == 0] = 1
    return Columns(np.rint(weight / scales).astype(np.int8), scales)


def by_blocks(weight: npt.NDArray[np.float32], block: int) -> Blocks:
    """Quantise [in, out] with one scale per `block` values of a column and 8 bits. `block` divides in."""
    inner, outer = weight.shape
    rows = np.ascontiguousarray(weight.T).reshape(outer, inner // block, block)
    places = np.abs(rows).argmax(axis=2, keepdims=True)
    # The largest value becomes -128, whatever its sign: one step more than 127 on both sides.
    scales = (np.take_along_axis(rows, places, axis=2)[..., 0] / -EIGHT_BITS).astype(np.float32)
    scales[scales == 0] = 1
    values = np.rint(rows / scales[..., np.newaxis]) + EIGHT_BITS
    return Blocks(np.clip(values, 0, 2 * EIGHT_BITS - 1).astype(np.uint8), scales)


def block_for(inner: int) -> int | None:
    """The largest block that divides a row of this length; None where there is none that the runtime knows."""
    return next((block for block in (BLOCK, 64, 32, 16) if inner % block == 0), None)

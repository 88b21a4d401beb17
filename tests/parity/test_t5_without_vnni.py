"""INT8 on a CPU without VNNI: the same products on an emulated one, where Debian's `qemu-user` is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from samo.inference.t5.graphs import T5Graphs
from tests.unit.inference.t5.given_t5 import VARIANTS, write_version

EMULATOR = shutil.which("qemu-x86_64")
# AVX2, and neither AVX-512 nor VNNI: two products of 8 bits are added in 16 bits.
CPU = "Haswell"

pytestmark = pytest.mark.skipif(EMULATOR is None, reason="needs qemu-x86_64 (Debian: apt-get install qemu-user)")

# The largest activations against the largest weights, most of one sign: what saturates if anything does.
PRODUCTS = """
import sys
import numpy as np, onnxruntime
from samo.modelling.t5 import quantisation
from samo.modelling.t5.graph import Graph, floats
precision, quantisation.SEVEN_BITS = sys.argv[1], int(sys.argv[2])
source = np.random.default_rng(0)
weight = np.where(source.random((256, 96)) < 0.9, 1, -0.3).astype(np.float32)
worst = 0.0
for rows in (1, 4, 64):
    x = np.abs(source.standard_normal((1, rows, 256), dtype=np.float32)) + 5
    graph = Graph()
    graph.product("x", weight, "w", precision, output="y")
    model = graph.model([floats("x", [1, "rows", 256])], [floats("y", [1, "rows", 96])])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (y,) = session.run(["y"], {"x": x})
    worst = max(worst, float(np.linalg.norm(y - x @ weight) / np.linalg.norm(x @ weight)))
print(worst)
"""

LOGITS = """
import json, sys
from pathlib import Path
import numpy as np
from samo.inference.t5.graphs import T5Graphs
decoder = T5Graphs(Path(sys.argv[1]), threads=1).start([json.loads(sys.argv[2])], beams=1)
print(json.dumps([decoder.next_logits(np.array([token]))[0].tolist() for token in (0, 7, 9)]))
"""


def emulated(script: str, *arguments: str) -> str:
    """What the script prints on such a CPU."""
    python = Path(sys.executable).resolve()
    return subprocess.run(
        [str(EMULATOR), "-cpu", CPU, str(python), "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("precision", ["columns", "blocks"])
def test_no_product_saturates(precision: str) -> None:
    """The worst products there are differ from float32 by quantisation's rounding alone."""
    assert float(emulated(PRODUCTS, precision, "64")) < 0.001


def test_columns_of_eight_bits_would_saturate() -> None:
    """The reason for seven, and the proof that the emulated CPU would show it."""
    assert float(emulated(PRODUCTS, "columns", "127")) > 0.1


@pytest.mark.parametrize("name", ["relu-tied", "gated-untied"])
def test_logits_are_the_same_without_vnni(tmp_path: Path, name: str) -> None:
    """To rounding in float32: no product saturates, neither in the encoder nor in the decoder's blocks."""
    variant = VARIANTS[name]
    directory = write_version(tmp_path / "version", variant, quantised=True)
    document = [*variant.inputs()[1], 1]
    decoder = T5Graphs(directory, threads=1).start([document], beams=1)
    expected = [decoder.next_logits(np.array([token]))[0] for token in (0, 7, 9)]

    printed = emulated(LOGITS, str(directory), json.dumps(document))

    np.testing.assert_allclose(json.loads(printed), expected, rtol=0.0, atol=1e-3)

"""SAMO: a recording goes in; its transcript, the emotions in it over time and a summary come out."""

import os

# ONNX Runtime 1.31 reports to its vendor and writes into the user's cache, unless told otherwise before its first
# import; faster-whisper's VAD imports it, too. Here, for this file runs before every other one of the package. A plain
# assignment: nobody's environment turns the reports on again.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"

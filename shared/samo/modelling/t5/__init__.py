"""T5 from a checkpoint to a published version in INT8, with numpy and onnx alone."""

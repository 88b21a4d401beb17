"""T5 with onnxruntime, tokenizers and numpy alone: text in, generated text out."""

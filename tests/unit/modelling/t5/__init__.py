"""T5 from a checkpoint to a published version, on random weights."""

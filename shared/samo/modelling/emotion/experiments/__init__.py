"""Which technique helps: each one alone against the same baseline, on the same rows, over the same seeds."""

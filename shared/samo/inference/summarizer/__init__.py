"""Summaries of an entry: the emotional core, taken from its own sentences."""

"""Summaries of an entry: its emotional core in its own sentences, or a text that a model writes and rules check."""

"""Ports in memory. Each keeps state that a test can look at; none checks how it was called."""

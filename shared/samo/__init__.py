"""SAMO: a recording goes in; its transcript, the emotions in it over time and a summary come out."""

__version__ = "0.1.0"

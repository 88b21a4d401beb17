"""SAMO: serverless voice-journal intelligence. A recording goes in; transcript, emotions over time and a summary come out."""

__version__ = "0.1.0"

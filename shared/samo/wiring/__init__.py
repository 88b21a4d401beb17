"""Composition root: settings → adapters → stage. The only package that knows both sides; adapters load on demand."""

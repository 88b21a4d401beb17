"""The functions' archives, each unpacked into an environment of its own, as Cloud Functions does it."""

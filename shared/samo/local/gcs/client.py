"""The official client, pointed at a server of this machine without touching the environment."""

from __future__ import annotations

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client


def local_client(url: str) -> Client:
    """A client of the Cloud Storage server at `url`."""
    return Client(project="local", credentials=AnonymousCredentials(), client_options={"api_endpoint": url})

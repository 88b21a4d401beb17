"""A Cloud Storage server for one machine: the JSON API over HTTP, as far as the official client speaks it here."""

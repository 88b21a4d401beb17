"""The ports on real things: Cloud Storage and Pub/Sub, or a directory and this process."""

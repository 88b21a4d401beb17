"""The cloud on one machine: Google's Pub/Sub emulator, a Cloud Storage server and the four functions as processes."""

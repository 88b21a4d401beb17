"""The `samo` command."""

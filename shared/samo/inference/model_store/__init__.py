"""The model store: what is published, which version serves an entry, its files verified, its session built once."""

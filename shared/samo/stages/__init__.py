"""Use cases over ports: what each stage does, free of any cloud."""

"""How good summaries are, and the simple summarizers that ours must beat."""

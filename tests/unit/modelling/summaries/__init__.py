"""How summaries are judged, and the summarizers that ours is compared with."""

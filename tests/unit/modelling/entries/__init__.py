"""Ways from sentences to entries: each by hand, how they are judged, and what is said of them."""

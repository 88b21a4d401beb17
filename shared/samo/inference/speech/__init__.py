"""Speech: a recording decoded within bounds, the stretches in which somebody speaks, and the engines."""

"""What SAMO exports and runs, against the reference implementations. Needs the `modelling` extra."""

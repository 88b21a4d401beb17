"""T5 at run time, on random weights that the parity tests run in the reference implementation, too."""

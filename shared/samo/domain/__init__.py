"""Records and rules: what a recording, transcript, reading, summary and insight is. No I/O."""

"""How many words a speech engine gets wrong."""

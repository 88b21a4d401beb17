"""How an entry's emotions should follow from those of its sentences: ways to do it, held against labelled entries."""

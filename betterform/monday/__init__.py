"""Everything that knows the word "board"."""

"""What the readers make of files whose text is known: character by character, and box by box."""

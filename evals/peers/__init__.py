"""Other systems on the same questions: each in its own environment, as its tutorial builds it and at its best for
Chinese."""

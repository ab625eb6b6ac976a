"""How heavy, how quick and how smooth the pages are, in a real browser."""

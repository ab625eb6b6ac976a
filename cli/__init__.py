"""The command `kb`: what a terminal asks of the packages below. Nothing imports this package."""

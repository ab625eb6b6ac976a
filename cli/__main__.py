"""`python -m cli` is `kb`, for whoever starts it by an interpreter."""

from cli.main import main

main()

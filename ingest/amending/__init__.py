"""Amending decisions: read into operations (`operations`), applied to the text that they change (`consolidation`)."""

"""Reports of records: one self-contained HTML file, Markdown, JSON."""

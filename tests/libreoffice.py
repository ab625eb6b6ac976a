"""Files that a real LibreOffice makes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

# LibreOffice is no Python package: `make test` installs it on Debian as root, elsewhere it says what to install and
# these are skipped.
office = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice: make office")


def converted(source: Path, folder: Path, target: str, suffix: str = "", *options: str) -> Path:
    """Convert a file into `folder`, where the profile lies too, so that runs side by side do not meet; `target` is a
    suffix without its dot, or suffix and filter as LibreOffice takes them, and then `suffix` says what the file is
    called."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *options, "--convert-to", target,
         "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return folder / f"{source.stem}{suffix or '.' + target}"

"""Files that a real LibreOffice makes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

# LibreOffice is no Python package: `make test` installs it on Debian as root, elsewhere it says what to install and these are skipped.
office = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice: make office")


def converted(source: Path, folder: Path, suffix: str) -> Path:
    """Convert a file into `folder`; the profile lies there too, so that runs side by side do not meet."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", suffix,
         "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return folder / f"{source.stem}.{suffix}"

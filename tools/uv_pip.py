"""`uv pip` with pip's settings: an index behind a mirror, its certificate, no index at all.

uv installs ten times faster than pip and reads neither pip.conf nor PIP_*. So pip is asked what is set, by
`pip config list`, and uv is told by its own variables. What is set for uv itself wins.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_SECTIONS = ("global", "install", ":env:")
"""Where pip looks, the last word last."""

_BY_NAME = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
_SEPARATORS = {"UV_FIND_LINKS": ","}
_TRUE = ("1", "true", "yes", "on", "y", "t")


def pip_settings(listed: str) -> dict[str, str]:
    """Read the lines of `pip config list`, such as global.index-url='https://mirror/simple'."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {name: value for section in _SECTIONS for name, value in found[section].items()}


def uv_settings(pip: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that make uv look where pip looks."""
    settings = {}
    for name, variable in _BY_NAME.items():
        words = pip.get(name, "").split()
        if words:
            settings[variable] = _SEPARATORS.get(variable, " ").join(words)
    if "UV_INDEX" in settings:
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip does: the best of all indexes
    return settings


def uv_options(pip: Mapping[str, str]) -> list[str]:
    """Give the options for what uv has no variable for."""
    return ["--no-index"] if pip.get("no-index", "").lower() in _TRUE else []


def main() -> None:
    """Become `uv pip COMMAND ARGUMENTS`."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    uv = str(Path(sys.executable).parent / "uv")
    pip = pip_settings(listed)
    command, *arguments = sys.argv[1:]
    os.execve(uv, [uv, "pip", command, *uv_options(pip), *arguments], uv_settings(pip) | dict(os.environ))


if __name__ == "__main__":
    main()

"""A folder with weights that ship with the library: `config.json` says its format and the checksum of every file.

What is missing, damaged or of another format is an error of the kind that the caller gives, and names file and remedy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.errors import KnowledgeBaseError

CONFIG = "config.json"


def read_config(folder: Path, expected: str, error: type[KnowledgeBaseError]) -> dict[str, Any]:
    """Read `config.json` of a folder in the format `expected`."""
    path = folder / CONFIG
    try:
        config = json.loads(path.read_text("utf-8"))
    except OSError as reason:
        raise error.of("model_config_unreadable", file=path, cause=reason.strerror or reason) from reason
    except ValueError as reason:
        raise error.of("model_config_not_json", file=path, cause=reason) from reason
    if not isinstance(config, dict) or config.get("format") != expected:
        found = config.get("format") if isinstance(config, dict) else None
        raise error.of("model_other_format", file=path, found=found, wanted=expected)
    return config


def check_file(path: Path, expected: object, error: type[KnowledgeBaseError]) -> str:
    """Give the checksum of a file, which has to be `expected`."""
    found = checksum(path, error)
    if found != expected:
        raise error.of("model_weights_damaged", file=path, found=found[:12], wanted=str(expected)[:12])
    return found


def checksum(path: Path, error: type[KnowledgeBaseError]) -> str:
    """Give the SHA-256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as reason:
        raise error.of("model_weights_unreadable", file=path, cause=reason.strerror or reason) from reason


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write `config.json`."""
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")

"""What `deploy/` and docs/operations.md tell is so: settings and options exist, and the proxy lets through what the
service takes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from indexing import ROOT

from ingest.settings import Settings
from service.guards import UPLOAD_LIMIT

Command = Callable[..., subprocess.CompletedProcess[str]]
DEPLOY = ROOT / "deploy"
FILES = [*sorted(DEPLOY.iterdir()), ROOT / "docs" / "operations.md"]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", *(str(path.relative_to(ROOT)) for path in FILES)])
def test_every_setting_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"\bKB_([A-Z_]+)\b", (ROOT / name).read_text("utf-8")))
    assert named <= {one.upper() for one in Settings.model_fields}


def test_every_option_of_serve_that_is_given_exists(kb_command: Command) -> None:
    help_ = kb_command("serve", "--help").stdout
    text = "".join(path.read_text("utf-8") for path in FILES)
    given = {option for line in re.findall(r"serve[\"', ]+(--.*)", text) for option in re.findall(r"--[a-z]+", line)}
    assert given == {"--host", "--port", "--workers"}
    assert all(option in help_ for option in given)


def test_the_proxy_takes_what_the_service_takes_and_tells_who_asks() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    size = re.search(r"client_max_body_size (\d+)m;", text)
    assert size and int(size[1]) * 2**20 == UPLOAD_LIMIT
    for header in (
        "Host $http_host",
        "X-Forwarded-For $remote_addr",
        "X-Forwarded-Proto $scheme",
        "X-Request-ID $request_id",
        'traceparent ""',
    ):
        assert f"proxy_set_header {header};" in text


def test_the_unit_starts_what_is_installed_where_operations_says() -> None:
    unit, operations = (DEPLOY / "kb.service").read_text("utf-8"), (ROOT / "docs" / "operations.md").read_text("utf-8")
    folder = re.search(r"^WorkingDirectory=(.+)$", unit, re.MULTILINE)
    assert folder and f"install.sh {folder[1]} " in operations
    assert f"\nExecStart={folder[1]}/.venv/bin/kb serve " in unit
    index = re.search(r"^Environment=KB_INDEX_DIR=(.+)$", unit, re.MULTILINE)
    assert index and f"env KB_INDEX_DIR={index[1]} .venv/bin/kb ingest" in unit


def test_a_container_that_cannot_write_byte_code_has_it_already() -> None:
    container = (DEPLOY / "Containerfile").read_text("utf-8")
    assert container.index("python -m compileall") < container.index("PYTHONDONTWRITEBYTECODE=1")


def test_nothing_runs_as_root_or_writes_beside_its_folder() -> None:
    unit, container = ((DEPLOY / name).read_text("utf-8") for name in ("kb.service", "Containerfile"))
    assert re.search(r"^User=kb$", unit, re.MULTILINE) and "ProtectSystem=strict" in unit
    assert (
        re.search(r"^USER kb$", container, re.MULTILINE) and "--read-only" in container and "HEALTHCHECK" in container
    )

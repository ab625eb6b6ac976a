"""What `make` installs, and from where: uv looks where pip is told to look, and serving gets no PyTorch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from uv_pip import pip_settings, uv_options, uv_settings

ROOT = Path(__file__).resolve().parent.parent


def test_a_mirror_its_certificate_and_its_host_are_taken_over() -> None:
    listed = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'\n"
        "global.cert='/etc/ssl/mirror.pem'\nglobal.trusted-host='mirror.example'\nglobal.timeout='60'\n"
    )
    assert uv_settings(pip_settings(listed)) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/ssl/mirror.pem",
        "UV_INSECURE_HOST": "mirror.example",
        "UV_HTTP_TIMEOUT": "60",
    }


def test_a_folder_of_wheels_takes_the_place_of_every_index() -> None:
    pip = pip_settings(":env:.no-index='1'\n:env:.find-links='/wheels /more'\n")
    assert uv_options(pip) == ["--no-index"] and uv_settings(pip) == {"UV_FIND_LINKS": "/wheels,/more"}


def test_the_environment_wins_over_the_file_as_with_pip() -> None:
    assert pip_settings("global.index-url='a'\ninstall.index-url='b'\n:env:.index-url='c'\n")["index-url"] == "c"
    assert uv_options(pip_settings("global.no-index='false'\n")) == []


def test_what_pip_lists_is_what_is_read() -> None:
    environment = os.environ | {"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_CONFIG_FILE": os.devnull}
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert uv_settings(pip_settings(listed))["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_what_serving_needs_is_without_torch_and_is_part_of_what_the_tests_need() -> None:
    serving, everything = (
        set((ROOT / name).read_text("utf-8").split()) for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert serving < everything
    assert {line.partition("==")[0] for line in everything - serving} >= {"torch", "sentence-transformers", "pytest"}
    assert not {"torch", "transformers", "pytest"} & {line.partition("==")[0] for line in serving}


def test_make_run_installs_no_more_than_serving_needs() -> None:
    planned = subprocess.run(
        ["make", "--dry-run", "--always-make", "run"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "-r requirements.lock" in planned and "requirements-dev.lock" not in planned and "torch" not in planned

"""Without any network: everything runs in a network namespace that has no route, and what was packed elsewhere is
installed there."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import wheels
from indexing import ROOT

NO_ROUTE = ("unshare", "--user", "--map-root-user", "--net")
# A kernel, or the container that CI runs in, may keep namespaces to itself, and nothing that is installed changes that.
needs_a_namespace = pytest.mark.skipif(
    subprocess.run([*NO_ROUTE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this kernel lends no network namespace to its users (`unshare --user --net`)",
)

ALONE = """
import errno, fcntl, json, socket, struct, subprocess, sys
from pathlib import Path
import httpx
from ingest.settings import Settings
from service.server import serving

documents, small, corpus = map(Path, sys.argv[1:])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:  # a new namespace has its loopback down: SIOCSIFFLAGS, IFF_UP
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh14x", b"lo", 1))
    try:
        lo.connect(("192.0.2.1", 80))
        sys.exit("there is a route")
    except OSError as error:
        assert error.errno == errno.ENETUNREACH, error

def kb(*arguments):
    done = subprocess.run([sys.executable, "-m", "cli", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout

kb("ingest", documents, "--index", small, "--disclosure", "public")
assert "三元" in kb("ask", "年满七十周岁的老年人每餐补贴多少元？", "--as-of", "2032-01-01", "--index", small)
assert json.loads(kb("eligibility", "--text", "我72岁，杭州户口", "--json", "--index", corpus))["benefits"]
with serving(Settings(index_dir=corpus)) as url, httpx.Client(base_url=url, timeout=120) as client:
    assert client.get("/readyz").json()["status"] == "ready"
    assert client.post("/api/ask", json={"question": "老年人用餐有什么优惠？"}).json()["citations"]
    assert client.post("/api/eligibility", json={"text": "我72岁"}).json()["benefits"]
    first = client.get("/api/documents").json()["items"][0]["doc_id"]
    for page in ("/", "/eligibility", "/documents", f"/documents/{first}", "/staff"):
        shown = client.get(page)
        assert shown.status_code == 200 and "<html" in shown.text, page
"""


@needs_a_namespace
def test_documents_questions_benefits_and_pages_need_no_network(
    small_folder: Path, corpus_index: Path, tmp_path: Path
) -> None:
    command = [*NO_ROUTE, sys.executable, "-c", ALONE, small_folder, tmp_path / "index", corpus_index]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


BACKEND = """
import zipfile
def write(folder, name, module):
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", module)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return f"{name}-1.0-py3-none-any.whl"
def build_wheel(folder, config_settings=None, metadata_directory=None):
    return write(folder, "canteen", "import meals")
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "canteen"
version = "1.0"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs one wheel and whose own is written without any build tool."""
    folder = tmp_path / "project"
    (folder / "corpus").mkdir(parents=True)
    (folder / "corpus" / "rule.md").write_text("规定", "utf-8")
    (folder / "backend.py").write_text(BACKEND, "utf-8")
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    (folder / wheels.LOCK).write_text("meals==1.0\n", "utf-8")
    built = subprocess.run(
        [sys.executable, "-c", f"{BACKEND}\nwrite('.', 'meals', '')"], cwd=tmp_path, capture_output=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return folder


@needs_a_namespace
def test_what_was_packed_is_installed_where_there_is_no_network(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheels.pack(project, tmp_path / "offline.tar")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with tarfile.open(tmp_path / "offline.tar") as tar:
        tar.extractall(tmp_path / "there", filter="data")
    script = tmp_path / "there" / "offline" / "install.sh"
    for _ in ("first", "again"):
        installed = subprocess.run(
            [*NO_ROUTE, "env", f"PYTHON={sys.executable}", "sh", script, tmp_path / "srv"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert installed.returncode == 0, installed.stderr
    subprocess.run([tmp_path / "srv" / ".venv" / "bin" / "python", "-c", "import canteen, meals"], check=True)
    assert (tmp_path / "srv" / "corpus" / "rule.md").exists()


def test_a_machine_with_another_python_is_told_which_is_wanted(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_text(wheels._INSTALL.format(name="n", version="1", python="3.9", lock="l", carried=""), "utf-8")
    refused = subprocess.run(
        ["env", f"PYTHON={sys.executable}", "sh", script, tmp_path / "srv"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1 and "Python 3.9" in refused.stderr and not (tmp_path / "srv").exists()

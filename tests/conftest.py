"""What many tests share: the corpus indexed once, documents made from text, the command line as its user has it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from indexing import CORPUS, ROOT, KnowledgeBaseOf, index_folder
from served_texts import staff_token

from ingest.settings import Settings
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from service.server import serving

# Tests speak to loopback alone; a proxy that the environment names would be asked for it too.
for _name in ("all_proxy", "http_proxy", "https_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of corpus/, built once; tests that change an index copy it or build their own."""
    index_dir = tmp_path_factory.mktemp("corpus") / "index"
    index_folder(CORPUS, index_dir)
    return index_dir


@pytest.fixture(scope="session")
def corpus(corpus_index: Path) -> KnowledgeBase:
    return KnowledgeBase.open(corpus_index, open_encoder())


@pytest.fixture(scope="session")
def personal(corpus_index: Path) -> KnowledgeBase:
    """The corpus with its benefits, which answers with verdicts too."""
    return KnowledgeBase.open(corpus_index, open_encoder(), benefits=CORPUS / "benefits")


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    """A service with the `settings` of the module that asks for it."""
    with serving(settings) as url:
        yield url


@pytest.fixture(scope="module")
def token(settings: Settings) -> str:
    """The staff token of that service."""
    return staff_token(settings)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own on loopback, run by somebody who is not root."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        # A server of Debian: `make test` installs it as root, elsewhere it says what to install; SQLite is tested
        # always.
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = tmp_path_factory.mktemp("postgres")
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
        for parent in (folder, *folder.parents):  # pytest's folders are for their owner alone
            if parent.stat().st_mode & 0o005 == 0o005:
                break
            parent.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    command = [programs[-1], "-D", data, "-A", "trust", "-U", "kb", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run(command, user=user, check=True, capture_output=True, cwd=folder)
    options = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"]
    server = subprocess.Popen(
        [programs[-1].with_name("postgres"), *options], user=user, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            ready = [programs[-1].with_name("pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://kb@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def build(tmp_path: Path) -> KnowledgeBaseOf:
    """Build a knowledge base of texts, each under its name."""

    def from_texts(**texts: str) -> KnowledgeBase:
        folder = tmp_path / "documents"
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, "utf-8")
        index_folder(folder, tmp_path / "index")
        return KnowledgeBase.open(tmp_path / "index", open_encoder())

    return from_texts


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """A folder of three short documents: a regulation, a response, and one for officials only."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "measures.txt").write_text(
        "长者食堂管理办法\n文号：测政发〔2031〕7号\n成文日期：2031年4月2日\n"
        "第一条　为了方便老年人就餐，制定本办法。\n"
        "第二条　年满七十周岁的老年人每餐补贴三元。\n街道可以提高补贴。\n"
        "第三条　食堂应当做到：\n（一）公示菜价；\n（二）留样四十八小时。\n",
        encoding="utf-8",
    )
    (folder / "lift.txt").write_text(
        "一、加装电梯\n（一）补助标准\n1.每台电梯补助二十万元。\n2.管线迁移费用另行补助。\n二、办理时限\n自受理之日起十五个工作日内办结。\n",
        encoding="utf-8",
    )
    (folder / "internal.txt").write_text(
        "公开方式：不予公开\n一、内部安排\n值班密语是青松翠柏，轮换周期为九天。\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def kb_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `kb` in a process of its own, as a user does."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False, **options)  # type: ignore[call-overload, no-any-return]

    return run

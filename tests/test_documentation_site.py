"""The documentation as a site: the commands of the quick start run, every command shown exists, the site builds and
loads nothing from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from indexing import CORPUS, ROOT

from cli.main import app

DOCS = ROOT / "docs"
SECONDS = 600  # that a command may take where others keep the machine busy
SHOWN = sorted([*DOCS.glob("*.md"), *ROOT.glob("README*.md")])
BLOCK = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((DOCS / page).read_text("utf-8"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def project(tmp_path: Path, corpus_index: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder as a clone of the project is, where the corpus was read before, with `kb` on the path."""
    (tmp_path / "corpus").symlink_to(CORPUS)
    shutil.copytree(corpus_index, tmp_path / "index")
    command = tmp_path / "bin" / "kb"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli "$@"\n', "utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    yield tmp_path, dict(os.environ) | {"PATH": path, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]])}


def run(command: list[str], project: tuple[Path, dict[str, str]]) -> str:
    folder, environment = project
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def serve(line: str, port: int, project: tuple[Path, dict[str, str]]) -> subprocess.Popen[bytes]:
    folder, environment = project
    service = subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return service
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"{line} does not answer")


def test_every_command_of_the_quick_start_runs(project: tuple[Path, dict[str, str]]) -> None:
    port = free_port()
    told: dict[str, str] = {}
    services = []
    try:
        for language, block in blocks("quick-start.md"):
            text = block.replace("8000", str(port))
            if language == "python":
                told[block] = run([sys.executable, "-c", text], project)
                continue
            for line in text.splitlines():
                if line.startswith("kb serve"):
                    services.append(serve(line, port, project))
                else:
                    told[line] = run(["sh", "-c", line], project)
    finally:
        for service in services:
            service.terminate()
            service.wait(SECONDS)
    assert len(services) == 1 and len(told) == 10
    assert "2024-10-17" in told["kb ask 第343号提案答复的成文日期是哪天？"]
    programs = [said for asked, said in told.items() if "import" in asked]
    assert len(programs) == 3 and "2024-10-17" in programs[0]
    answer = json.loads(told["kb ask 杭州市梳理了多少项支持政策？ --json"])
    assert answer["status"] == "answered"
    for said in programs[1:]:
        assert all(one["text"] in said for one in answer["statements"]) and answer["citations"][0]["note"] in said


@pytest.mark.parametrize("page", ["quick-start", "guides"])
def test_both_languages_show_the_same_commands(page: str) -> None:
    assert blocks(f"{page}.md") == blocks(f"{page}.zh.md") != []


def test_the_reader_reads_as_the_guide_shows(project: tuple[Path, dict[str, str]]) -> None:
    (program,) = [block for language, block in blocks("guides.md") if language == "python"]
    refused, answered = run([sys.executable, "-c", program], project).splitlines()
    assert float(refused.split()[0]) < float(answered.split()[0])


def options_of(name: str) -> set[str]:
    """Give the options of a command, with those of the commands below it."""
    group = typer.main.get_command(app)
    command = group.get_command(None, name)  # type: ignore[attr-defined]
    assert command is not None, f"there is no kb {name}"
    below = getattr(command, "commands", {}).values()
    return {option for one in (command, *below) for parameter in one.params for option in parameter.opts} | {"--help"}


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_is_there_with_its_options(page: Path) -> None:
    for line in re.findall(r"^(?: {4}(?:\$ )?)?kb ([a-z].*)$", page.read_text("utf-8"), re.MULTILINE):
        name, *words = re.split(r"\s+#|  +|;", line)[0].split()
        unknown = {word for word in words if re.fullmatch(r"--?[a-z][\w-]*", word)} - options_of(name)
        assert not unknown, f"kb {line}"


def test_the_site_builds_in_both_languages_and_loads_nothing_from_outside(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    for page in DOCS.glob("*.md"):
        name, _, language = page.stem.partition(".")
        assert (site / language / f"{name}.html").is_file(), f"{page.name} does not stand in mkdocs.yml"
    reference = (site / "reference.html").read_text("utf-8")
    for name in ("KnowledgeBase.ask", "Reader.read", "PolicyQueryEngine", "open_encoder", "Citation"):
        assert name in reference
    assert "快速开始" in (site / "zh" / "index.html").read_text("utf-8")
    assert "document number" in (site / "zh" / "glossary.html").read_text("utf-8")
    outside = re.compile(
        r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//|<link[^>]+href="(?:https?:)?//|url\((?:https?:)?//|@import'
    )
    found = [
        (path.name, match)
        for path in (*site.rglob("*.html"), *site.rglob("*.css"))
        for match in outside.findall(path.read_text("utf-8"))
    ]
    assert found == []

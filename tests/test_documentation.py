"""What the documentation tells is so: the example in Python runs, links lead somewhere, both READMEs show the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from indexing import CORPUS, ROOT

Command = Callable[..., subprocess.CompletedProcess[str]]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def example(name: str) -> str:
    (only,) = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    return str(only)


def test_the_example_in_python_answers_and_quotes(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "responses", tmp_path / "corpus" / "responses")
    done = subprocess.run(
        [sys.executable, "-c", example("README.md")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2024-10-17" in done.stdout and "[1]" in done.stdout


def test_both_readmes_show_the_same_example_of_at_most_ten_lines() -> None:
    assert example("README.md") == example("README.zh-CN.md")
    assert len([line for line in example("README.md").splitlines() if line]) <= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_that_a_page_names_is_there(page: Path) -> None:
    rules = re.findall(r"^([a-z][\w -]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    assert set(re.findall(r"`make ([a-z][\w-]*)", page.read_text("utf-8"))) <= targets


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readmes_show_what_is_printed(page: str, corpus_index: Path, kb_command: Command) -> None:
    shown = re.search(r"    \$ kb ask (\S+)\n((?:    .*\n|\n)+)", (ROOT / page).read_text("utf-8"))
    assert shown is not None
    printed = kb_command("ask", shown[1], "--index", str(corpus_index)).stdout
    assert printed.strip().splitlines() == [line.strip() for line in shown[2].strip().splitlines()]

"""The arrow kb <- ingest <- service, evals; and what must stay off the path of a question."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "kb": {"kb"},
    "ingest": {"kb", "ingest"},
    "service": {"kb", "ingest", "service"},
    "evals": {"kb", "ingest", "evals"},
}


def imported_packages(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("package", ALLOWED)
def test_packages_import_only_along_the_arrow(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        ours = imported_packages(path) & set(ALLOWED)
        assert ours <= ALLOWED[package], f"{path} imports {ours - ALLOWED[package]}"


def test_the_library_reads_no_environment_and_prints_nothing() -> None:
    for path in (ROOT / "kb").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno} prints"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("environ", "getenv"), f"{path}:{node.lineno} reads the environment"


def test_asking_and_serving_load_neither_torch_nor_llama_index(corpus_index: Path) -> None:
    program = f"""
import sys
from pathlib import Path
import ingest.commands.ask, service.app
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query
answer = KnowledgeBase.open(Path({str(corpus_index)!r}), open_encoder()).ask(Query("", "杭州梳理了多少项支持政策？"))
assert answer.statements
heavy = {{"torch", "llama_index", "sentence_transformers", "transformers"}} & set(sys.modules)
sys.exit(f"loaded: {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr

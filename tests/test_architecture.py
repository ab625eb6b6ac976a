"""The arrows between packages, and what must stay off the path of a question. docs/architecture.md tells the same."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from imports import PACKAGES, ROOT, arrows, cycle_in, imports_of_modules

ALLOWED = {
    "kb": {"kb"},
    "ingest": {"kb", "ingest"},
    "service": {"kb", "ingest", "service"},
    "evals": {"kb", "ingest", "evals"},
    "cli": {"kb", "ingest", "service", "evals", "cli"},
}
ALLOWED_IN_THE_LIBRARY = {
    "error_sentences": set(),
    "text": set(),
    "transformer": set(),
    "index": {"text", "transformer"},
    "reading": {"text", "transformer", "index"},
    "writing": {"text", "index"},
    "eligibility": {"text", "writing", "index", "transformer"},
    "question": {"text"},
    "quoting": {"text", "index", "reading"},
    "evidence": {"text", "index", "reading", "question", "quoting"},
    "answering": {"text", "index", "reading", "question", "quoting", "evidence"},
    "personal": {"text", "index", "reading", "writing", "eligibility", "question", "quoting", "answering"},
    "models": set(),
}
"""The folders of `kb`; modules directly in it are held by the rule that there is no cycle."""


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_along_the_arrow(package: str) -> None:
    for module, imported in imports_of_modules().items():
        if module.split(".")[0] == package:
            packages = {other.split(".")[0] for other in imported}
            assert packages <= ALLOWED[package], f"{module} imports {packages - ALLOWED[package]}"


def test_the_folders_of_the_library_import_only_along_the_arrow() -> None:
    folders = {path.name for path in (ROOT / "kb").iterdir() if list(path.glob("*.py"))}
    assert folders == set(ALLOWED_IN_THE_LIBRARY)
    drawn = arrows(imports_of_modules())
    for folder, allowed in ALLOWED_IN_THE_LIBRARY.items():
        imported = {other.removeprefix("kb.") for other in drawn[f"kb.{folder}"]} & folders
        assert imported <= allowed, f"kb/{folder} imports {imported - allowed}"


LAYERS = ("cli", "cli/eval", "service/routes", "service/schemas", "service/storage")
"""Folders in which a module bears the name of the thing that it is one layer of: `service/routes/editions.py` of
`kb/editions.py`."""


def test_no_two_modules_have_one_name_but_for_the_layers_of_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            folder = path.parent.relative_to(ROOT).as_posix()
            if not path.stem.startswith("__") and folder not in LAYERS:
                places.setdefault(path.stem, []).append(folder)
    assert {stem: folders for stem, folders in places.items() if len(folders) > 1} == {}


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    places.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_no_imports_go_round_in_a_circle() -> None:
    imports = imports_of_modules()
    assert cycle_in(imports) == []
    assert cycle_in(arrows(imports)) == [], "folders and the modules beside them"


def test_a_circle_would_be_found() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_the_page_on_the_architecture_names_every_folder_and_no_file_that_is_gone() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = {
        path.parent.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    }
    for folder in folders:
        assert re.search(rf"^\s*{re.escape(folder)}/", page, re.MULTILINE), f"{folder}/ is not told"
    for name in re.findall(r"`((?:kb|ingest|service|evals|cli)/[\w/]+\.py)`", page):
        assert (ROOT / name).exists(), f"{name} is told and is not there"


def test_the_library_reads_no_environment_and_prints_nothing() -> None:
    for path in (ROOT / "kb").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno} prints"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("environ", "getenv"), f"{path}:{node.lineno} reads the environment"


def test_the_library_and_the_ingestion_know_no_address_of_a_page() -> None:
    for path in (*(ROOT / "kb").rglob("*.py"), *(ROOT / "ingest").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.match("/(documents|api|static)", node.value), f"{path}:{node.lineno} makes an address"


def test_asking_and_serving_load_neither_torch_nor_llama_index_nor_readers_of_files(corpus_index: Path) -> None:
    program = f"""
import sys
from pathlib import Path
import cli.ask, service.app
readers = {{"pypdf", "docx", "openpyxl", "lxml.html"}} & set(sys.modules)
if readers:
    sys.exit(f"loaded before a file is to be read: {{readers}}")
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

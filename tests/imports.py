"""What the project's modules import from one another, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("kb", "ingest", "service", "evals", "cli")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of_modules() -> dict[str, set[str]]:
    """Give for every module the modules of the project that it imports, also where it does so inside a function."""
    paths = {module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    return {name: set(_imported(path, paths)) for name, path in paths.items()}


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            source = node.module or ""
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                if submodule in modules or source in modules:
                    yield submodule if submodule in modules else source


def room_of(module: str) -> str:
    """Give the folder directly under a package that a module lies in, or the module where it lies in none."""
    return ".".join(module.split(".")[:2])


def arrows(imports: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Draw the imports together to those between rooms."""
    drawn: dict[str, set[str]] = {}
    for module, imported in imports.items():
        drawn.setdefault(room_of(module), set()).update({room_of(other) for other in imported} - {room_of(module)})
    return drawn


def cycle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """Give one cycle, its first member once more at its end; nothing where there is none."""
    done: set[str] = set()

    def follow(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        for other in sorted(graph.get(node, ())):
            found = follow(other, [*way, node])
            if found:
                return found
        done.add(node)
        return []

    return next(filter(None, (follow(node, []) for node in sorted(graph))), [])

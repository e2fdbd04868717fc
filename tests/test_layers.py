"""Imports go one way, so that each stage can be read, tested and replaced by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# From the ground up. A part may import what stands in a line above its own, and nothing beside it.
LAYERS = (
    {"errors", "project"},
    {"models"},
    {"text"},
    {"store"},
    {"readers"},
    {"extract"},
    {"addresses"},
    {"curate"},
    {"refresh"},
    {"site"},
    {"search"},
    {"export"},
    {"publish"},
    {"pipeline"},
    {"cli"},
    {"__main__"},
)
SAYS = {"print", "exit", "sys.exit", "click.echo"}
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}


def imports(path: Path) -> Iterator[str]:
    """Give the part of the builder behind each import of a module, wherever it stands in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "builder":
                names = [f"builder.{alias.name}" for alias in node.names]
            assert node.level == 0, f"{path} imports by a relative name"
        for name in names:
            parts = name.split(".")
            if parts[0] == "builder" and len(parts) > 1:
                yield parts[1]


def part_of(path: Path, builder: Path) -> str:
    return path.relative_to(builder).with_suffix("").parts[0]


def test_each_part_has_a_layer(root: Path) -> None:
    parts = {part_of(p, root / "builder") for p in (root / "builder").rglob("*.py")}
    assert parts - LEVEL.keys() - {"__init__"} == set()
    assert LEVEL.keys() - parts == set()


def test_each_part_imports_only_what_lies_below_it(root: Path) -> None:
    builder = root / "builder"
    wrong = [
        f"{path.relative_to(root)} imports builder.{other}"
        for path in sorted(builder.rglob("*.py"))
        if path.name != "__init__.py" or path.parent != builder
        for other in imports(path)
        for part in [part_of(path, builder)]
        if other != part and LEVEL[other] >= LEVEL[part]
    ]
    assert wrong == []


def test_only_the_command_line_prints_or_exits(root: Path) -> None:
    wrong = []
    for path in sorted((root / "builder").rglob("*.py")):
        if path.parent.name == "cli":
            continue
        wrong += [
            f"{path.relative_to(root)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYS
        ]
    assert wrong == []


@pytest.mark.parametrize("word", ["import utils", "from utils"])
def test_there_is_no_module_for_odds_and_ends(root: Path, word: str) -> None:
    assert not list((root / "builder").rglob("utils.py"))
    assert not [p for p in (root / "builder").rglob("*.py") if word in p.read_text()]

"""Change the program in one place and see whether a test notices; print those that none did.

A sample of changes to each module (comparisons, conditions, numbers, returned values, dropped
calls), and a list of changes that someone once made by hand and that no test noticed::

    python tests/fuzz/mutants.py                          the list
    python tests/fuzz/mutants.py --sample 30 --seed 1     the list, and 30 changes a package

It works on a copy, one change at a time; a test that fails or hangs has noticed it.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
# The tests of each package, quickest first.
PACKAGES = {
    "builder/store": ["tests/store"],
    "builder/addresses": ["tests/addresses", "tests/curate/test_successors.py"],
    "builder/curate": [
        "tests/curate/test_checks.py", "tests/curate/test_term_checks.py",
        "tests/curate/test_corrections.py", "tests/curate/test_discrepancies.py",
        "tests/curate/test_studies.py", "tests/curate/test_id_collisions.py",
        "tests/refresh/test_screening.py", "tests/curate",
    ],
    "builder/readers": ["tests/readers"],
    "builder/extract/findings": ["tests/extract"],
}  # fmt: skip
ORDER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
Place = tuple[int, str, Callable[[], None]]


@dataclass(frozen=True)
class Mutant:
    """A changed file: where, what was changed, its whole text, and the tests that should notice."""

    file: Path
    line: int
    change: str
    text: str
    tests: list[str]


def read_named() -> Iterator[Mutant]:
    """Yield the changes that are listed in mutants.yml."""
    listed = (Path(__file__).parent / "mutants.yml").read_text(encoding="utf-8")
    for item in yaml.safe_load(listed):
        text = (ROOT / item["file"]).read_text(encoding="utf-8")
        line, said = 0, []
        for old, new in item["replace"]:
            assert old in text, f"{item['file']} has no {old!r} any more"
            line = text.count("\n", 0, text.index(old)) + 1
            said.append(f"{old} → {new}")
            text = text.replace(old, new)
        yield Mutant(Path(item["file"]), line, "; ".join(said), text, item["tests"])


def find_places(tree: ast.Module) -> Iterator[Place]:
    """Yield line, description and what makes the change, for each place inside a function."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    yield from mutate_node(node)


def mutate_node(node: Any) -> Iterator[Place]:
    def put(name: str, value: Any, said: str) -> Place:
        return node.lineno, said, lambda: setattr(node, name, value)

    match node:
        case ast.Compare(ops=[op, *rest]) if type(op) in ORDER:
            other = ORDER[type(op)]
            yield put("ops", [other(), *rest], f"{type(op).__name__} → {other.__name__}")
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield put("op", other(), f"{type(op).__name__} → {other.__name__}")
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield put("test", ast.UnaryOp(ast.Not(), test), "condition turned round")
        case ast.Constant(value=bool() as value):
            yield put("value", not value, f"{value} → {not value}")
        case ast.Constant(value=int() as value):
            yield put("value", value + 1, f"{value} → {value + 1}")
        case ast.Return(value=ast.AST() as value):
            yield put("value", ast.Constant(None), f"returns None, not {ast.unparse(value)[:50]}")
        case ast.Expr(value=ast.Call() as call):
            yield put("value", ast.Constant(None), f"without {ast.unparse(call)[:50]}")
        case ast.BinOp(op=ast.Add() | ast.Sub() as op):
            other = ast.Sub if isinstance(op, ast.Add) else ast.Add
            yield put("op", other(), f"{type(op).__name__} → {other.__name__}")


def sample(root: Path, package: str, count: int, seed: int) -> Iterator[Mutant]:
    """Yield a sample of the mutants of a package of a copy of the project."""
    places = []
    for path in sorted((root / package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        places += [(path, n) for n, _ in enumerate(find_places(ast.parse(source)))]
    for path, number in random.Random(seed).sample(places, min(count, len(places))):
        tree = copy.deepcopy(ast.parse(path.read_text(encoding="utf-8")))
        line, said, change = list(find_places(tree))[number]
        change()
        text = ast.unparse(ast.fix_missing_locations(tree))
        yield Mutant(path.relative_to(root), line, said, text, PACKAGES[package])


def is_noticed(folder: Path, mutant: Mutant, seconds: float) -> bool:
    """Return whether the tests fail, or take too long, with a mutant in a copy of the project."""
    target = folder / mutant.file
    before = target.read_text(encoding="utf-8")
    target.write_text(mutant.text, encoding="utf-8")
    words = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", *mutant.tests]
    try:
        ran = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", *words], cwd=folder, timeout=seconds,
            capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(folder)},
        )  # fmt: skip
        return ran.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_text(before, encoding="utf-8")


def main() -> int:
    """Print each mutant that no test noticed, and the counts by module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="changes a package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--package", choices=PACKAGES, action="append")
    asked = parser.parse_args()
    noticed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    aside = {".git", ".venv", "build", "site"}
    left_out = lambda at, names: aside & {*names} if Path(at) == ROOT else set()  # noqa: E731
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "atlas"
        shutil.copytree(ROOT, folder, ignore=left_out, symlinks=True)

        def judge(mutant: Mutant, most: float) -> None:
            made[str(mutant.file)] += 1
            if is_noticed(folder, mutant, most):
                noticed[str(mutant.file)] += 1
            else:
                sys.stdout.write(f"not noticed: {mutant.file}:{mutant.line}: {mutant.change}\n")
                sys.stdout.flush()

        for mutant in [] if asked.package else read_named():
            judge(mutant, 900)
        for package in (asked.package or PACKAGES) if asked.sample else ():
            begun = time.monotonic()
            first = next(iter((folder / package).rglob("*.py"))).relative_to(folder)
            same = (folder / first).read_text(encoding="utf-8")
            sound = Mutant(first, 0, "none", same, PACKAGES[package])
            assert not is_noticed(folder, sound, 3600), "the tests fail as it is"
            most = 60 + 5 * (time.monotonic() - begun)
            for mutant in sample(folder, package, asked.sample, asked.seed):
                judge(mutant, most)
    for module, count in sorted(made.items()):
        sys.stdout.write(f"{module:50}{noticed[module]:4} of {count} noticed\n")
    sys.stdout.write(f"{noticed.total()} of {made.total()} noticed\n")
    return int(noticed != made)


if __name__ == "__main__":
    sys.exit(main())

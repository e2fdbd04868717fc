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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The tests of each package, quickest first.
PACKAGES = {
    "builder/store": ["tests/store"],
    "builder/addresses": ["tests/addresses", "tests/curate/test_successors.py", "tests/test_pipeline.py"],
    "builder/readers": ["tests/readers"],
    "builder/extract/findings": ["tests/extract"],
}  # fmt: skip
# File, the words to replace, what stands there instead, and the tests that have to notice. Lines of
# words are replaced one by one, for what two walls keep out.
NAMED = [
    ("builder/refresh/http_client.py", "if size > MAX_BYTES or", "if", "tests/refresh/test_web.py"),
    ("builder/refresh/http_client.py", "part, MAX_BYTES + 1 - size", "part", "tests/refresh/test_web.py"),
    ("builder/readers/jats/source.py", "resolve_entities=False\nmore, view[end:]", "resolve_entities=True\nview[doctype:]", "tests/readers/jats"),
    ("builder/readers/source.py", "if size > MAX_BYTES", "if False", "tests/readers/test_source.py"),
    ("builder/project.py", ' and not path.name.startswith(".")', "", "tests/store"),
    ("builder/store/files.py", "os.chmod(name, 0o644)", "pass", "tests/store"),
    ("builder/store/atomic_replace.py", "path.chmod(0o755 if path.is_dir() else 0o644)", "pass", "tests/store"),
    ("builder/store/atomic_replace.py", "folder.chmod(0o755)", "pass", "tests/store"),
    ("builder/export/crate.py", "0o644 << 16", "0", "tests/export"),
    ("builder/export/tables.py", 'lineterminator="\\r\\n"', 'lineterminator="\\n"', "tests/export"),
    ("builder/site/pages/curation.py", '"moved_to"', '"moved_away"', "tests/site"),
    ("templates/theme/partials/atlas-head.html", 'http-equiv="refresh"', 'name="refresh"', "tests/publish tests/site tests/test_pipeline.py"),
]  # fmt: skip
ORDER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
Mutant = tuple[int, str, Callable[[], None]]


def find_mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield line, description and what makes the change, for each place inside a function."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    yield from mutate_node(node)


def mutate_node(node: Any) -> Iterator[Mutant]:
    def put(name: str, value: Any, said: str) -> Mutant:
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
        case ast.Continue() | ast.Break():
            return


def sample(package: str, count: int, seed: int) -> Iterator[tuple[Path, int, str, str]]:
    """Yield file, line, description and the changed source of a sample of a package's mutants."""
    places = []
    for path in sorted((ROOT / package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        places += [(path, n) for n, _ in enumerate(find_mutants(ast.parse(source)))]
    for path, number in random.Random(seed).sample(places, min(count, len(places))):
        tree = copy.deepcopy(ast.parse(path.read_text(encoding="utf-8")))
        line, said, change = list(find_mutants(tree))[number]
        change()
        yield path.relative_to(ROOT), line, said, ast.unparse(ast.fix_missing_locations(tree))


def is_noticed(folder: Path, file: Path, text: str, tests: list[str], seconds: float) -> bool:
    """Return whether the tests fail with another text in a file."""
    target = folder / file
    before = target.read_text(encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    words = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
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
    left_out = shutil.ignore_patterns(".git", ".venv", "build", "site", "*.pyc", ".*_cache")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "atlas"
        shutil.copytree(ROOT, folder, ignore=left_out, symlinks=True)

        def judge(
            file: Path, line: int, said: str, text: str, tests: list[str], most: float
        ) -> None:
            made[str(file)] += 1
            if is_noticed(folder, file, text, tests, most):
                noticed[str(file)] += 1
            else:
                sys.stdout.write(f"not noticed: {file}:{line}: {said}\n")
                sys.stdout.flush()

        for file, old, new, tests in [] if asked.package else NAMED:
            text = (ROOT / file).read_text(encoding="utf-8")
            for one, other in zip(old.splitlines(), new.splitlines() or [""], strict=True):
                assert one in text, f"{file} has no {one!r} any more"
                line = text.count("\n", 0, text.index(one)) + 1
                text = text.replace(one, other)
            judge(Path(file), line, f"{old} → {new}", text, tests.split(), 900)
        for package in (asked.package or PACKAGES) if asked.sample else ():
            begun = time.monotonic()
            first = next(iter((ROOT / package).rglob("*.py"))).relative_to(ROOT)
            same = (ROOT / first).read_text(encoding="utf-8")
            assert not is_noticed(folder, first, same, PACKAGES[package], 3600), "tests fail as is"
            most = 60 + 5 * (time.monotonic() - begun)
            for mutant in sample(package, asked.sample, asked.seed):
                judge(*mutant, PACKAGES[package], most)
    for module, count in sorted(made.items()):
        sys.stdout.write(f"{module:50}{noticed[module]:4} of {count} noticed\n")
    sys.stdout.write(f"{noticed.total()} of {made.total()} noticed\n")
    return int(noticed != made)


if __name__ == "__main__":
    sys.exit(main())

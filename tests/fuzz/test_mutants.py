"""The mutants themselves: each of the list can be made, and each kind of change is one."""

from __future__ import annotations

import ast

import pytest
from fuzz.mutants import find_places, read_named


def test_each_change_of_the_list_can_be_made() -> None:
    made = list(read_named())
    assert len(made) >= 12
    assert all(mutant.line and mutant.tests for mutant in made)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return a < b", {"return a <= b", "return None"}),
        ("if a and b:\n    pass", {"if a or b:\n    pass", "if not (a and b):\n    pass"}),
        ("x = 1 + b", {"x = 1 - b", "x = 2 + b"}),
        ("x = True", {"x = False"}),
        ("call(b)", {"None"}),
        ("x = [b]", set()),
    ],
)
def test_a_place_gives_its_changes(body: str, changed: set[str]) -> None:
    source = "def f(a, b):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    found = set()
    for number, _ in enumerate(find_places(ast.parse(source))):
        tree = ast.parse(source)
        _, _, change = list(find_places(tree))[number]
        change()
        lines = ast.unparse(ast.fix_missing_locations(tree)).splitlines()[1:]
        found.add("\n".join(line.removeprefix("    ") for line in lines))
    assert found == changed

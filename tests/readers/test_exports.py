"""Pages, exports and pasted texts as people bring them, through what ``read --json`` prints.

Each case of ``exports.yml`` is a text and what a person reads in it, written before the program
ran; names of terms and forms of names were put as the atlas writes them afterwards.
A key is a path into the answer; ``*`` goes through a list, ``len(path)`` counts, ``path has`` asks
for a part of the text (``has 2`` for another). ``findings(5).sources`` joins those of the findings
of line 5, ``effects(5)`` their effects by term, ``problems(rule)`` counts one rule's problems,
``cited(5)`` are the works that the prose of line 5 cites and ``body`` is all prose,
``fate: whole`` means that no line is reported.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.export.reading import format_references, read_file, view_file
from builder.extract.vocabulary import Vocabulary
from builder.readers import read_seed

CASES: list[dict[str, Any]] = [
    case
    for name in ("exports.yml", "pages.yml")
    for case in yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
]


def spell_out(value: Any) -> Any:
    """Put characters in the place of their names: {TAB}, {U+00AD}."""
    if isinstance(value, dict):
        return {key: spell_out(item) for key, item in value.items()}
    if isinstance(value, list):
        return [spell_out(item) for item in value]
    if not isinstance(value, str):
        return value
    value = value.replace("{TAB}", "\t")
    return re.sub(r"\{U\+([0-9A-F]{4})\}", lambda found: chr(int(found[1], 16)), value)


def follow(value: Any, path: str) -> Any:
    """Return what stands at a path; None where there is nothing."""
    if not path:
        return value
    step, _, rest = path.partition(".")
    if step == "*":
        return [follow(item, rest) for item in value or []]
    if isinstance(value, list):
        return follow(value[int(step)], rest) if int(step) < len(value) else None
    return follow(value.get(step), rest) if isinstance(value, dict) else None


def look_up(answer: dict[str, Any], path: str) -> Any:
    """Return what a key of ``expect`` asks for."""
    called = re.match(r"(\w+)\(([^()]+)\)\.?(.*)", path)
    name, argument, rest = called.groups() if called else ("", "", "")
    if not name or name == "len":
        found = follow(answer, argument or path)
        return len(found or []) if name else found
    if name in ("problems", "cited"):
        return answer[f"{name} by"].get(argument, 0)
    found = [f for f in answer["findings"] if f["locator"]["line"] == int(argument)]
    if name == "quote":
        rest = "quote"
    if name == "effects":
        pairs = [p for f in found for p in (*f["mechanisms"], *f["outcomes"])]
        return {pair["id"]: pair["effect"] for pair in pairs}
    if name == "quantities":
        return [quantity for f in found for quantity in f["quantities"]]
    values = [value for f in found if (value := follow(f, rest)) is not None]
    if values and isinstance(values[0], list):
        return list(dict.fromkeys(item for value in values for item in value))
    return values[0] if values else None


def fits(got: Any, wanted: Any) -> bool:
    """Return whether a value is the one wanted; of an object, whether it holds what is wanted."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(fits(got.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        return len(got) == len(wanted) and all(map(fits, got, wanted))
    return bool(got == wanted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_export_reads_as_expected(
    case: dict[str, Any], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.txt"
    seed.write_text(spell_out(case["seed"]), encoding="utf-8")
    reading = read_file(seed, vocabulary)
    answer = view_file(reading)
    answer["problems by"] = Counter(p["rule"] for p in answer["problems"])
    answer["errors"] = [p for p in answer["problems"] if p["level"] == "error"]
    if reading.bundle:
        blocks = read_seed(seed, tmp_path).blocks
        answer["body"] = [block.text for block in blocks]
        answer["cited by"] = {str(block.line): list(block.citations) for block in blocks}
        answer |= {form: format_references(reading.bundle, form) for form in ("bibtex", "ris")}
    wrong = []
    for key, wanted in spell_out(case["expect"]).items():
        path, has, _ = key.partition(" has")
        if key == "fate":
            named = [p for p in answer["problems"] if p["rule"] == "line-unread"]
            got, right = named, answer["coverage"]["reported"] == 0
        elif has:
            got = look_up(answer, path)
            text = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
            right = wanted in text
        else:
            got = look_up(answer, path)
            right = fits(got, wanted)
        if not right:
            wrong.append(f"{key}: wanted {wanted!r}, got {got!r}")
    assert not wrong, "\n" + "\n".join(wrong)

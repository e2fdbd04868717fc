"""Corrections kept by hand, applied to what was extracted.

A correction names a record, a field by its dotted path, the old value and the new one. Where the
old value no longer stands, the correction is an error: the seed or the extractor has moved on, and
a person has to look again.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from builder import models, store
from builder.errors import Problem, ProblemError, refuse, suggest
from builder.store import PaperBundle

# What a correction may never touch: the words of the seed, their place, and the record's address.
PROTECTED = frozenset(["id", "line", "printed", "quote", "paper", "seed", "locator"])


def apply_corrections(
    bundle: PaperBundle,
    corrections: Sequence[models.Correction],
    file: str,
    lines: Sequence[int] = (),
) -> tuple[PaperBundle, list[Problem]]:
    """Return the bundle with the corrections applied, and a problem for each that does not fit.

    ``file`` is the file of corrections, ``lines`` the line of each in it (0 where unknown).
    """
    problems: list[Problem] = []
    for number, correction in enumerate(corrections):
        line = lines[number] if number < len(lines) else 0
        try:
            bundle = _apply(bundle, correction)
        except ProblemError as misfit:
            problems += [replace(p, file=file, line=line) for p in misfit.problems]
    return bundle, problems


def find_lines(path: Path) -> list[int]:
    """Return the line of each correction of a file; an empty list where there is no file."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    count = text.count("\n- ") + text.startswith("- ")
    return [store.find_line(text, (number,)) for number in range(count)]


def draft_correction(record: BaseModel, field: str) -> str:
    """Return the entry of a correction of a field, as YAML; empty where it can't be corrected.

    ``record`` has an ``id``. New value, reason and date are left as ``…`` for the curator.
    """
    steps = field.split(".")
    if PROTECTED.intersection(steps):
        return ""
    data = record.model_dump(mode="json", by_alias=True)
    try:
        holder, key = _walk(data, steps, field)
    except ProblemError:
        return ""
    entry = {"record": data["id"], "field": field, "old": store.trim(holder[key])}
    return store.dump_yaml([{**entry, "new": "…", "reason": "…", "date": "…"}])


def _misfit(field: str, expected: str, got: str = "", hint: str = "") -> ProblemError:
    """Return what to raise where a correction does not fit; its place in the file comes later."""
    return refuse("", "correction", expected, got, field=field, hint=hint)


def _apply(bundle: PaperBundle, correction: models.Correction) -> PaperBundle:
    known: list[str] = []
    changed: dict[str, Any] = {}
    for name, held in vars(bundle).items():
        records = held if isinstance(held, list) else [held]
        known += [record.id for record in records]
        if correction.record in (record.id for record in records):
            fixed = [_correct(r, correction) if r.id == correction.record else r for r in records]
            changed[name] = fixed if isinstance(held, list) else fixed[0]
    if not changed:
        hint = suggest(correction.record, known)
        got = repr(correction.record)
        raise _misfit("record", "the id of a record of this paper", got, hint)
    return replace(bundle, **changed)


def _correct(record: BaseModel, correction: models.Correction) -> BaseModel:
    steps = correction.field.split(".")
    if PROTECTED.intersection(steps):
        raise _misfit("field", "a field that may be corrected", repr(correction.field))
    data = record.model_dump(mode="json", by_alias=True)
    holder, key = _walk(data, steps, correction.field)
    present, old, new = store.trim(holder[key]), _plain(correction.old), _plain(correction.new)
    if present != store.trim(old):
        hint = "Look at the seed again, then renew or delete this correction."
        if present == store.trim(new):
            hint = "The extraction gives the new value by itself: delete this correction."
        expected = f"the extracted value of {correction.field}"
        raise _misfit("old", expected, repr(old), hint)
    holder[key] = new
    try:
        return type(record).model_validate(data)
    except ValidationError as error:
        expected, _ = store.describe_error(error.errors(include_url=False)[0])
        raise _misfit("new", expected, repr(correction.new)) from error


def _walk(data: Any, steps: list[str], whole: str) -> tuple[Any, Any]:
    """Return the holder and the key of a path; list items go by number or by their id."""
    here = data
    while True:
        key, used = _step(here, steps, whole)
        steps = steps[used:]
        if not steps:
            return here, key
        here = here[key]


def _step(here: Any, steps: list[str], whole: str) -> tuple[Any, int]:
    if isinstance(here, dict):
        # A column's heading may hold a full stop, so the longest run of steps goes first.
        for used in range(len(steps), 0, -1):
            if ".".join(steps[:used]) in here:
                return ".".join(steps[:used]), used
        raise _misfit("field", "a field of the record", repr(whole), suggest(steps[0], here))
    if isinstance(here, list):
        places = {str(n): n for n in range(len(here))}
        named = [(n, item) for n, item in enumerate(here) if isinstance(item, dict)]
        places |= {item["id"]: n for n, item in reversed(named) if "id" in item}
        if steps[0] in places:
            return places[steps[0]], 1
    raise _misfit("field", "a field of the record", repr(whole))


def _plain(value: Any) -> Any:
    """Return a YAML value as JSON has it: dates are text."""
    return json.loads(json.dumps(value, default=str))

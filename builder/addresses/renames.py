"""Give a term or a paper another id: move its hand-kept file, and rewrite lines that name it.

Only the values change: comments, order and layout of the files stay as the curator wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml

from builder import models, store
from builder.errors import Problem, ProblemError, suggest
from builder.models.base import SLUG

Steps = tuple[str, ...]


def rename_term(content: Path, root: Path, old: str, new: str) -> list[Path]:
    """Rename a term in content/terms and content/corrections; return the files written.

    Raises ProblemError, before anything is written, where there is no such term or the new id is
    taken or no slug.
    """
    terms = {t.id: t for t in store.read_terms(content, root)}
    _check(terms, old, new)
    folder = content / "terms" / models.TERM_FOLDERS[terms[old].kind]
    kept = [
        *((path, _names_term) for path in sorted((content / "terms").glob("*/*.yml"))),
        *((path, _corrects) for path in sorted((content / "corrections").glob("*.yml"))),
    ]
    changed = [path for path, concerns in kept if _rewrite(path, old, new, concerns)]
    source, target = folder / f"{old}.yml", folder / f"{new}.yml"
    source.rename(target)
    return [target if path == source else path for path in changed]


def rename_corrections(
    content: Path, root: Path, old: str, new: str, records: Mapping[str, str]
) -> list[Path]:
    """Let the corrections of a paper follow it to another id; return the files that changed.

    ``records`` are old and new ids of the paper and of its findings and rows. Raises ProblemError
    where there are corrections under both ids.
    """
    source, target = (content / "corrections" / f"{name}.yml" for name in (old, new))
    if not source.is_file():
        return []
    if target.is_file():
        name = store.relative(source, root)
        raise ProblemError(
            Problem(
                name, 0, "error", "rename", f"no corrections of {new} yet", target.name,
                hint="Bring the two files together by hand.",
            )
        )  # fmt: skip
    for was, now in records.items():
        _rewrite(source, was, now, _names_record)
    source.rename(target)
    return [source, target]


def _check(terms: dict[str, models.Term], old: str, new: str) -> None:
    said: tuple[str, str, str] | None = None
    if old not in terms:
        said = ("the id of a term", repr(old), suggest(old, terms))
    elif new in terms:
        said = ("an id that no other term has", repr(new), "")
    elif not re.fullmatch(SLUG, new):
        said = ("a slug of letters, digits and hyphens", repr(new), "")
    if said:
        raise ProblemError(Problem("content/terms", 0, "error", "rename", *said[:2], hint=said[2]))


def _names_term(steps: Steps) -> bool:
    """Tell whether a value of a term's file is the id of a term."""
    return steps in (("id",), ("parent",)) or steps[:1] == ("related",)


def _corrects(steps: Steps) -> bool:
    """Tell whether a value of a correction may be the id of a term."""
    return len(steps) > 1 and steps[1] in ("old", "new")


def _names_record(steps: Steps) -> bool:
    """Tell whether a value of a correction is the id of the record that it mends."""
    return steps[1:] == ("record",)


def _rewrite(path: Path, old: str, new: str, concerns: Callable[[Steps], bool]) -> bool:
    text = path.read_text(encoding="utf-8")
    spots = []
    for steps, node in _scalars(yaml.compose(text, Loader=yaml.CSafeLoader), ()):
        if node.value == old and concerns(steps):
            spots.append((node.start_mark.index, node.end_mark.index, new))
        elif len(steps) > 1 and steps[1] == "field" and old in node.value.split("."):
            field = ".".join(new if s == old else s for s in node.value.split("."))
            spots.append((node.start_mark.index, node.end_mark.index, field))
    for start, end, value in sorted(spots, reverse=True):
        text = text[:start] + value + text[end:]
    return store.write_text(path, text)


def _scalars(node: yaml.Node | None, steps: Steps) -> Iterator[tuple[Steps, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield steps, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*steps, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _scalars(value, (*steps, str(place)))

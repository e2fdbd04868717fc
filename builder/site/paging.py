"""Long lists on several pages, so that no page grows with the library.

Up to ``ONE_PAGE`` entries stand on the index itself. Beyond that the index names the parts, each a
page of its own at ``<index>/list/<part>/``. Such a page holds no record; it may come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from builder.models import Term
from builder.site.labels import KIND_WORDS
from builder.site.links import View, href, link
from builder.store import Library
from builder.text import ids
from builder.text.spelling import fold

ONE_PAGE = 300
GLOSSARY = "glossary/"
# So many terms with their definitions, or so many names, weigh about as much as a page may.
_MOST_TERMS = 1500
_MOST_NAMES = 4000
_NEAR = 3  # parts before and after the one at hand that a page leads to
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part(Generic[Entry]):
    """One page of a long list: its address, its label and its entries."""

    path: str
    label: str
    entries: Sequence[Entry]


def find_initial(text: str) -> str:
    """Return the letter under which a name is listed: ``a`` to ``z``, else ``other``."""
    first = fold(text)[:1]
    return first if "a" <= first <= "z" else "other"


def split_list(
    entries: Sequence[Entry], index: str, key: Callable[[Entry], str]
) -> list[Part[Entry]]:
    """Return the parts of a long list by their key, in order; none where one page holds it all.

    ``index`` is the path of the index. A part past ``ONE_PAGE`` entries goes on at ``a-2``.
    """
    if len(entries) <= ONE_PAGE:
        return []
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    parts = []
    for name in sorted(groups):
        held = groups[name]
        for number, start in enumerate(range(0, len(held), ONE_PAGE), 1):
            part = name if number == 1 else f"{name}-{number}"
            label = name.upper() if len(name) == 1 else name
            if len(held) > ONE_PAGE:
                label = f"{label} {number}"
            parts.append(Part(f"{index}list/{part}/", label, held[start : start + ONE_PAGE]))
    return parts


def split_numbered(entries: Sequence[Entry], path: str, most: int) -> list[Part[Entry]]:
    """Return a list as pages of ``most`` entries in its order, the first of them at ``path``."""
    return [
        Part(
            path if number == 1 else f"{path}list/{number}/",
            f"{start + 1:,}–{min(start + most, len(entries)):,}",
            entries[start : start + most],
        )
        for number, start in enumerate(range(0, len(entries), most), 1)
    ]


def sort_terms(library: Library) -> list[Term]:
    """Return all terms by their label."""
    return sorted(library.terms.values(), key=lambda t: (t.label.casefold(), t.id))


def split_glossary(library: Library) -> list[Part[Term]]:
    """Return the parts of the glossary, a kind after the other; none where one page holds it.

    Terms with a page of their own stand in the index of their kind, and in no part.
    """
    told = [term for term in sort_terms(library) if term.kind not in ids.FOLDERS]
    if len(told) <= _MOST_TERMS and len(library.terms) <= _MOST_NAMES:
        return []
    parts = split_list(told, GLOSSARY, lambda term: term.kind)
    return [replace(part, label=_name_kind(part.label)) for part in parts]


def _name_kind(label: str) -> str:
    """Return the label of a part as words: ``mechanism 2`` gives ``Mechanisms 2``."""
    kind, _, number = label.partition(" ")
    return f"{KIND_WORDS[kind][1]} {number}".strip()


def view_parts(parts: Sequence[Part[Entry]], root: str, current: str = "") -> list[View]:
    """Return the links to all parts, each with its count; that of the page itself has none."""
    return [
        {
            **link(part.label, "" if part.path == current else href(root, part.path)),
            "count": len(part.entries),
        }
        for part in parts
    ]


def view_steps(parts: Sequence[Part[Entry]], root: str, current: str) -> list[View]:
    """Return the links to the first, the last and the neighbouring parts; gaps bear an ellipsis.

    However many parts there are, the links are few.
    """
    here = next((n for n, part in enumerate(parts) if part.path == current), 0)
    near = [n for n in range(len(parts)) if n in (0, len(parts) - 1) or abs(n - here) <= _NEAR]
    steps: list[View] = []
    for before, number in zip([-1, *near], near, strict=False):
        if number > before + 1:
            steps.append({**link("…", ""), "count": 0, "gap": True})
        part = parts[number]
        address = "" if number == here else href(root, part.path)
        steps.append({**link(part.label, address), "count": 0, "gap": False})
    return steps

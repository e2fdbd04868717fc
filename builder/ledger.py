"""The ledger of addresses: what was ever published, and what became of it.

A published address lives for ever. ``content/urls.yml`` holds one line an address; a build whose
pages would drop one, or give it to another record, is refused with the mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date

from builder import ids
from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.store import Library

FILE = "content/urls.yml"
# Pages that no record stands behind.
OVERVIEWS = (
    "about/",
    "changes/",
    "compare/",
    "data/",
    "glossary/",
    "map/",
    "questions/",
    "search/",
)
RESERVED = frozenset(
    ["api", "assets", "index", "pagefind", "sitemap", "404", "releases"]
    + [o.strip("/") for o in OVERVIEWS]
    + list(ids.FOLDERS.values())
)


def list_addresses(library: Library) -> dict[str, str]:
    """Return every address that the records need now, with its record as ``kind:id``."""
    records: list[tuple[str, Iterable[str]]] = [
        *(
            (kind, (t.id for t in library.terms_of(kind)))
            for kind in ("source", "mechanism", "vehicle", "condition")
        ),
        ("trial", (t.id for t in library.trials())),
        ("paper", library.papers),
        ("reference", library.references),
        ("finding", (f.id for f in library.findings())),
    ]
    found = {"": "overview:home"}
    found |= {address: f"overview:{address.strip('/')}" for address in OVERVIEWS}
    found |= {ids.index_path(kind): f"overview:{ids.FOLDERS[kind]}" for kind, _ in records}
    for kind, names in records:
        found |= {ids.page_path(kind, name): f"{kind}:{name}" for name in names}
    return dict(sorted(found.items()))


def normalise(address: str) -> str:
    """Return an address as the ledger writes it: lower case, no leading and one closing slash."""
    bare = address.strip().strip("/").lower()
    return f"{bare}/" if bare else ""


def _problem(address: str, expected: str, got: str, rule: str, hint: str = "") -> Problem:
    return Problem(FILE, 0, "error", f"ledger-{rule}", expected, got, address or "/", hint)


def check_ledger(ledger: Iterable[Address], current: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong: doubles, circles, dead ends, and addresses that a build would lose."""
    entries = list(ledger)
    known: dict[str, Address] = {}
    problems = []
    for entry in entries:
        if entry.address in known:
            problems.append(
                _problem(
                    entry.address,
                    "one line an address",
                    f"{known[entry.address].record} and {entry.record}",
                    "double",
                    "Take one of the two lines out.",
                )
            )
        known.setdefault(entry.address, entry)
    for entry in known.values():
        problems += _check_entry(entry, known, current)
    return sorted(problems, key=Problem.sort_key)


def _check_entry(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    if entry.state == "live":
        return _check_live(entry, current)
    if entry.address in current:
        return [
            _problem(
                entry.address,
                f"no page, as it is {entry.state}",
                f"a page of {current[entry.address]}",
                "reuse",
                "An address is never given to another record: choose another id.",
            )
        ]
    if entry.state == "moved":
        return _check_moved(entry, known, current)
    if not entry.because:
        return [
            _problem(entry.address, "a reason in 'because'", "none", "reason", "Say why in a word.")
        ]
    return []


def _check_live(entry: Address, current: Mapping[str, str]) -> list[Problem]:
    record = current.get(entry.address)
    if record == entry.record:
        return []
    if record is not None:
        return [
            _problem(
                entry.address,
                f"the page of {entry.record}",
                f"a page of {record}",
                "changed",
                "An address is never given to another record: choose another id.",
            )
        ]
    mend = f'python -m builder retire {entry.address} --because "…"'
    near = nearest(entry.address, current)
    if near:
        mend = f"python -m builder rename {entry.address} {near}, or: {mend}"
    return [
        _problem(entry.address, "a page, as it was published", "none", "dropped", f"Mend: {mend}")
    ]


def _check_moved(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    seen = [entry.address]
    step: Address | None = entry
    while step is not None and step.state == "moved":
        target = normalise(step.to or "")
        if target in seen:
            way = " → ".join([*seen, target])
            return [_problem(entry.address, "a redirect that ends", f"a circle: {way}", "circle")]
        if target in current:
            return []
        seen.append(target)
        step = known.get(target)
    if step is not None and step.state == "retired":
        return []
    return [
        _problem(
            entry.address,
            "a redirect to a page",
            f"none at {seen[-1]!r}",
            "dead-end",
            "Let 'to' name an address that stands, or retire it.",
        )
    ]


def nearest(address: str, current: Iterable[str]) -> str:
    """Return the most similar address of the same kind, or an empty string."""
    folder = address.partition("/")[0]
    same = [a for a in current if a.partition("/")[0] == folder and a != f"{folder}/"]
    found = difflib.get_close_matches(address, same, n=1, cutoff=0.75)
    return found[0] if found else ""


def extend_ledger(
    ledger: Iterable[Address], current: Mapping[str, str], today: date
) -> list[Address]:
    """Return the ledger with every new address added as live since today, sorted by address."""
    entries = list(ledger)
    known = {e.address for e in entries}
    new = [
        Address(address=address, record=record, since=today)
        for address, record in current.items()
        if address not in known
    ]
    return sorted([*entries, *new], key=lambda e: e.address)


def rename_address(
    ledger: Iterable[Address], old: str, new: str, current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with ``old`` moved to ``new``. Raises ProblemError where that can't be."""
    entries = {e.address: e for e in ledger}
    source, target = normalise(old), normalise(new)
    if source not in entries:
        raise ProblemError(
            _problem(
                source, "an address that was published", "none", "rename", _hint(source, entries)
            )
        )
    if target not in current:
        raise ProblemError(
            _problem(target, "an address of a record", "none", "rename", _hint(target, current))
        )
    moved = entries[source].model_copy(update={"state": "moved", "to": target})
    return sorted({**entries, source: moved}.values(), key=lambda e: e.address)


def _hint(address: str, known: Iterable[str]) -> str:
    near = nearest(address, known)
    return f"Did you mean {near!r}?" if near else ""


def retire_address(
    ledger: Iterable[Address], name: str, because: str, current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with an address (or ``kind:id``) retired. Raises ProblemError."""
    entries = {e.address: e for e in ledger}
    by_record = {e.record: e.address for e in entries.values()}
    address = by_record.get(name, normalise(name))
    if address not in entries:
        raise ProblemError(
            _problem(
                address, "an address that was published", "none", "retire", _hint(address, entries)
            )
        )
    if address in current:
        raise ProblemError(
            _problem(
                address,
                "a record that is gone",
                f"{current[address]}, which stands",
                "retire",
                "Take the record out first.",
            )
        )
    gone = entries[address].model_copy(update={"state": "retired", "because": because})
    return sorted({**entries, address: gone}.values(), key=lambda e: e.address)


def follow(address: str, ledger: Mapping[str, Address]) -> str:
    """Return where an address leads in the end, after all moves."""
    seen = set()
    while address in ledger and (entry := ledger[address]).state == "moved" and address not in seen:
        seen.add(address)
        address = normalise(entry.to or "")
    return address


def former_ids(ledger: Iterable[Address]) -> dict[str, list[str]]:
    """Return, for each address that stands, the ids of records that moved to it.

    Pages keep these as empty anchors, so that a link to an old fragment still lands.
    """
    entries = {e.address: e for e in ledger}
    found: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.state == "moved":
            target = follow(entry.address, entries)
            found.setdefault(target, []).append(entry.record.partition(":")[2])
    return {address: sorted(names) for address, names in sorted(found.items())}


def check_slug(kind: str, name: str) -> Problem | None:
    """Return a problem for a slug that the site needs for a folder or a page of its own."""
    if name.lower() in RESERVED:
        return Problem(
            FILE,
            0,
            "error",
            "slug-reserved",
            f"a slug of a {kind} that is not a word of the site's own",
            repr(name),
            hint="Choose another slug.",
        )
    return None

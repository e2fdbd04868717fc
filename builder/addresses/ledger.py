"""The ledger of addresses: what was ever published, and what became of it.

A published address lives for ever. ``content/urls.yml`` holds one line an address; a build whose
pages would drop one, or give it to another record, is refused with the mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.store import Library
from builder.text import ids

FILE = "content/urls.yml"
# Pages that no record stands behind.
OVERVIEWS = (
    "about/",
    "changes/",
    "compare/",
    "coverage/",
    "data/",
    "glossary/",
    "map/",
    "questions/",
    "search/",
    "study-cards/",
)


def list_addresses(library: Library) -> dict[str, str]:
    """Return every address that the records need now, with its record as ``kind:id``."""
    names: dict[str, Iterable[str]] = {
        kind: [t.id for t in library.terms_of(kind)]
        for kind in ("source", "mechanism", "vehicle", "condition")
    }
    names["trial"] = [t.id for t in library.trials()]
    names["paper"] = library.papers
    names["reference"] = library.references
    names["finding"] = [f.id for f in library.findings()]
    return name_addresses(names, list_releases(library.root))


def name_addresses(names: Mapping[str, Iterable[str]], releases: Iterable[str]) -> dict[str, str]:
    """Return every address of pages, with its record as ``kind:id``; ``names`` are ids by kind."""
    found = {"": "overview:home"}
    found |= {f"releases/{name}/": f"release:{name}" for name in releases}
    found |= {address: f"overview:{address.strip('/')}" for address in OVERVIEWS}
    found |= {ids.index_path(kind): f"overview:{ids.FOLDERS[kind]}" for kind in names}
    for kind, own in names.items():
        found |= {ids.page_path(kind, name): f"{kind}:{name}" for name in own}
    return dict(sorted(found.items()))


def list_releases(root: Path) -> list[str]:
    """Return the names of the releases that were frozen."""
    return sorted(p.parent.name for p in (root / "releases").glob("*/records.json"))


def normalise(address: str) -> str:
    """Return an address as the ledger writes it: lower case, no leading and one closing slash."""
    bare = address.strip().strip("/").lower()
    return f"{bare}/" if bare else ""


def tell(address: str, expected: str, got: str, rule: str, hint: str = "") -> Problem:
    """Return what is wrong with an address of the ledger."""
    return Problem(FILE, 0, "error", f"ledger-{rule}", expected, got, address or "/", hint)


def nearest(address: str, current: Iterable[str]) -> str:
    """Return the most similar address of the same kind, or an empty string.

    Findings have hashes for ids: their likeness tells nothing.
    """
    folder = address.partition("/")[0]
    if folder == ids.FOLDERS["finding"]:
        return ""
    same = [a for a in current if a.partition("/")[0] == folder and a != f"{folder}/"]
    found = difflib.get_close_matches(address, same, n=1, cutoff=0.75)
    return found[0] if found else ""


def extend_ledger(
    ledger: Iterable[Address],
    current: Mapping[str, str],
    today: date,
    papers: Mapping[str, str] | None = None,
) -> list[Address]:
    """Return the ledger with every new address added as live since today, sorted by address.

    ``papers`` names, by address, the paper that a record was read from. A record whose id is made
    of its words and that comes back (a mended typo that was put back) gets its address back; a
    slug given by hand does not, for it may mean another thing now.
    """
    entries = {e.address: e for e in ledger}
    known = papers or {}
    for address, record in current.items():
        entry = entries.get(address)
        if entry is None:
            entries[address] = Address(
                address=address, record=record, since=today, paper=known.get(address)
            )
        elif entry.state != "live" and entry.record == record and _is_derived(record):
            back = {"state": "live", "to": None, "because": None}
            entries[address] = entry.model_copy(update=back)
    return _sorted(entries)


def _is_derived(record: str) -> bool:
    return record.partition(":")[0] in ("finding", "paper", "reference", "trial")


def _sorted(entries: Mapping[str, Address]) -> list[Address]:
    return sorted(entries.values(), key=lambda e: e.address)


def apply_moves(
    ledger: Iterable[Address], moves: Mapping[str, str], current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with each address that went, and whose record goes on, sent there."""
    entries = {e.address: e for e in ledger}
    for old, new in moves.items():
        entry = entries.get(old)
        if entry and entry.state == "live" and old not in current and new in current:
            entries[old] = _move(entry, new)
    return _sorted(entries)


def lead_rows(
    ledger: Iterable[Address], moves: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]
) -> list[Address]:
    """Return the ledger in which a paper's page knows the rows of its tables by former ids.

    ``rows`` are old and new ids by the page's address, ``moves`` old and new address of pages.
    """
    entries = {e.address: e for e in ledger}
    for address, found in rows.items():
        sources = [old for old, new in moves.items() if new == address and old in entries]
        known: dict[str, str] = {}
        for source in [*sources, address]:
            known |= entries[source].rows or {}
        led = {old: found.get(new, new) for old, new in known.items()} | dict(found)
        back = set(found.values())  # an id that came back is no former one
        left = {old: new for old, new in sorted(led.items()) if old not in back}
        entries[address] = entries[address].model_copy(update={"rows": left or None})
    return _sorted(entries)


def former_rows(ledger: Iterable[Address]) -> dict[str, list[str]]:
    """Return the former ids of each row of a table, by its present id."""
    found: dict[str, list[str]] = {}
    for entry in ledger:
        if entry.state == "live":
            for old, new in (entry.rows or {}).items():
                found.setdefault(new, []).append(old)
    return found


def _move(entry: Address, target: str) -> Address:
    update = {"state": "moved", "to": target, "because": None, "digest": None, "changed": None}
    return entry.model_copy(update=update)


def date_ledger(
    ledger: Iterable[Address], digests: Mapping[str, str], today: date
) -> list[Address]:
    """Return the ledger with the digest of each page's data, and the day on which it changed."""
    dated = []
    for entry in ledger:
        digest = digests.get(entry.address)
        if entry.state != "live" or digest is None or digest == entry.digest:
            dated.append(entry)
            continue
        update: dict[str, object] = {"digest": digest}
        # The first digest of a page is no change, and one of the day it came isn't either.
        if entry.digest is not None and today > entry.since:
            update["changed"] = today
        dated.append(entry.model_copy(update=update))
    return dated


def rename_address(
    ledger: Iterable[Address], old: str, new: str, current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with ``old`` moved to ``new``. Raises ProblemError where that can't be."""
    entries = {e.address: e for e in ledger}
    source, target = normalise(old), normalise(new)
    if source not in entries:
        raise ProblemError(
            tell(source, "an address that was published", "none", "rename", _hint(source, entries))
        )
    if target not in current:
        raise ProblemError(
            tell(target, "an address of a record", "none", "rename", _hint(target, current))
        )
    if source in current:
        raise ProblemError(
            tell(source, "a record that is gone", f"{current[source]}, which stands", "rename")
        )
    back = {"state": "live", "to": None, "because": None}
    changed = {source: _move(entries[source], target)}
    if target in entries and entries[target].state != "live":  # a rename taken back
        changed[target] = entries[target].model_copy(update=back)
    return _sorted({**entries, **changed})


def _hint(address: str, known: Iterable[str]) -> str:
    near = nearest(address, known)
    return f"Did you mean {near!r}?" if near else ""


def retire_address(
    ledger: Iterable[Address], name: str, because: str, current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with an address (or ``kind:id``) retired. Raises ProblemError.

    With a paper go the records that only it brought: its findings, works and trials.
    """
    entries = {e.address: e for e in ledger}
    by_record = {e.record: e.address for e in entries.values()}
    address = by_record.get(name, normalise(name))
    if address not in entries:
        raise ProblemError(
            tell(
                address, "an address that was published", "none", "retire", _hint(address, entries)
            )
        )
    if address in current:
        raise ProblemError(
            tell(
                address,
                "a record that is gone",
                f"{current[address]}, which stands",
                "retire",
                "Take the record out first.",
            )
        )
    if not because.strip():
        raise ProblemError(tell(address, "a reason", "none", "reason", "Say why in a word."))
    kind, _, record = entries[address].record.partition(":")
    gone = [address]
    if kind == "paper":
        gone += [
            e.address
            for e in entries.values()
            if e.paper == record and e.state == "live" and e.address not in current
        ]
    update = {"state": "retired", "because": because.strip(), "to": None}
    retired = {a: entries[a].model_copy(update=update) for a in gone}
    return _sorted({**entries, **retired})


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

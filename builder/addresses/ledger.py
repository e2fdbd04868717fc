"""The ledger of addresses: what was ever published, and what became of it.

A published address lives for ever. ``content/urls.yml`` holds one line an address; a build whose
pages would drop one, or give it to another record, is refused with the fix.
"""

import difflib
from collections.abc import Container, Iterable, Mapping
from datetime import date
from pathlib import Path

from builder.addresses.pages import find_pages, part_path
from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.store import Library
from builder.text import ids

FILE = "content/urls.yml"
# The first line of the file. A ledger under another heading is of another edition and binds nobody:
# to count the revision up is to begin anew, which must never be done once the site is public.
HEADING = (
    "# Addresses since 2026-11-29, revision 2. Written by extract; no line is ever taken out.\n"
)
# Records whose ids are made of their words.
_DERIVED = ("finding:", "paper:", "part:", "reference:", "trial:")
_BACK = {"state": "live", "to": None, "because": None}
NO_LONGER_READ = "The statement is no longer read from its paper."
# Pages that no record stands behind.
OVERVIEWS = (
    *("about/", "changes/", "compare/", "coverage/", "data/", "glossary/", "map/", "questions/"),
    *("search/", "study-cards/"),
)


def list_addresses(library: Library) -> dict[str, str]:
    """Return every address that the records need now, with its record as ``kind:id``."""
    pages = find_pages(library)
    found = {"": "overview:home"}
    found |= {f"releases/{name}/": f"release:{name}" for name in list_releases(library.root)}
    found |= {address: f"overview:{address.strip('/')}" for address in OVERVIEWS}
    found |= {ids.index_path(kind): f"overview:{folder}" for kind, folder in ids.FOLDERS.items()}
    names: list[tuple[str, str]] = [(library.terms[n].kind, n) for n in pages.terms]
    names += [("trial", trial.id) for trial in library.trials()]
    names += [("paper", name) for name in library.papers]
    names += [("reference", name) for name in pages.works]
    found |= {ids.page_path(kind, name): f"{kind}:{name}" for kind, name in names}
    for paper, parts in pages.parts.items():
        for number in range(2, len(parts) + 1):
            found[part_path(paper, number)] = f"part:{paper}/{number}"
    found |= {address: f"finding:{name}" for name, address in pages.findings.items()}
    return dict(sorted(found.items()))


def find_papers(library: Library) -> dict[str, str]:
    """Return the paper behind each record of a paper, its parts, and what it brought, by record.

    Of several papers that report one trial or cite one work, the first in order of id.
    """
    found: dict[str, str] = {}
    for name, bundle in sorted(library.papers.items()):
        records = [f"paper:{name}", *(f"finding:{f.id}" for f in bundle.findings)]
        records += [f"part:{name}/{n}" for n in range(2, len(find_pages(library).parts[name]) + 1)]
        records += [f"trial:{t.id}" for t in bundle.trials]
        records += [f"reference:{cited.id}" for cited in bundle.references]
        for record in records:
            found.setdefault(record, name)
    return found


def list_releases(root: Path) -> list[str]:
    """Return the names of the releases that were frozen."""
    return sorted(p.parent.name for p in (root / "releases").glob("*/records.json"))


def normalise(address: str) -> str:
    """Return an address as the ledger writes it: lower case, no leading and one closing slash."""
    page, mark, anchor = address.strip().partition("#")
    bare = page.strip("/").lower()
    return (f"{bare}/" if bare else "") + mark + anchor


def fault(address: str, expected: str, got: str, rule: str, hint: str = "") -> Problem:
    """Return what is wrong with an address of the ledger."""
    return Problem(FILE, 0, "error", f"ledger-{rule}", expected, got, address or "/", hint)


def nearest(address: str, current: Iterable[str]) -> str:
    """Return the most similar address of the same kind, or an empty string.

    Findings have hashes for ids: their likeness says nothing.
    """
    if "#" in address:
        return ""
    folder = address.partition("/")[0]
    same = [a for a in current if a.startswith(f"{folder}/") and a != f"{folder}/" and "#" not in a]
    found = difflib.get_close_matches(address, same, n=1, cutoff=0.75)
    return found[0] if found else ""


def extend_ledger(
    ledger: Iterable[Address],
    current: Mapping[str, str],
    today: date,
    papers: Mapping[str, str] | None = None,
) -> list[Address]:
    """Return the ledger with every new address added as live since today, sorted by address.

    ``papers`` names, by record, the paper that it was read from. A record whose id is made of its
    words and that comes back (a typo put right, then put back) gets its address back; a slug given
    by hand does not, for it may mean another thing now. A statement that stands elsewhere now, and
    a part of a paper that is no longer needed, lead there.
    """
    entries = {e.address: e for e in ledger}
    known = papers or {}
    present = {record: address for address, record in current.items()}
    for entry in list(entries.values()):
        if entry.state == "live" and entry.address not in current:
            kind, _, name = entry.record.partition(":")
            target = present.get(entry.record)
            if kind == "part":
                target = present.get(f"paper:{name.partition('/')[0]}")
            if target and kind in ("finding", "part"):
                entries[entry.address] = _move(entry, target)
    for address, record in current.items():
        held = entries.get(address)
        if held is None:
            entries[address] = Address(
                address=address, record=record, since=today, paper=known.get(record)
            )
        elif held.state != "live" and held.record == record and record.startswith(_DERIVED):
            entries[address] = held.model_copy(update=_BACK)
    return _sorted(entries)


def withdraw_findings(
    ledger: Iterable[Address], current: Mapping[str, str], papers: Container[str]
) -> list[Address]:
    """Return the ledger in which statements that are no longer read from their paper are retired.

    Their page stands, and says so. With a paper that is gone a curator decides.
    """
    update = {"state": "retired", "because": NO_LONGER_READ}

    def is_gone(e: Address) -> bool:
        stood = e.state == "live" and e.record.startswith("finding:")
        return stood and e.address not in current and e.paper in papers

    return [e.model_copy(update=update) if is_gone(e) else e for e in ledger]


def _sorted(entries: Mapping[str, Address]) -> list[Address]:
    return sorted(entries.values(), key=lambda e: e.address)


def apply_moves(
    ledger: Iterable[Address], moves: Mapping[str, str], current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with each address that went, and whose record goes on, sent there.

    ``moves`` are old and new records, as ``kind:id``.
    """
    present = {record: address for address, record in current.items()}
    entries = list(ledger)
    for place, entry in enumerate(entries):
        record = entry.record
        if record.startswith("part:"):
            record = record.replace("part:", "paper:").partition("/")[0]
        target = present.get(moves.get(record, ""))
        if entry.state == "live" and entry.address not in current and target:
            entries[place] = _move(entry, target)
    return entries


def lead_rows(
    ledger: Iterable[Address], moves: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]
) -> list[Address]:
    """Return the ledger in which a paper's page knows the rows of its tables by former ids.

    ``rows`` are old and new ids by the paper's id, ``moves`` old and new records.
    """
    entries = {e.record: e for e in ledger}
    for paper, found in rows.items():
        sources = [old for old, new in moves.items() if new == f"paper:{paper}" and old in entries]
        known: dict[str, str] = {}
        for source in [*sources, f"paper:{paper}"]:
            known |= entries[source].rows or {}
        led = {old: found.get(new, new) for old, new in known.items()} | dict(found)
        back = set(found.values())  # an id that came back is no former one
        left = {old: new for old, new in sorted(led.items()) if old not in back}
        page = entries[f"paper:{paper}"]
        entries[page.record] = page.model_copy(update={"rows": left or None})
    pages = {e.address: e for e in entries.values() if e.record.startswith("paper:")}
    return [pages.get(e.address, e) for e in ledger]


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
        update: dict[str, object] = {}
        digest = digests.get(entry.address, entry.digest)
        if entry.state == "live" and digest != entry.digest:
            update["digest"] = digest
            # The first digest of a page is no change, and one of the day it came isn't either.
            if entry.digest is not None and today > entry.since:
                update["changed"] = today
        dated.append(entry.model_copy(update=update) if update else entry)
    return dated


def rename_address(
    ledger: Iterable[Address], old: str, new: str, current: Mapping[str, str]
) -> list[Address]:
    """Return the ledger with ``old`` moved to ``new``. Raises ProblemError where that can't be."""
    entries = {e.address: e for e in ledger}
    source, target = normalise(old), normalise(new)
    if source not in entries:
        raise _unknown(source, "an address that was published", "rename", entries)
    if target not in current:
        raise _unknown(target, "an address of a record", "rename", current)
    if source in current:
        got = f"{current[source]}, which stands"
        raise ProblemError(fault(source, "a record that is gone", got, "rename"))
    changed = {source: _move(entries[source], target)}
    if target in entries and entries[target].state != "live":  # a rename taken back
        changed[target] = entries[target].model_copy(update=_BACK)
    return _sorted({**entries, **changed})


def _unknown(address: str, expected: str, rule: str, known: Iterable[str]) -> ProblemError:
    near = nearest(address, known)
    hint = f"Did you mean {near!r}?" if near else ""
    return ProblemError(fault(address, expected, "none", rule, hint))


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
        raise _unknown(address, "an address that was published", "retire", entries)
    if address in current:
        got, hint = f"{current[address]}, which stands", "Take the record out first."
        raise ProblemError(fault(address, "a record that is gone", got, "retire", hint))
    if not because.strip():
        raise ProblemError(fault(address, "a reason", "none", "reason", "Say why in a word."))
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


def follow_records(ledger: Iterable[Address]) -> dict[str, str]:
    """Return, as ``kind:id``, each record that went and the one as which it goes on now."""
    entries = {e.address: e for e in ledger}
    found = {}
    for entry in entries.values():
        end = entries.get(follow(entry.address, entries))
        if entry.state == "moved" and end and end.record != entry.record:
            found[entry.record] = end.record
    return found


def find_days(ledger: Iterable[Address]) -> dict[date, dict[str, list[str]]]:
    """Return the addresses of pages that came and that changed, by day."""
    found: dict[date, dict[str, list[str]]] = {}
    for entry in (e for e in ledger if "#" not in e.address):
        for day, word in ((entry.since, "added"), (entry.changed, "changed")):
            if day:
                found.setdefault(day, {"added": [], "changed": []})[word].append(entry.address)
    return found


def former_ids(ledger: Iterable[Address]) -> dict[str, list[str]]:
    """Return, by address of a page or id of a statement that stands, ids of what moved to it.

    Pages keep these as empty anchors, so that a link to an old fragment still lands.
    """
    entries = {e.address: e for e in ledger}
    found: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.state == "moved":
            page, _, anchor = follow(entry.address, entries).partition("#")
            found.setdefault(anchor or page, []).append(entry.record.partition(":")[2])
    return {address: sorted(names) for address, names in sorted(found.items())}


def gone_anchors(ledger: Iterable[Address]) -> dict[str, list[Address]]:
    """Return, by page, the statements that stood there and do not any more.

    They were withdrawn, or have moved to another page; their page goes on answering for them, and
    where it has moved itself, the page that it leads to.
    """
    entries = {e.address: e for e in ledger}
    found: dict[str, list[Address]] = {}
    for entry in entries.values():
        page, mark, _ = entry.address.partition("#")
        if mark and entry.state != "live":
            end, here = follow(entry.address, entries), follow(page, entries)
            if entry.state == "retired" or end.partition("#")[0] != here:
                found.setdefault(here, []).append(entry)
    return found

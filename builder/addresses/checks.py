"""What may be wrong with the ledger, and with the words that addresses are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from builder.addresses.ledger import FILE, OVERVIEWS, fault, list_addresses, nearest, normalise
from builder.errors import Problem
from builder.models import Address
from builder.models.base import SLUG
from builder.store import Library
from builder.text import ids

_EXTRACT = "Run: python -m builder extract"
# Words that no record may have for a slug: the site needs them.
RESERVED = frozenset(
    ["api", "assets", "index", "pagefind", "sitemap", "404", "releases"]
    # names that no file can have on Windows
    + ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
    + [o.strip("/") for o in OVERVIEWS]
    + list(ids.FOLDERS.values())
)


def check_ledger(ledger: Iterable[Address], current: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong: doubles, circles, dead ends, and addresses that a build would lose."""
    entries = list(ledger)
    known: dict[str, Address] = {}
    problems = []
    for entry in entries:
        if entry.address in known:
            problems.append(
                fault(
                    entry.address,
                    "one line an address",
                    f"{known[entry.address].record} and {entry.record}",
                    "double",
                    "Take one of the two lines out.",
                )
            )
        known.setdefault(entry.address, entry)
    gone = {
        entry.record.partition(":")[2]
        for entry in known.values()
        if entry.state == "live"
        and entry.record.startswith("paper:")
        and entry.address not in current
    }
    for entry in known.values():
        # With a paper go its findings and works: its own line gives the fix for all of them.
        if entry.paper in gone and not entry.record.startswith("paper:"):
            continue
        problems += _check_entry(entry, known, current)
    return sorted(problems, key=Problem.sort_key)


def check_recorded(ledger: Iterable[Address], current: Mapping[str, str]) -> list[Problem]:
    """Return a problem where the ledger lacks an address that a build would publish."""
    held = {e.address for e in ledger}
    new = [address for address in current if address not in held]
    if not new:
        return []
    got = f"{len(new)} that it lacks" if len(new) > 1 else "one that it lacks"
    return [fault(new[0], "every address of the site", got, "new", _EXTRACT)]


def check_kept(ledger: Iterable[Address], published: Mapping[str, Iterable[str]]) -> list[Problem]:
    """Return a problem for each place that names addresses which the ledger has lost.

    ``published`` are the addresses by the place that names them: a release, a commit.
    """
    held = {e.address for e in ledger}
    problems = []
    for place, addresses in published.items():
        lost = sorted(set(addresses) - held)
        if lost:
            got = f"none of {len(lost)} that stand in {place}"
            hint = f"No line is ever taken out of it: take them back from {place}."
            problems.append(fault(lost[0], "every address once published", got, "lost", hint))
    return problems


def check_digests(ledger: Iterable[Address], digests: Mapping[str, str]) -> list[Problem]:
    """Return a problem where the ledger holds another digest of a page's data."""
    stale = [
        e.address
        for e in ledger
        if e.state == "live" and e.address in digests and e.digest != digests[e.address]
    ]
    if not stale:
        return []
    return [fault(stale[0], "the data of the page as it is now", "older data", "stale", _EXTRACT)]


def _check_entry(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    if entry.state == "live":
        return _check_live(entry, current)
    if entry.address in current:
        return [
            fault(
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
            fault(entry.address, "a reason in 'because'", "none", "reason", "Say why in a word.")
        ]
    return []


def _check_live(entry: Address, current: Mapping[str, str]) -> list[Problem]:
    record = current.get(entry.address)
    if record == entry.record:
        return []
    if record is not None:
        return [
            fault(
                entry.address,
                f"the page of {entry.record}",
                f"a page of {record}",
                "changed",
                "An address is never given to another record: choose another id.",
            )
        ]
    if "#" in entry.address:
        return [
            fault(entry.address, "the statement, as it was published", "none", "dropped", _EXTRACT)
        ]
    fix = f'python -m builder retire {entry.address} --because "…"'
    near = nearest(entry.address, current)
    if near:
        fix = f"python -m builder rename {entry.address} {near}, or: {fix}"
    return [fault(entry.address, "a page, as it was published", "none", "dropped", f"Fix: {fix}")]


def _check_moved(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    seen = [entry.address]
    step: Address | None = entry
    while step is not None and step.state == "moved":
        target = normalise(step.to or "")
        if target in seen:
            way = " → ".join([*seen, target])
            return [fault(entry.address, "a redirect that ends", f"a circle: {way}", "circle")]
        if target in current:
            return []
        seen.append(target)
        step = known.get(target)
    if step is not None:  # withdrawn; or live and dropped, which its own line reports
        return []
    return [
        fault(
            entry.address,
            "a redirect to a page",
            f"none at {seen[-1]!r}",
            "dead-end",
            "Let 'to' name an address that stands, or retire it.",
        )
    ]


def check_slugs(library: Library) -> list[Problem]:
    """Return a problem for each record whose page would take a word of the site's own."""
    wrong = []
    for address, record in list_addresses(library).items():
        kind, _, name = record.partition(":")
        if kind in ("overview", "release", "part", "finding"):
            continue
        problem = check_slug(kind, name)
        if problem:
            wrong.append(problem)
        elif address.count("/") != 2 or not re.fullmatch(SLUG, name.lower()):  # noqa: PLR2004
            wrong.append(
                fault(address, "a slug of letters, digits and hyphens", repr(name), "slug")
            )
    return wrong


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

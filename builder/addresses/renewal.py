"""The ledger file: renewed whole by every command that writes records, checked by check and build.

A preview neither renews nor asks it: what a curator tries out was never published.
"""

import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from builder import store
from builder.addresses import ledger, releases
from builder.addresses.identity import find_moves, find_row_moves
from builder.addresses.ledger import FILE, OVERVIEWS, fault, list_addresses, nearest, normalise
from builder.addresses.pages import digest_pages
from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.models.base import SLUG
from builder.project import Project, ask_git
from builder.store import Library, PaperBundle
from builder.store.library import today
from builder.text import ids

_ADDRESS = re.compile(r"^- address: (.*)$", re.MULTILINE)
# An entry whose values YAML takes for text as they stand.
_PLAIN = re.compile(
    r"- address: [a-z]+/[a-z0-9/-]*\n  record: [a-z]+:[a-z][a-z0-9-]*\n"
    r"  since: '\d{4}-\d\d-\d\d'\n  state: live\n(?:  paper: [a-z]+-[a-z0-9-]+\n)?"
    r"(?:  digest: (?!0b)\d*[a-f][0-9a-f]*\n)?(?:  changed: '\d{4}-\d\d-\d\d'\n)?"
)
_EXTRACT = "Run: python -m builder extract"
# Words that no record may have for a slug: the site needs them.
RESERVED = frozenset(
    ["api", "assets", "index", "pagefind", "sitemap", "404", "releases"]
    # names that no file can have on Windows
    + ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
    + [o.strip("/") for o in OVERVIEWS]
    + list(ids.FOLDERS.values())
)


def renew(
    before: Project, after: Project, papers: Mapping[str, str] | None = None
) -> list[Problem]:
    """Write the ledger of ``after`` anew, whose records were written since ``before``.

    ``papers`` are those that are known to go on under another id, old and new. Return a note where
    statements went. Nothing is done where content/ can't be read: check will say why.
    """
    try:
        library = store.load(after)
    except ProblemError:
        return []
    stood = _read_papers(before, library, set((papers or {}).values()))
    entries = renew_ledger(stood, library, today(after.root), papers)
    write_ledger(after, entries)
    held = {e.address for e in library.ledger if e.state == "live"}
    gone = [e for e in entries if e.address in held and e.because == ledger.NO_LONGER_READ]
    if not gone:
        return []
    expected = "every statement that was read before"
    got = f"{len(gone)} fewer, first {gone[0].address}"
    return [
        Problem(ledger.FILE, 0, "note", "withdrawn", expected, got,
                hint="Their page stands and says that they were withdrawn.")
    ]  # fmt: skip


def renew_ledger(
    before: Library, library: Library, day: date, papers: Mapping[str, str] | None = None
) -> list[Address]:
    """Return the ledger of a library whose records were written since ``before``.

    New addresses are live since ``day``, those whose record goes on under a new id lead there, and
    each page's data has its digest.
    """
    current = ledger.list_addresses(library)
    moves = find_moves(before, library, papers)
    entries = ledger.extend_ledger(library.ledger, current, day, ledger.find_papers(library))
    entries = ledger.lead_rows(entries, moves, find_row_moves(before, library, moves))
    entries = ledger.apply_moves(entries, moves, current)
    renamed = {r.removeprefix("paper:") for r in moves if r.startswith("paper:")}
    entries = ledger.withdraw_findings(entries, current, renamed | library.papers.keys())
    return ledger.date_ledger(entries, digest_pages(library), day)


def _read_papers(project: Project, library: Library, came: Collection[str]) -> Library:
    """Return a library with papers as they stood; a paper that can't be read is left out.

    So are papers that ``came``: what goes on as one of them is no part of it yet.
    """
    bundles: list[PaperBundle] = []
    for folder in sorted((project.content / "papers").glob("*")):
        if folder.is_dir() and folder.name not in came:
            with contextlib.suppress(ProblemError):
                bundles.append(store.read_bundle(folder, project.root))
    papers, works = store.unite_bundles(bundles, library.identifiers, library.ledger)
    return replace(library, papers=papers, references=works)


def write_ledger(project: Project, entries: Iterable[Address]) -> None:
    """Write the ledger."""
    text = "".join(map(_write_entry, entries)) or store.dump_records([])
    store.write_text(project.root / ledger.FILE, ledger.HEADING + text)


def _write_entry(entry: Address) -> str:
    """Return the canonical YAML of an entry; most need no quotes, and are written at once."""
    text = (
        f"- address: {entry.address}\n  record: {entry.record}\n  since: '{entry.since}'\n"
        f"  state: {entry.state}\n"
    )
    text += "" if entry.paper is None else f"  paper: {entry.paper}\n"
    text += "" if entry.digest is None else f"  digest: {entry.digest}\n"
    text += "" if entry.changed is None else f"  changed: '{entry.changed}'\n"
    rest = (entry.to, entry.because, entry.rows)
    plain = all(part is None for part in rest) and _PLAIN.fullmatch(text)
    return text if plain else store.dump_records([entry])


# --- checks ---------------------------------------------------------------------------------------


def check_addresses(library: Library) -> list[Problem]:
    """Return every address that would be lost, taken over, or sent nowhere, and every bad slug."""
    current = ledger.list_addresses(library)
    return [
        *check_ledger(library.ledger, current),
        *check_recorded(library.ledger, current),
        *check_slugs(library),
        *check_kept(library.ledger, _find_published(library.root)),
    ]


def _find_published(root: Path) -> dict[str, Iterable[str]]:
    """Return the addresses that every release names, and those that the last commit held.

    Its parents count as well: a merge takes one side of a conflict, and loses the other.
    """
    found: dict[str, Iterable[str]] = {
        f"{releases.FOLDER}/{r.version}": r.pages for r in releases.read_releases(root)
    }
    commits = ask_git(root, "rev-list", "--parents", "-n", "1", "HEAD").split()
    for commit in commits:
        text = ask_git(root, "show", f"{commit}:./{ledger.FILE}")
        if text.startswith(ledger.HEADING):
            found[f"commit {commit[:12]}"] = [m.strip("'\"") for m in _ADDRESS.findall(text)]
    return found


def check_pages(library: Library, site: Path) -> list[Problem]:
    """Return a problem for each address of the ledger at which a built site has no page."""
    pages = sorted({entry.address.partition("#")[0] for entry in library.ledger})
    return [
        Problem(
            f"{page}index.html", 0, "error", "ledger-page", "a page, as it was published", "none",
            hint="The site must answer at every address that it ever had.",
        )
        for page in pages
        if not (site / page / "index.html").is_file()
    ]  # fmt: skip


def check_ledger(ledger: Iterable[Address], current: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong: doubles, circles, dead ends, and addresses that a build would lose."""
    entries = list(ledger)
    known: dict[str, Address] = {}
    problems = []
    for entry in entries:
        if entry.address in known:
            got = f"{known[entry.address].record} and {entry.record}"
            hint = "Take one of the two lines out."
            problems.append(fault(entry.address, "one line an address", got, "double", hint))
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


def check_dates(library: Library) -> list[Problem]:
    """Return a problem where the ledger does not know a page's data as it is now."""
    now = digest_pages(library)
    live = [entry for entry in library.ledger if entry.state == "live"]
    stale = [e.address for e in live if now.get(e.address, e.digest) != e.digest]
    expected = "the data of the page as it is now"
    return [fault(stale[0], expected, "older data", "stale", _EXTRACT)] if stale else []


_OTHER = "An address is never given to another record: choose another id."


def _check_entry(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    address, record = entry.address, current.get(entry.address)
    if entry.state == "live":
        return _check_live(entry, current) if record != entry.record else []
    if record is not None:
        expected = f"no page, as it is {entry.state}"
        return [fault(address, expected, f"a page of {record}", "reuse", _OTHER)]
    if entry.state == "moved":
        return _check_moved(entry, known, current)
    if entry.because:
        return []
    return [fault(address, "a reason in 'because'", "none", "reason", "Say why in a word.")]


def _check_live(entry: Address, current: Mapping[str, str]) -> list[Problem]:
    address = entry.address
    if address in current:
        expected, got = f"the page of {entry.record}", f"a page of {current[address]}"
        return [fault(address, expected, got, "changed", _OTHER)]
    if "#" in address:
        return [fault(address, "the statement, as it was published", "none", "dropped", _EXTRACT)]
    fix = f'python -m builder retire {address} --because "…"'
    if near := nearest(address, current):
        fix = f"python -m builder rename {address} {near}, or: {fix}"
    return [fault(address, "a page, as it was published", "none", "dropped", f"Fix: {fix}")]


def _check_moved(
    entry: Address, known: Mapping[str, Address], current: Mapping[str, str]
) -> list[Problem]:
    seen = [entry.address]
    step: Address | None = entry
    while step is not None and step.state == "moved":
        target = normalise(step.to or "")
        if target in seen:
            got = f"a circle: {' → '.join([*seen, target])}"
            return [fault(entry.address, "a redirect that ends", got, "circle")]
        if target in current:
            return []
        seen.append(target)
        step = known.get(target)
    if step is not None:  # withdrawn; or live and dropped, which its own line reports
        return []
    hint = "Let 'to' name an address that stands, or retire it."
    return [fault(entry.address, "a redirect to a page", f"none at {seen[-1]!r}", "dead-end", hint)]


def check_slugs(library: Library) -> list[Problem]:
    """Return a problem for each record whose page would take a word of the site's own."""
    wrong = []
    for address, record in list_addresses(library).items():
        kind, _, name = record.partition(":")
        if kind in ("overview", "release", "part", "finding"):
            continue
        if problem := check_slug(kind, name):
            wrong.append(problem)
        elif address.count("/") != 2 or not re.fullmatch(SLUG, name.lower()):  # noqa: PLR2004
            expected = "a slug of letters, digits and hyphens"
            wrong.append(fault(address, expected, repr(name), "slug"))
    return wrong


def check_slug(kind: str, name: str) -> Problem | None:
    """Return a problem for a slug that the site needs for a folder or a page of its own."""
    if name.lower() not in RESERVED:
        return None
    expected = f"a slug of a {kind} that is not a word of the site's own"
    hint = "Choose another slug."
    return Problem(FILE, 0, "error", "slug-reserved", expected, repr(name), hint=hint)

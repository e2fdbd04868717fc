"""The ledger file: renewed whole by every command that writes records, asked by check and build.

A preview neither renews nor asks it: what a curator tries out was never published.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from builder import store
from builder.addresses import checks as ledger_checks
from builder.addresses import ledger, releases
from builder.addresses.digests import digest_pages
from builder.addresses.identity import Side, find_moves, find_row_moves
from builder.errors import Problem, ProblemError
from builder.models import Address
from builder.project import Project
from builder.store import Library, PaperBundle
from builder.store.library import today

_ADDRESS = re.compile(r"^- address: (.*)$", re.MULTILINE)
# An entry whose values YAML takes for text as they stand.
_PLAIN = re.compile(
    r"- address: [a-z]+/[a-z0-9/-]*\n  record: [a-z]+:[a-z][a-z0-9-]*\n"
    r"  since: '\d{4}-\d\d-\d\d'\n  state: live\n(?:  paper: [a-z]+-[a-z0-9-]+\n)?"
    r"(?:  digest: (?!0b)\d*[a-f][0-9a-f]*\n)?(?:  changed: '\d{4}-\d\d-\d\d'\n)?"
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
    side = _read_side(before, library, set((papers or {}).values()))
    entries = renew_ledger(side, library, today(after.root), papers)
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
    before: Side, library: Library, day: date, papers: Mapping[str, str] | None = None
) -> list[Address]:
    """Return the ledger of a library whose records were written since ``before``.

    New addresses are live since ``day``, those whose record goes on under a new id lead there, and
    each page's data has its digest.
    """
    after = Side(library.papers, library.references)
    current = ledger.list_addresses(library)
    moves = find_moves(before, after, papers)
    entries = ledger.extend_ledger(library.ledger, current, day, ledger.find_papers(library))
    entries = ledger.lead_rows(entries, moves, find_row_moves(before, after, moves))
    entries = ledger.apply_moves(entries, moves, current)
    renamed = {r.removeprefix("paper:") for r in moves if r.startswith("paper:")}
    entries = ledger.withdraw_findings(entries, current, renamed | library.papers.keys())
    return ledger.date_ledger(entries, digest_pages(library), day)


def _read_side(project: Project, library: Library, came: Collection[str]) -> Side:
    """Return the papers' records as they stood; a paper that can't be read is left out.

    So are papers that ``came``: what goes on as one of them is no part of it yet.
    """
    bundles: list[PaperBundle] = []
    for folder in sorted((project.content / "papers").glob("*")):
        if folder.is_dir() and folder.name not in came:
            with contextlib.suppress(ProblemError):
                bundles.append(store.read_bundle(folder, project.root))
    return Side(*store.unite_bundles(bundles, library.identifiers, library.ledger))


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


def check_addresses(library: Library) -> list[Problem]:
    """Return every address that would be lost, taken over, or sent nowhere, and every bad slug."""
    current = ledger.list_addresses(library)
    return [
        *ledger_checks.check_ledger(library.ledger, current),
        *ledger_checks.check_recorded(library.ledger, current),
        *ledger_checks.check_slugs(library),
        *ledger_checks.check_kept(library.ledger, _find_published(library.root)),
    ]


def _find_published(root: Path) -> dict[str, Iterable[str]]:
    """Return the addresses that every release names, and those that the last commit held.

    Its parents count as well: a merge takes one side of a conflict, and loses the other.
    """
    found: dict[str, Iterable[str]] = {
        f"{releases.FOLDER}/{r.version}": r.pages for r in releases.read_releases(root)
    }
    commits = _ask_git(root, "rev-list", "--parents", "-n", "1", "HEAD").split()
    for commit in commits:
        text = _ask_git(root, "show", f"{commit}:./{ledger.FILE}")
        if text.startswith(ledger.HEADING):
            found[f"commit {commit[:12]}"] = [m.strip("'\"") for m in _ADDRESS.findall(text)]
    return found


def _ask_git(root: Path, *words: str) -> str:
    """Return what git says of a project; nothing where it has no history."""
    try:
        asked = subprocess.run(  # noqa: S603 (our own words)
            ["git", "-C", str(root), *words],  # noqa: S607 (git is on the path)
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return asked.stdout if asked.returncode == 0 else ""


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


def check_dates(library: Library) -> list[Problem]:
    """Return a problem where the ledger does not know a page's data as it is now."""
    return ledger_checks.check_digests(library.ledger, digest_pages(library))

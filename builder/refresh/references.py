"""Finding the identifiers of cited works, and what became of the works since.

A DOI or PMID that is known is followed and checked; else works are sought by title, author and
year. Only a record that fits well enough is taken; for a doubtful one a question is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from builder.errors import Problem
from builder.models import CslItem, Identifiers, Notice, Question
from builder.refresh import http_client, literature
from builder.refresh.hits import Asked, Hit, Match, match_work, rank_works

# After so many failures in a row, a service is taken to be down.
_MOST_FAILURES = 3
_GRAVE = 80.0
# Below this likeness the nearest record is another work: not worth a curator's time first.
_FAR = 70.0


@dataclass(frozen=True)
class Desks:
    """Where works are asked for: the two services, the contact address and the day."""

    crossref: http_client.Desk
    europe_pmc: http_client.Desk
    contact: str
    today: date


@dataclass
class Inquiry:
    """One work as it is asked for, and what was found of it so far."""

    work: CslItem
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    seen_at: list[str] = field(default_factory=list)
    score: float | None = None
    notices: list[Notice] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    def take(self, match: Match) -> None:
        """Take the identifiers of a record that fits; ask where they contradict those known."""
        found = match.found
        self.score = match.score if self.score is None else min(self.score, match.score)
        for name in ("doi", "pmid", "pmcid"):
            held, reported = getattr(self, name), getattr(found, name)
            if held and reported and held.lower() != reported.lower():
                text = f"{found.url} gives the {name.upper()} {reported}, the atlas has {held}."
                self.ask("identifier-differs", text, 4)
            elif reported and not held:
                setattr(self, name, reported)
        if found.url and found.url not in self.seen_at:
            self.seen_at.append(found.url)

    def ask(self, rule: str, text: str, weight: int) -> None:
        """Keep a question for a curator."""
        self.questions.append(Question(rule=rule, text=text, weight=weight))


def ask_works(
    works: Mapping[str, CslItem],
    known: Mapping[str, Identifiers],
    desks: Desks,
    notify: Callable[[str], None],
) -> Asked[Identifiers]:
    """Return the entries of content/identifiers.yml that are new or changed, by the work's id.

    Raises OfflineError where a service can't be reached; other failures are problems of their work,
    and the others go on until a service fails several times in a row.
    """
    done: Asked[Identifiers] = Asked()
    failures = 0
    for number, name in enumerate(sorted(works), 1):
        old = known.get(name)
        if not works[name].title and not works[name].DOI:
            continue
        notify(f"work {number} of {len(works)}: {name}")
        done.asked += 1
        try:
            inquiry = inquire(works[name], desks)
        except http_client.OfflineError:
            raise
        except http_client.ServiceError as error:
            failures += 1
            done.problems.append(_failed(name, str(error)))
            if failures == _MOST_FAILURES:
                said = f"{failures} failures in a row; the other works were not asked for"
                done.problems.append(_failed("refresh", said))
                break
            continue
        failures = 0
        new = merge_entry(name, old, inquiry, works[name], desks.today)
        if new and new != old:
            done.records[name] = new
            done.changes.extend(_report_notices(name, old, new))
    return done


def _failed(name: str, said: str) -> Problem:
    return Problem("content/identifiers.yml", 0, "error", "refresh-answer",
                   "an answer of each service", said, name)  # fmt: skip


def _report_notices(name: str, old: Identifiers | None, new: Identifiers) -> Iterable[str]:
    held = {(n.kind, n.doi, n.pmid) for n in old.notices} if old else set()
    for notice in new.notices:
        if (notice.kind, notice.doi, notice.pmid) not in held:
            yield f"{name}: {notice.kind.replace('-', ' ')}, stated by {notice.reported_by}"


# --- one work ------------------------------------------------------------------------------------


def inquire(work: CslItem, desks: Desks) -> Inquiry:
    """Return what the services say of one work. Raises ServiceError."""
    inquiry = Inquiry(work, work.DOI or "", work.PMID or "", work.PMCID or "")
    if not inquiry.doi:
        _find_doi(inquiry, desks)
    if inquiry.doi and not inquiry.questions:
        _follow_doi(inquiry, desks)
    return inquiry


def _find_doi(inquiry: Inquiry, desks: Desks) -> None:
    """Find a work without DOI: by its PMID where known, else by its title."""
    if inquiry.pmid:
        reported = literature.ask_europe_pmc(desks.europe_pmc, desks.today, pmid=inquiry.pmid)
        inquiry.answered.append(http_client.EUROPE_PMC.name)
        if reported:
            _check(inquiry, reported[0], f"PMID {inquiry.pmid}", reported[1])
            return
    if not inquiry.work.title:
        return
    best = _decide(
        inquiry, literature.ask_crossref_title(desks.crossref, inquiry.work, desks.contact)
    )
    if best and best.fits:
        inquiry.take(best)
        return
    if inquiry.questions:
        return
    other = _decide(inquiry, literature.ask_europe_pmc_title(desks.europe_pmc, inquiry.work))
    if other and other.fits:
        inquiry.take(other)
    elif not inquiry.questions:
        _ask_nearest(inquiry, [m for m in (best, other) if m], desks)


def _decide(inquiry: Inquiry, found: list[Hit]) -> Match | None:
    """Return the best match; two different works that both fit become a question."""
    matches = rank_works(inquiry.work, found)
    fitting = [m for m in matches if m.fits]
    # A preprint bears its article's title: the article is what is cited, unless it stands alone.
    articles = [m for m in fitting if not m.found.preprint] or fitting
    dois = sorted({m.found.doi or m.found.url for m in articles})
    if len(dois) > 1:
        inquiry.ask(
            "identifier-unsure",
            f"Which is the work cited: {' or '.join(dois)}? Titles, authors and years all fit.",
            2,
        )
        inquiry.seen_at.extend(m.found.url for m in articles)
        inquiry.score = articles[0].score
        return None
    return articles[0] if articles else (matches[0] if matches else None)


def _ask_nearest(inquiry: Inquiry, nearest: list[Match], desks: Desks) -> None:
    asked = f"{desks.crossref.service.name} and {desks.europe_pmc.service.name}"
    best = max(nearest, key=lambda m: m.score, default=None)
    if best is None:
        text = f"No identifier found: {asked} know no such title."
        inquiry.ask("identifier-missing", text, 1)
        inquiry.seen_at.extend([desks.crossref.service.base, desks.europe_pmc.service.base])
        return
    title = best.found.titles[0]
    text = (
        f"Is this {best.found.url or best.found.doi or 'work'}, “{title}” "
        f"({best.found.lead or 'author not stated'}, {best.found.year or 'year not stated'})? "
        f"It fits by {best.score:.0f} %, too little to be taken."
    )
    inquiry.ask("identifier-unsure", text, 2 if best.score >= _FAR else 1)
    inquiry.seen_at.append(best.found.url or desks.crossref.service.base)
    inquiry.score = best.score


def _follow_doi(inquiry: Inquiry, desks: Desks) -> None:
    """Look the DOI up at both services: does it lead to the work, and what became of it."""
    known = False
    inquiry.answered.append(http_client.CROSSREF.name)
    try:
        found, notices = literature.ask_doi(desks.crossref, inquiry.doi, desks.contact, desks.today)
    except http_client.UnknownError:
        pass
    else:
        known = True
        _check(inquiry, found, f"DOI {inquiry.doi}", notices)
    if inquiry.questions:
        return
    reported = literature.ask_europe_pmc(desks.europe_pmc, desks.today, inquiry.doi)
    inquiry.answered.append(http_client.EUROPE_PMC.name)
    if reported:
        _check(inquiry, reported[0], f"DOI {inquiry.doi}", reported[1])
    elif not known:
        text = f"Neither Crossref nor Europe PMC knows the DOI {inquiry.doi}. Is it right?"
        inquiry.ask("identifier-unknown", text, 2)
        inquiry.seen_at.append(desks.crossref.service.base)


def _check(inquiry: Inquiry, found: Hit, by: str, notices: list[Notice]) -> None:
    """Take what an identifier leads to, if it is the work; else ask."""
    match = match_work(inquiry.work, found)
    if match.fits:
        inquiry.take(match)
        inquiry.notices.extend(notices)
        return
    inquiry.ask(
        "identifier-other",
        f"The {by} leads to “{found.titles[0]}” ({found.lead or 'author not stated'}, "
        f"{found.year or 'year not stated'}), which fits by {match.score:.0f} %. Is it this work?",
        3 if match.score >= _GRAVE else 5,
    )
    inquiry.score = match.score
    inquiry.seen_at.append(found.url)


# --- entries -------------------------------------------------------------------------------------


def merge_entry(
    name: str, old: Identifiers | None, inquiry: Inquiry, work: CslItem, today: date
) -> Identifiers | None:
    """Return the entry of a work with what was found; None where there is nothing to keep.

    What an entry holds already is never overwritten, and an entry that learns nothing stays as it
    is, so that its day says when its values were seen.
    """
    notices = _merge_notices(old.notices if old else [], inquiry)
    if inquiry.questions:
        # Nothing is taken over from records that are in doubt.
        values = {n: getattr(old, n) if old else None for n in ("doi", "pmid", "pmcid")}
    else:
        values = {n: getattr(inquiry, n) or None for n in ("doi", "pmid", "pmcid")}
    held = {n: getattr(old, n) if old else None for n in values}
    printed = {"doi": work.DOI, "pmid": work.PMID, "pmcid": work.PMCID}
    if old and (held, old.notices, old.questions) == (values, notices, inquiry.questions):
        return old
    learnt = any(values[n] and values[n] != printed[n] for n in values)
    if not old and not (learnt or notices or inquiry.questions):
        return None
    seen = dict.fromkeys([*(old.seen_at.split(" ; ") if old else []), *inquiry.seen_at])
    return Identifiers(
        reference=name,
        **values,
        seen_at=" ; ".join(s for s in seen if s),
        seen_on=today,
        score=inquiry.score,
        notices=notices,
        questions=inquiry.questions,
    )


def _merge_notices(old: list[Notice], inquiry: Inquiry) -> list[Notice]:
    """Return the notices: those stated now, and those of services that gave no answer this time."""

    def key(notice: Notice) -> tuple[str, str, str, str]:
        return (notice.reported_by, notice.kind, notice.doi or "", notice.pmid or "")

    held = {key(n): n for n in old}
    reported = {key(n): held.get(key(n), n) for n in inquiry.notices}
    silent = {
        k: n
        for k, n in held.items()
        if inquiry.questions or not any(n.reported_by.startswith(a) for a in inquiry.answered)
    }
    merged = {**silent, **reported}
    return [merged[k] for k in sorted(merged)]

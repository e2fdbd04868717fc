"""What stands on an article page before its first section: title, authors, journal, dates, DOI.

Every line is sorted by its own shape, in whatever order the site prints them: MDPI ("by", marks of
affiliations on lines of their own), Frontiers (names without commas), PubMed Central (the journal
above the title, identifiers below). Site furniture is ignored by name; other lines are statements.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from builder.readers.draft import Draft, Lines, find_ids
from builder.readers.names import split_people
from builder.readers.words import journal_words, page_words
from builder.text import spelling
from builder.text.dates import YEAR, find_impossible_day, parse_date

_BY = re.compile(
    r"^(?:by(?:\s+(?=[A-Z])|$)|Author links open overlay panel|"
    r"\**Author(?:s|\(s\))?(?::\**|\**:?)\s*(?=[A-Z]|$))"
)
_ORCID = re.compile(
    r"(?P<name>[^,;&\d()]{3,60}?)\s*\(?(?:ORCID:?\s*)?(?:https?://)?orcid\.org/"
    r"(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])\)?"
)
_ORCID_MARK = re.compile(
    r"\s*[\[(]?ORCID(?: logo| icon)?[\])]?(?=[\s,;\d]|$)|View ORCID ?Profile|"
    r"\s*\b[Ii]s a corresponding author"
)
_PLACE = re.compile(
    r"\b(?:Department|Dept|Universit|Institut|Hospital|School|Faculty|College|Laborator|Clinic|"
    r"Cent(?:er|re)\b|Division|Academy|Ministry|Foundation|Correspond|Author to whom|e-?mail|@|"
    r"These authors|"
    r"Co\.,? Ltd|Inc\.|GmbH|contributed equally|USA|China|Germany|Italy|Japan|Korea|Malaysia|Iran|"
    r"United Kingdom|UK|Spain|France|India|Canada|Australia|Program|Unit of|Section of)",
    re.IGNORECASE,
)
_MARK = r"(?:\d{1,2}|[¹²³⁰⁴-⁹*†‡§¶#✉])"
_MARKED = re.compile(rf"[ ,]*(?<=[^\d\s])\s?{_MARK}(?:[\s,]*{_MARK})*[\s,]*")
_ONLY_MARKS = re.compile(
    r"^(?:[\d¹²³⁰⁴-⁹*†‡§¶#✉,\s]|and\b)+$|^[a-z],?$|^ORCID.*$|^and$", re.IGNORECASE
)
_NAME = re.compile(
    r"(?:(?:[^\W\d_a-z][\w’'.-]*|van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ten|"
    r"ter|zu|y|’t|d’)\s*){1,6}"
)
_HISTORY = re.compile(
    r"\b(?:Received|Accepted|Revised|(?:First )?Published|Posted|Available online|"
    r"Collection date)\b",
    re.IGNORECASE,
)
_DATE_ALONE = re.compile(rf"^(?:\d{{1,2}} )?[A-Z][a-z]{{2,8}}\.? (?:\d{{1,2}}, )?{YEAR}$")
_BESIDE_TITLE = re.compile(r"^Open-access (?=[^\W_])| Open Access$|(?<=[a-z])[†‡§*]+$")
_NO_TITLE = (
    "http", "10.", "doi", "DOI", "©", "PMC", "PMID", "Sec.", "*", "(", "Copyright",
    "This is an open", "This article",
)  # fmt: skip
# Forms of a line that says where the work appeared, tried in this order.
_PLACES = tuple(
    re.compile(form)
    for form in (
        # "2022 Volume 31 Issue 4 Pages 231-238", as J-STAGE prints it
        rf"^(?P<year>{YEAR}) Volume (?P<volume>\d{{1,4}})(?: Issue (?P<issue>[\w–-]{{1,9}}))?"
        r" (?:Pages|Article ID:?) (?P<page>[\w–-]{1,20})$",
        # "Int. J. Mol. Sci. 2025, 26(22), 11172", ". 2021 Jul 5;10(9):e12118."
        rf"^(?P<container>[^\d;]{{2,80}}?)?[.,]?\s*(?P<year>{YEAR})"
        r"(?P<date>\s[A-Z][a-z]{2}(?:\s\d{1,2})?)?\s*[,;]\s*(?P<volume>\w{1,8})"
        r"(?:(?:\(|,\s(?=\d{1,3},\s\d))(?P<issue>[^),]{1,20})\)?)?"
        r"\s*[,:]\s*(?P<page>[\w.–-]{1,25}?)(?=[.;,\s]|$)",
        # "Volume 28, Issue 4, P612-625, April 07, 2022", the journal in the line above or nowhere
        r"^Volume (?P<volume>\d{1,4}), Issue (?P<issue>[\w–-]{1,9}), P?(?P<page>[\w–-]{1,20}), "
        rf"(?P<date>[A-Z][a-z]{{2,8}} (?:\d{{1,2}}, )?{YEAR})$",
        # "Volume 271, Issue 3, April 2021, 120712", the journal in the line above
        r"^Volume (?P<volume>\d{1,4})(?:, Issue (?P<issue>[\w–-]{1,9}))?, "
        rf"(?P<date>[^,]{{0,20}}{YEAR})"
        r"(?:, (?:Pages? )?(?P<page>[\w–-]{1,20}))?$",
        # "Porcine Letters, 01 Feb 2020, 7(1):12-19", as Europe PMC prints it
        rf"^(?P<container>[A-Z][^,;\d]{{2,80}}), (?P<date>\d{{1,2}} [A-Z][a-z]{{2,8}} {YEAR}), "
        r"(?P<volume>\w{1,8})(?:\((?P<issue>[^)]{1,20})\))?\s?:\s?(?P<page>[\w.–-]{1,25}?)\.?$",
        r"^\**(?:Journal|Published in|Venue)\**:\**\s*(?P<container>[A-Z].{1,100})$",
        # "Front. X., 12 March 2024"
        rf"^(?P<container>[A-Z][^\d]{{2,80}}?),\s*(?P<date>(?:\d{{1,2}}\s)?[A-Z][a-z]{{2,8}}\s{YEAR})$",
        rf"^Volume\s(?P<volume>\d{{1,4}})(?:\s?[–-]\s?|, )(?P<year>{YEAR})\b",
    )
)
_BEFORE_JOURNAL = re.compile(r"^DOI: ?10\.\S+ \([A-Z][\w ]{2,30}\) ")  # of chemistry
_FACTS = (
    *_PLACES, _HISTORY, _ONLY_MARKS, _DATE_ALONE, re.compile(r"^(?:Issue|Impact Factor)\b"),
)  # fmt: skip
_LEAST_WORDS = 3
_MOST_WORDS = 4  # of one name on a line of its own


_COUNTER = re.compile(
    r"^(?:(?:Views?|Citations?|Downloads|Viewed by|Cited by|Altmetric)\s*:?\s*[\d,.k]+|[\d,.]+k?\s+"
    r"(?:Views?|Citations?|Downloads|Total views?|Crossref citations?)|Go to:|"
    r"Submit to this Journal|This article references \d+ other publications\.|"
    r"Review for .{3,60}|Open in a new tab|www\.\S+|Propose a Special Issue|Figure \d+ Click.*|"
    r"(?:.{1,60}? (?:19|20)\d\d, \d{1,4}, [\w.-]{1,12} )?(?:Page )?\d{1,3} of \d{1,3}|"
    r"(?:Share|Save) (?:on|to) \w+|[\d.,]+k?\s+(?:Accesses|Altmetric)|Cited by \(\d+\)|"
    r"Download: Download .{3,60}|View all \d+ articles.{0,5}|Home\s.{3,90}\sArticle)$",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """Return whether a line is a control or a counter of the site, and no part of the paper."""
    bare = line.strip(" #*:.›»>|•").casefold()
    return not bare or bare in page_words().controls or bool(_COUNTER.match(line))


_OTHER_ARTICLE = re.compile(
    r"^(?:Next|Previous) Article in (?:Journal|Special Issue|Topic)\b", re.I
)
_TYPE = re.compile(
    r"^(?:Journal Article|New Results|"
    r"(?:Open Access\s*)?(?:Feature Paper\s*|Editor[’']s Choice\s*)?"
    r"(?:(?:Original|Systematic|Mini|Narrative|Scoping|Brief|Short|Clinical|Case|Brief Research) )?"
    r"(?:Review|Research|Article|Report|Communication|Perspective|Editorial|Protocol|Trial|Study|"
    r"Opinion|Hypothesis and Theory|Methods|Technology and Code|Commentary)(?: and Meta-?Analysis)?"
    r"(?:\s+article)?(?: \| [A-Z ]+)?)$",
    re.IGNORECASE,
)


def read_masthead(draft: Draft, lines: Lines, cited: str) -> None:
    """Sort the lines before the first section; ``cited`` is the paper's own citation."""
    rest: Lines = []
    for number, line in lines:
        if _OTHER_ARTICLE.match(line):
            draft.ignore(number, "other-article")
        elif line.casefold() in page_words().journals:
            draft.set(number, container=line)
            if line.casefold() in journal_words().preprint_servers:
                draft.set(number, type="article", genre="Preprint")
        elif is_furniture(line):
            draft.ignore(number, "site-furniture")
        elif _TYPE.match(line.strip("#* ")):
            draft.ignore(number, "article-type")
            rest.append((number, ""))
        else:
            rest.append((number, line))
    # Behind "Next Article in Journal" stand titles of other articles.
    others = {n for (_, before), (n, _) in pairwise(lines) if _OTHER_ARTICLE.match(before)}
    rest = _take_title(draft, rest, others, cited)
    rest = _take_authors(draft, rest)
    for number, line in rest:
        if line:
            _read_facts(draft, number, line)
    alone = next((one for one in rest if _DATE_ALONE.match(one[1])), None)
    if alone and not draft.work.get("issued"):  # no line says what the date is of
        draft.set(alone[0], issued=parse_date(alone[1]))


def _take_title(draft: Draft, lines: Lines, others: set[int], cited: str) -> Lines:
    """Take the line that is most likely the title, and return the rest."""
    known = spelling.fold(cited)
    best, best_score = -1, -99.0
    for place, (number, line) in enumerate(lines):
        text = line.lstrip("# ").strip()
        if not text or _is_fact(text):
            continue
        folded = spelling.fold(text)
        after = next((t for _, t in lines[place + 1 :] if t), "")
        score = 10.0 * (len(folded.split()) >= _LEAST_WORDS and folded in known)
        score += 8 * line.startswith(("# ", "Open-access "))
        score += 5 * (place > 0 and not lines[place - 1][1])
        score += 4 * bool(_BY.match(after)) + 2 * _is_byline(after)
        score += 3 * (len(text.split()) > _MOST_WORDS and _is_one_name(after))
        score += (len(text.split()) >= _LEAST_WORDS) * 2 - place * 0.3
        score -= 6 * (number in others) + 9 * bool(_BY.match(text)) + 6 * bool(_is_byline(text))
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        return lines
    number, line = lines[best]
    title = spelling.mend_breaks(_BESIDE_TITLE.sub("", line.lstrip("#").strip()))
    draft.set_title(number, title)
    kept = []
    for place, (n, text) in enumerate(lines):
        if n in others and place != best:
            draft.ignore(n, "other-article")
        elif place != best and text:
            kept.append((n, text))
    return kept


def _is_fact(text: str) -> bool:
    """Return whether a line states a place, a date, a number: it is neither title nor authors."""
    placed = bool(_PLACE.search(text) and re.match(r"^[\d*†✉¹²³]", text))
    return placed or text.startswith(_NO_TITLE) or any(form.match(text) for form in _FACTS)


def _is_byline(text: str) -> bool:
    """Return whether a line is a list of names: all of it is names and marks."""
    text = _ORCID_MARK.sub("", _ORCID.sub(r"\g<name>", text))
    text = re.sub(r"\s*View all authors.*$", "", text)
    if not text or _PLACE.search(text) or re.search(rf"{YEAR}|https?:|[:?!]", text):
        return False
    names = _split_names(text)
    marked = bool(_MARKED.search(text))
    return (
        bool(names)
        and all(_NAME.fullmatch(name.strip()) and len(name.split()) > 1 for name in names)
        and (marked or len(names) > 1)
    )


def _are_names(text: str) -> bool:
    """Return whether a line below "by" holds names and nothing else."""
    other = _PLACE.search(text) or _HISTORY.search(text) or re.search(rf"{YEAR}|[:;?!]", text)
    return not other and all(_NAME.fullmatch(name.strip()) for name in _split_names(text))


def _is_one_name(text: str) -> bool:
    """Return whether a line is one name of two to four words, with or without marks."""
    words = text.split()
    mixed = any(len(w) > 2 and w.isupper() for w in words) and not text.isupper()  # noqa: PLR2004
    short = 1 < len(words) <= _MOST_WORDS and not mixed
    return short and _are_names(text) and len(_split_names(text)) == 1


# Marks of ScienceDirect's affiliations: "Luis García-López a c 1".
_LETTER_MARKS = re.compile(r",?\s\*?[a-z](?:\s(?:[a-z]|\d{1,2}))*(?=\s*(?:[,;]|$|\sand\s))")
_TWICE = re.compile(r"^(?P<name>[^\W\d_][^\d,;]{3,60}?)\s(?P=name)(?=[\s\d*†‡]|$)")


def _split_names(text: str) -> list[str]:
    """Return the names of a line, parted by marks of affiliations, commas, or "and"."""
    text = _ORCID_MARK.sub("", _ORCID.sub(r"\g<name>", _BY.sub("", text)))
    text = _LETTER_MARKS.sub("", re.sub(r"\s*View all authors.*$", "", text))
    text = _MARKED.sub(", ", _TWICE.sub(r"\1", text))
    parts = re.split(r"[;,•]|(?:^|\s+)(?:and|&)\s+(?:the\s)?", text)
    names = (part.strip(" ,;").removeprefix("the ") for part in parts)
    degrees = page_words().degrees
    known = (n for n in names if n.casefold().replace(".", "") not in {"and", *degrees})
    return [n for n in known if any(map(str.isalpha, n))]


_LETTERED = re.compile(r"^([a-h])(?=[^\W\d_a-z])")


def _part_letters(byline: str, lines: Lines) -> str:
    """Return a byline without the letters of affiliations that are glued to its names.

    They are those of chemistry, ``Hui Chenab``, where lines ``aInstitute`` and ``bSchool`` follow;
    every name has some.
    """
    letters = "".join(found[1] for _, text in lines if (found := _LETTERED.match(text)))
    if letters[:2] != "ab":
        return byline
    names = re.split(r",\s|\s+and\s+", byline)
    ascending = [re.search(rf"(?<=\w)\*?({'?'.join(letters)}?)\*?$", name) for name in names]
    if not all(found and (found[1] or "*" in found[0]) for found in ascending):
        return byline
    return ", ".join(n[: found.start()] for n, found in zip(names, ascending, strict=True) if found)


def _take_authors(draft: Draft, lines: Lines) -> Lines:
    """Take the byline, on one line or on many, and return the rest."""
    titled = dict(draft.places).get("title", 0)
    behind = next((place for place, one in enumerate(lines) if one[0] > titled), len(lines))
    # What looks like a list of names above the title may be the subjects of a journal.
    for place in (*range(behind, len(lines)), *range(behind)):
        number, line = lines[place][0], _part_letters(lines[place][1], lines)
        by = _BY.match(line)
        below = lines[place + 1][1] if place + 1 < len(lines) else ""
        marked = bool(_ONLY_MARKS.match(below)) and _are_names(line)
        # Below the title stand names, one a line.
        stacked = place == behind and _is_one_name(line) and _is_one_name(below)
        if not (by or marked or stacked or _is_byline(line)):
            continue
        said = line[by.end() :] if by else line
        names, taken = _split_names(said), 1
        for _, text in lines[place + 1 :] if not by or not said.strip() else ():
            # Frontiers prints one author a line, too.
            single = (stacked or taken > 1) and len(names) == taken and _is_one_name(text)
            marks = bool(_ONLY_MARKS.match(text))
            listed = (by or marked or single) and _are_names(text)
            if not (marks or listed or (not by and _is_byline(text))):
                break
            names += [] if marks else _split_names(text)
            taken += 1
        people, et_al = split_people("; ".join(names))
        held = {m["name"].strip(): m["orcid"] for _, t in lines for m in _ORCID.finditer(t)}
        for name, orcid in held.items():
            people = tuple(
                replace(p, orcid=orcid) if p.family and name.endswith(p.family) else p
                for p in people
            )
        draft.byline = lines[place : place + taken]
        draft.taken.update(n for n, _ in draft.byline)
        draft.set(number, authors=people, et_al=et_al)
        return [*lines[:place], *lines[place + taken :]]
    return lines


_DATES = re.compile(
    r"\b(?:[Pp]ublished|Posted|Collection date)(?: online)?:?\s*([^/|;]{4,30})|"
    rf"(?:^|\s)(\d{{1,2}} [A-Z][a-z]{{2}} {YEAR})(?= Vol\b)"
)
# Parts of a line of no known form: "Journal of Pets, Volume 9, Issue 3, Pages 1–9".
_NUMBERED_PARTS = {
    "volume": re.compile(r"\bVol(?:ume|\.)? (?:\d{4}:)?(\d{1,4})\b"),
    "issue": re.compile(r"(?<!Special )\bIssue (\d[\w–-]{0,8})\b"),
    "page": re.compile(r"\bPages? ([A-Za-z]{0,3}\d\w{0,8}(?: ?[–—-] ?\w{1,9})?)"),
    "container": re.compile(
        r"^(?:J-STAGE home / )?([A-Z][^,;:\d»/]{2,80})(?:,| /) Vol(?:ume|\.)? \d"
    ),
}


def _read_facts(draft: Draft, number: int, line: str) -> None:
    """Read journal, date, volume and identifiers of a line, and keep it as a statement."""
    draft.set(number, **find_ids(line))
    published = _DATES.search(line)
    dated_at = (published[1] or published[2]) if published else ""
    if day := find_impossible_day(dated_at):
        draft.flag(number, "date-impossible", "a day that its month has", day)
    if dated_at and (date := parse_date(dated_at)):
        held = draft.work.get("issued", ())
        if held[:1] in ((), date[:1]) and len(date) >= len(held):
            draft.work["issued"] = date
            draft.places.append(("issued", number))
    elif fields := _find_place(draft, number, line):
        draft.set(number, **fields)
    parts = {name: form.search(line) for name, form in _NUMBERED_PARTS.items()}
    draft.set(number, **{name: part[1] for name, part in parts.items() if part})
    draft.add_block("statement", line, number)


def _find_place(draft: Draft, number: int, line: str) -> dict[str, Any]:
    """Return journal, date, volume and pages of a line that states them in a known form."""
    line = _BEFORE_JOURNAL.sub("", line)
    found = next((m for form in _PLACES if (m := form.match(line))), None)
    if not found:
        return {}
    fields = {name: (value or "").strip(" ,") for name, value in found.groupdict().items()}
    date = " ".join(fields.pop(name, "") for name in ("year", "date")).strip()
    if "page" in fields and not fields.get("container", "").strip(" ."):
        fields["container"] = _line_above(draft, number)
    return {"issued": parse_date(date), **fields}


def _line_above(draft: Draft, number: int) -> str:
    """Return the statement in the line above, where PubMed Central prints the journal's name."""
    last = draft.blocks[-1] if draft.blocks else None
    return last.text if last and last.line >= number - 2 and not _is_fact(last.text) else ""

"""What stands on an article page before its first section: title, authors, journal, dates, DOI.

Every line is sorted by its own shape, in whatever order the site prints them: MDPI ("by", marks of
affiliations on lines of their own), Frontiers (names without commas), PubMed Central (the journal
above the title, identifiers below). Site furniture is ignored by name; other lines are statements.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import Any

from builder.readers.draft import Draft, Lines, find_ids
from builder.readers.names import split_people
from builder.readers.words import form, listed, match, search
from builder.text import spelling
from builder.text.dates import YEAR, find_impossible_day, parse_date

# Forms of a line that says where the work appeared, tried in this order.
_PLACES = (
    "where_jstage", "where_year", "where_issue", "where_volume", "where_europe_pmc", "where_named",
    "where_dated", "where_volume_year",
)  # fmt: skip
_FACTS = (*_PLACES, "history", "only_marks", "date_alone", "issue_line")
_LEAST_WORDS = 3
_MOST_WORDS = 4  # of one name on a line of its own


def is_furniture(line: str) -> bool:
    """Return whether a line is a control or a counter of the site, and no part of the paper."""
    bare = line.strip(" #*:.›»>|•").casefold()
    return not bare or bare in listed("controls") or bool(match("counter", line))


def read_masthead(draft: Draft, lines: Lines, cited: str) -> None:
    """Sort the lines before the first section; ``cited`` is the paper's own citation."""
    rest: Lines = []
    for number, line in lines:
        if match("other_article", line):
            draft.ignore(number, "other-article")
        elif line.casefold() in listed("journals"):
            draft.set(number, container=line)
            if line.casefold() in listed("preprint_servers"):
                draft.set(number, type="article", genre="Preprint")
        elif is_furniture(line):
            draft.ignore(number, "site-furniture")
        elif match("article_type", line.strip("#* ")):
            draft.ignore(number, "article-type")
            rest.append((number, ""))
        else:
            rest.append((number, line))
    # Behind "Next Article in Journal" stand titles of other articles.
    others = {
        number
        for (_, before), (number, line) in pairwise(lines)
        if match("other_article", before) and not _is_fact(line)
    }
    rest = _take_title(draft, rest, others, cited)
    rest = _take_authors(draft, rest)
    for number, line in rest:
        if line:
            _read_facts(draft, number, line)
    alone = next((one for one in rest if match("date_alone", one[1])), None)
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
        score += 4 * bool(match("byline_lead", after)) + 2 * _is_byline(after)
        score += 3 * (len(text.split()) > _MOST_WORDS and _is_one_name(after))
        score += (len(text.split()) >= _LEAST_WORDS) * 2 - place * 0.3
        score -= (
            6 * (number in others)
            + 9 * bool(match("byline_lead", text))
            + 6 * bool(_is_byline(text))
        )
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        return lines
    number, line = lines[best]
    title = spelling.mend_breaks(form("beside_title").sub("", line.lstrip("#").strip()))
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
    placed = bool(search("affiliation_word", text) and re.match(r"^[\d*†✉¹²³]", text))
    return placed or bool(match("no_title", text)) or any(match(name, text) for name in _FACTS)


def _is_byline(text: str) -> bool:
    """Return whether a line is a list of names: all of it is names and marks."""
    text = form("orcid_mark").sub("", form("name_with_orcid").sub(r"\g<name>", text))
    text = re.sub(r"\s*View all authors.*$", "", text)
    if not text or search("affiliation_word", text) or re.search(rf"{YEAR}|[:?!]", text):
        return False
    names = _split_names(text)
    whole = all(form("full_name").fullmatch(name) and " " in name for name in names)
    return bool(names) and whole and (len(names) > 1 or bool(search("marks_behind_name", text)))


def _are_names(text: str) -> bool:
    """Return whether a line below "by" holds names and nothing else."""
    if any(search(name, text) for name in ("affiliation_word", "history", "no_name")):
        return False
    return all(form("full_name").fullmatch(name) for name in _split_names(text))


def _is_one_name(text: str) -> bool:
    """Return whether a line is one name of two to four words, with or without marks."""
    words = text.split()
    mixed = any(len(w) > 2 and w.isupper() for w in words) and not text.isupper()  # noqa: PLR2004
    short = 1 < len(words) <= _MOST_WORDS and not mixed
    return short and _are_names(text) and len(_split_names(text)) == 1


def _split_names(text: str) -> list[str]:
    """Return the names of a line, parted by marks of affiliations, commas, or "and"."""
    text = form("name_with_orcid").sub(r"\g<name>", form("byline_lead").sub("", text))
    text = form("orcid_mark").sub("", text)
    text = form("letter_marks").sub("", re.sub(r"\s*View all authors.*$", "", text))
    text = form("marks_behind_name").sub(", ", form("name_twice").sub(r"\1", text))
    parts = re.split(r"[;,•]|(?:^|\s+)(?:and|&)\s+(?:the\s)?", text)
    names = (part.strip(" ,;").removeprefix("the ") for part in parts)
    degrees = listed("degrees")
    known = (n for n in names if n.casefold().replace(".", "") not in {"and", *degrees})
    return [n for n in known if any(map(str.isalpha, n))]


def _part_letters(byline: str, lines: Lines) -> str:
    """Return a byline without the letters of affiliations that stand at its names.

    They are those of chemistry, ``Hui Chenab`` or ``Hui Chen,ab``, where lines ``aInstitute`` and
    ``bSchool`` follow. Every name has some, and each letter is used.
    """
    letters = "".join(found[1] for _, text in lines if (found := match("lettered_place", text)))
    if letters[:2] != "ab" or letters != "abcdefgh"[: len(letters)]:
        return byline
    text = unicodedata.normalize("NFKC", re.sub(r"\s?ORCID(?: logo| icon)?", "", byline))
    some, marks, last = f"[{letters}]", "[*†‡§]*", ",?".join(f"{letter}?" for letter in letters)
    for pattern in (
        rf"{marks}(?:,\s?|\s?\(|(?<=[*†‡§]))({some}+(?:,\s?{some})*)\)?{marks}(?:,?\s+(?:and\s+)?|,?$)",
        rf"(?<=[^\W\d_]){marks},?(?={some})({last}){marks}(?:,\s+(?:and\s+)?|\s+and\s+|,?$)",
    ):
        names, used, place = [], "", 0
        for found in re.finditer(pattern, text):
            names.append(text[place : found.start()].strip())
            used, place = used + found[1], found.end()
        whole = all(form("full_name").fullmatch(name) and " " in name for name in names)
        if names and whole and place == len(text) and set(letters) <= set(used):
            return ", ".join(names)
    return byline


def _take_authors(draft: Draft, lines: Lines) -> Lines:
    """Take the byline, on one line or on many, and return the rest."""
    titled = dict(draft.places).get("title", 0)
    behind = next((place for place, one in enumerate(lines) if one[0] > titled), len(lines))
    # What looks like a list of names above the title may be the subjects of a journal.
    for place in (*range(behind, len(lines)), *range(behind)):
        number, line = lines[place][0], _part_letters(lines[place][1], lines)
        by = match("byline_lead", line)
        below = lines[place + 1][1] if place + 1 < len(lines) else ""
        marked = bool(match("only_marks", below)) and _are_names(line)
        # Below the title stand names, one a line.
        stacked = place == behind and _is_one_name(line) and _is_one_name(below)
        if not (by or marked or stacked or _is_byline(line)):
            continue
        said = line[by.end() :] if by else line
        names, taken = _split_names(said), 1
        for _, text in lines[place + 1 :] if not by or not said.strip() else ():
            # Frontiers prints one author a line, too.
            single = (stacked or taken > 1) and len(names) == taken and _is_one_name(text)
            marks = bool(match("only_marks", text))
            named = (by or marked or single) and _are_names(text)
            if not (marks or named or (not by and _is_byline(text))):
                break
            names += [] if marks else _split_names(text)
            taken += 1
        people, et_al = split_people("; ".join(names))
        held = {
            m["name"].strip(): m["orcid"]
            for _, t in lines
            for m in form("name_with_orcid").finditer(t)
        }
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


def _read_facts(draft: Draft, number: int, line: str) -> None:
    """Read journal, date, volume and identifiers of a line, and keep it as a statement."""
    draft.set(number, **find_ids(line))
    published = search("dated", line)
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
    parts = {n: search(f"part_{n}", line) for n in ("volume", "issue", "page", "container")}
    draft.set(number, **{name: part[1] for name, part in parts.items() if part})
    draft.add_block("statement", line, number)


def _find_place(draft: Draft, number: int, line: str) -> dict[str, Any]:
    """Return journal, date, volume and pages of a line that states them in a known form."""
    line = form("before_journal").sub("", line)
    found = next((m for name in _PLACES if (m := match(name, line))), None)
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

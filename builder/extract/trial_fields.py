"""The fields of a trials table: which column is which, and what its cells say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from builder.text import spelling
from builder.text.registries import find_registry_ids

Role = Literal[
    "registry", "phase", "design", "condition", "source", "dose", "route", "endpoints", "status",
    "result", "enrolment", "reference", "title",
]  # fmt: skip
# Headings as tables of trials print them; the first role whose pattern is found is taken.
_HEADINGS: tuple[tuple[Role, str], ...] = (
    ("reference", r"^(?:ref|refs|reference|references|citation|citations)$"),
    ("registry", r"\b(?:nct|registry|registration|identifier|trial (?:id|no|number|code)|"
                 r"study id|clinicaltrials gov|trial registration)\b|^id$"),
    ("phase", r"\b(?:phase|clinical stage|stage of development|trial stage|stage)\b"),
    ("status", r"\b(?:status|recruitment)\b"),
    ("result", r"\b(?:results?|findings?|conclusions?)\b"),
    ("endpoints", r"\b(?:endpoints?|end points?|outcomes?|outcome measures?|measures?)\b"),
    ("dose", r"\b(?:dos(?:e|es|ing|age)|regimen|administration|treatment protocol)\b"),
    ("route", r"\b(?:route|delivery route)\b"),
    ("condition", r"\b(?:indication|indications|conditions?|diseases?|disorder|pathology)\b"),
    ("enrolment", r"\b(?:enrol+ment|participants?|patients?|sample size|n)\b"),
    ("design", r"\b(?:design|study type|trial type|type of study|masking|allocation)\b"),
    ("source", r"\b(?:sources?|product|intervention|cell type|origin|biologic|treatment)\b"),
    ("title", r"\b(?:title|study|trial)\b"),
)  # fmt: skip
_PHASE = re.compile(
    r"^\s*(?P<early>early\s+)?(?:phase\s*)?(?P<first>(?:IV|III|II|I|[0-4])[ab]?)"
    r"(?:\s*(?:/|-|–|&|and|to)\s*(?:phase\s*)?(?P<second>(?:IV|III|II|I|[0-4])[ab]?))?(?![\w])",
    re.IGNORECASE,
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_NO_PHASE = re.compile(r"^\s*(?:phase\s*)?(?:n/?a|not applicable)\b", re.IGNORECASE)
_DESIGN = re.compile(
    r"\b(?:RCT|randomi[sz]ed|controlled|open[- ]label|single[- ]arm|single[- ]group|cohort|"
    r"case series|case report|(?:single|double|triple)[- ]blind(?:ed)?|crossover|cross-over|"
    r"pilot|dose[- ]escalation|placebo[- ]controlled|observational|prospective|retrospective|"
    r"interventional|feasibility|first[- ]in[- ]human)\b",
    re.IGNORECASE,
)
# Statuses as registries name them (ClinicalTrials.gov's list first), then what reviews write.
_STATUSES = (
    "active not recruiting", "not yet recruiting", "enrolling by invitation", "recruiting",
    "completed", "suspended", "terminated", "withdrawn", "unknown status", "unknown",
    "approved for marketing", "available", "no longer available", "ongoing", "active", "enrolling",
    "finished", "published", "registered", "listed", "planned", "halted",
)  # fmt: skip
_STANDARD: dict[str, str] = {
    "active not recruiting": "active, not recruiting", "unknown status": "unknown",
    "enrolling": "recruiting", "finished": "completed",
}  # fmt: skip
_ROUTES: tuple[tuple[str, str], ...] = (
    ("intra-articular", r"\b(?:IA|intra-?\s?articular(?:ly)?)\b"),
    ("intravenous", r"\b(?:IV|i\.v\.|intravenous(?:ly)?)(?!\w)"),
    ("intramuscular", r"\b(?:IM|intramuscular(?:ly)?)\b"),
    ("intraosseous", r"\b(?:IO|intra-?osseous(?:ly)?|subchondral)\b"),
    ("subcutaneous", r"\b(?:SC|s\.c\.|subcutaneous(?:ly)?)\s+(?:injection|dose)|subcutaneous"),
    ("intradiscal", r"\bintra-?disc(?:al|ally)?\b"),
    ("topical", r"\btopical(?:ly)?\b"),
    ("local", r"\blocal(?:ly)?\b"),
    ("oral", r"\boral(?:ly)?\b"),
)
_NEGATIVE = re.compile(
    r"\b(?:no\s+(?:\w+\s+){0,3}?(?:superiority|difference|benefit|improvement|effect|efficacy|"
    r"advantage)|not\s+(?:\w+\s+){0,2}?(?:superior|better|effective|different|improve)|"
    r"did\s+not\s+(?:\w+\s+)?(?:meet|improve|differ|show|reduce)|fail(?:ed|s|ure)|ineffective|"
    r"inferior|worse(?:ned)?|futil\w+|lack\s+of\s+(?:efficacy|benefit))\b",
    re.IGNORECASE,
)
# A statement that nothing came of it is a result wherever it stands, and never an endpoint.
_NO_BENEFIT = re.compile(
    r"\bno\s+(?:\w+\s+){0,3}?(?:superiority|differences?|benefits?|improvements?|effects?|"
    r"advantage)\b|\bnot\s+(?:\w+\s+){0,2}?(?:superior|better|effective)\b|\bdid\s+not\b|"
    r"\bfailed\s+to\b",
    re.IGNORECASE,
)
_POSITIVE = re.compile(
    r"(?<!no )(?<!not )(?<!non-)(?<!without )\b(?:improve(?:d|s|ment)|superior(?!ity)|"
    r"superiority\s+(?:over|to|vs)|effective|efficacious|met\s+(?:its|the)\s+primary|"
    r"reduc(?:ed|tion)\s+(?:in\s+|of\s+)?pain|pain\s+(?:relief|reduction)|beneficial)\b",
    re.IGNORECASE,
)


def find_role(heading: str) -> Role | None:
    """Return what a column of a trials table tells, by its heading; None where it is unknown."""
    folded = spelling.fold(heading)
    return next((role for role, pattern in _HEADINGS if re.search(pattern, folded)), None)


def find_roles(columns: Sequence[str]) -> dict[Role, str]:
    """Return the column of each role; the first one wins where two headings fit."""
    roles: dict[Role, str] = {}
    for column in columns:
        role = find_role(column)
        if role:
            roles.setdefault(role, column)
    return roles


def parse_phase(text: str) -> tuple[str | None, str | None, str]:
    """Return phase, design and the words left of a phase cell.

    The phase is in Arabic digits (``1``, ``1/2``, ``2a``, ``early 1``); ``RCT`` is a design and
    no phase; ``I (listed)`` leaves ``(listed)``.
    """
    match = None if _NO_PHASE.match(text) else _PHASE.match(text)
    phase = None
    rest = text
    if match:
        phase = "/".join(_arabic(match[n]) for n in ("first", "second") if match[n])
        phase = f"early {phase}" if match["early"] else phase
        rest = text[match.end() :]
    elif _NO_PHASE.match(text):
        rest = ""
    rest = rest.strip(" ,;:–—-")
    if _DESIGN.search(rest):
        return phase, rest, ""
    return phase, None, rest


def _arabic(number: str) -> str:
    base = number.rstrip("abAB")
    return _ROMAN.get(base.lower(), base) + number[len(base) :].lower()


def split_list(text: str) -> list[str]:
    """Return the parts of a list in prose, split at commas and semicolons outside brackets."""
    parts, depth, last = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter in ",;" and depth <= 0 and not re.match(r",\d", text[place : place + 2]):
            parts.append(text[last:place])
            last = place + 1
    parts.append(text[last:])
    return [p for p in (re.sub(r"^and\s+", "", part.strip()).rstrip(".") for part in parts) if p]


def drop_registry_ids(text: str) -> str:
    """Return a cell without its trial numbers and the brackets that held them."""
    for found in reversed(find_registry_ids(text)):
        text = text[: found.start] + text[found.end :]
    text = re.sub(r"[(\[]\s*[,;:/]?\s*[)\]]", "", text)
    return re.sub(r"\s{2,}", " ", text).strip(" ,;")


def split_status(text: str) -> tuple[str, str, str]:
    """Return the status as printed, its standard name, and the words behind it (a result).

    ``Active—not recruiting`` is one status; ``Completed—no superiority`` a status and a result.
    The standard name is empty where the words are no known status.
    """
    text = drop_registry_ids(text)
    words = list(re.finditer(r"[^\W_]+", text))
    told = [w.group().lower() for w in words]
    for status in sorted(_STATUSES, key=lambda s: -len(s.split())):
        size = len(status.split())
        if told[:size] == status.split():
            end = words[size - 1].end()
            rest = text[end:].strip(" ,;:.–—-−()")
            return text[:end].strip(), _STANDARD.get(status, status), rest
    return text, "", ""


def find_route(text: str) -> str | None:
    """Return the route of administration by its full name, the first that is named."""
    found = [(m.start(), name) for name, pattern in _ROUTES if (m := re.search(pattern, text))]
    return min(found)[1] if found else None


def states_no_benefit(text: str) -> bool:
    """Return whether a part of any cell says that a trial showed no benefit."""
    return bool(_NO_BENEFIT.search(text))


def judge_result(text: str) -> Literal["positive", "negative", "mixed"] | None:
    """Return what a stated result says of efficacy; None where it says nothing of it."""
    negative, rest = bool(_NEGATIVE.search(text)), _NEGATIVE.sub(" ", text)
    positive = bool(_POSITIVE.search(rest))
    if negative and positive:
        return "mixed"
    return "negative" if negative else "positive" if positive else None

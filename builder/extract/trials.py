"""Registered trials, from the tables of trials in a paper.

A row with a registry's number is a trial; a row without one (a preclinical row, say) is a finding
and no trial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from builder.extract.design import (
    judge_result,
    read_title_level,
    read_trial,
    read_words,
    states_no_benefit,
)
from builder.extract.quantities import parse_dose
from builder.extract.vocabulary import Vocabulary
from builder.models import (
    Cited,
    Design,
    Locator,
    Paper,
    Participants,
    Question,
    Result,
    Status,
    Table,
    TableRow,
    Trial,
)
from builder.text import spelling
from builder.text.ids import RegistryId, find_registry_ids

# --- the fields of a trials table: which column is which, and what its cells say ------------------

Role = Literal[
    "registry", "phase", "design", "condition", "source", "dose", "route", "endpoints", "status",
    "result", "enrolment", "reference", "title", "country", "sponsor", "follow_up",
]  # fmt: skip
# Headings as tables of trials print them; the first role whose pattern is found is taken.
_HEADINGS: tuple[tuple[Role, str], ...] = (
    ("reference", r"^(?:ref|refs|reference|references|citation|citations)$"),
    ("registry", r"\b(?:nct|registry|registration|identifier|trial (?:id|no|number|code)|"
                 r"study id|clinicaltrials gov|trial registration)\b|^id$"),
    ("phase", r"\b(?:phase|clinical stage|stage of development|trial stage|stage)\b"),
    ("follow_up", r"\bfollow up\b"),
    ("country", r"\b(?:country|countries|location|nation)\b"),
    ("sponsor", r"\b(?:sponsors?|institution)\b"),
    ("status", r"\b(?:status|recruitment)\b"),
    ("result", r"\b(?:results?|findings?|conclusions?)\b"),
    ("endpoints", r"\b(?:endpoints?|end points?|outcomes?|outcome measures?|measures?)\b"),
    ("dose", r"\b(?:dos(?:e|es|ing|age)|regimen|administration|treatment protocol)\b"),
    ("route", r"\b(?:route|delivery route)\b"),
    ("condition", r"\b(?:indication|indications|conditions?|diseases?|disorder|pathology)\b"),
    ("enrolment", r"\b(?:enrol+ment|participants?|patients?|sample size|n)\b"),
    ("design", r"\b(?:design|study type|trial type|type of study|masking|allocation)\b"),
    ("source", r"\b(?:sources?|products?|interventions?|cell types?|origin|biologic|"
               r"treatments?)\b"),
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


def find_role(heading: str) -> Role | None:
    """Return what a column of a trials table says, by its heading; None where it is unknown."""
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
    reported = [w.group().lower() for w in words]
    for status in sorted(_STATUSES, key=lambda s: -len(s.split())):
        size = len(status.split())
        if reported[:size] == status.split():
            end = words[size - 1].end()
            rest = text[end:].strip(" ,;:.–—-−()")
            return text[:end].strip(), _STANDARD.get(status, status), rest
    return text, "", ""


def find_route(text: str) -> str | None:
    """Return the route of administration by its full name, the first that is named."""
    found = [(m.start(), name) for name, pattern in _ROUTES if (m := re.search(pattern, text))]
    return min(found)[1] if found else None


# --- trials ---------------------------------------------------------------------------------------

_IDENTIFYING: frozenset[Role] = frozenset(
    ["registry", "phase", "status", "dose", "endpoints", "condition", "design", "result", "source"]
)


# European numbers without the registry's name, as they stand in a column of numbers.
_EUDRACT = re.compile(r"(?<![\w-])(?<!EudraCT )(20\d\d-\d{6}-\d\d)(?![\w-])")
_CTIS = re.compile(r"(?<![\w-])(?<!CT )(?<!CTIS )(20\d\d-\d{6}-\d\d-\d\d)(?![\w-])")
_PLANNED = re.compile(r"\b(?:planned|target|estimated|anticipated|expected)\b", re.IGNORECASE)


def find_trials(
    paper: Paper, tables: Sequence[Table], references: Sequence[Cited], vocabulary: Vocabulary
) -> list[Trial]:
    """Return the registered trials that a paper's tables list, one a registry number, in order.

    A number that several rows give is one trial, read from its first row, with a question.
    """
    cited: dict[int, list[Cited]] = {}  # several works may share a number (3a, 3b)
    for entry in references:
        cited.setdefault(entry.number, []).append(entry)
    found: dict[str, Trial] = {}
    for table in tables:
        roles = find_roles(table.columns)
        if not _IDENTIFYING & set(roles):
            continue
        for row in table.rows:
            for number, others in _pair_registrations(_find_ids(row, table)):
                reader = _Row(paper, table, row, roles=roles, cited=cited, vocabulary=vocabulary)
                trial = reader.read(number, others)
                first = found.get(trial.id)
                found[trial.id] = _note_repeat(first, trial) if first else trial
    return list(found.values())


def judge_trial(trial: Trial) -> Result:
    """Return what the stated result of a trial means for those treated."""
    if trial.result_effect == "negative":
        harmed = read_words().trial["harmed"].search(trial.result or "")
        return "worsened" if harmed else "no-benefit"
    return {"positive": "improved", "mixed": "mixed", None: "none-reported"}[trial.result_effect]  # type: ignore[return-value]


def is_report(cited: Cited, trial: Trial) -> bool:
    """Return whether a work that a trial's row cites is its registration or its publication.

    It bears the trial's number, or it bears none and its title is not one of a review or of cells
    and animals.
    """
    numbers = {n.number.lower() for n in find_registry_ids(cited.printed)}
    if numbers:
        return trial.registry.lower() in numbers
    return read_title_level(cited.csl.title) in ("clinical", "not-stated")


def find_trial_rows(tables: Sequence[Table]) -> set[str]:
    """Return the ids of the rows that are trials, and therefore no findings."""
    return {row.id for row, _ in _list_rows(tables)}


def find_trial_numbers(tables: Sequence[Table]) -> set[str]:
    """Return the registry numbers, in lower case, of the rows that are trials."""
    return {number.number.lower() for _, found in _list_rows(tables) for number in found}


def _list_rows(tables: Sequence[Table]) -> Iterator[tuple[TableRow, list[RegistryId]]]:
    for table in tables:
        if _IDENTIFYING & set(find_roles(table.columns)):
            held = ((row, _find_ids(row, table)) for row in table.rows)
            yield from ((row, found) for row, found in held if found)


def _find_ids(row: TableRow, table: Table) -> list[RegistryId]:
    """Return the registry numbers of a row, each once; inherited cells count as well."""
    found: dict[str, RegistryId] = {}
    for column in table.columns:
        text = row.cells[column].text or row.cells[column].printed
        if find_role(column) == "registry":
            text = _EUDRACT.sub(r"EudraCT \1", _CTIS.sub(r"CTIS \1", text))
        for number in find_registry_ids(text):
            found.setdefault(number.number.lower(), number)
    return list(found.values())


def _pair_registrations(
    numbers: Sequence[RegistryId],
) -> list[tuple[RegistryId, list[RegistryId]]]:
    """Return the trials of a row, each with its numbers in other registries.

    Two numbers of one registry are two trials; a number of another registry is most likely a
    second registration of the same trial.
    """
    first = [n for n in numbers if n.registry == numbers[0].registry]
    others = [n for n in numbers if n.registry != numbers[0].registry]
    return [(n, others) for n in first]


def _note_repeat(first: Trial, again: Trial) -> Trial:
    question = Question(
        rule="trial-repeated",
        text=f"{first.registry} stands again in line {again.locator.line}: do both rows agree?",
        field="registry",
        weight=3,
    )
    return first.model_copy(update={"questions": [*first.questions, question]})


def _is_result(status: str, words: str) -> bool:
    """Return whether the words behind a status are a result, and not why or how far it stands.

    "Completed, well tolerated" has one, "Terminated (slow enrolment)" and "Recruiting" none.
    """
    known = read_words().trial
    if known["no_result"].match(words):
        return False
    judged = judge_result(words) and not known["stopped"].search(words)
    return status == "completed" or bool(judged)


class _Row:
    """Reads one row of a trials table; collects questions on the way."""

    def __init__(  # noqa: PLR0913 (what a row is read against)
        self,
        paper: Paper,
        table: Table,
        row: TableRow,
        *,
        roles: Mapping[Role, str],
        cited: Mapping[int, list[Cited]],
        vocabulary: Vocabulary,
    ) -> None:
        self.paper, self.table, self.row = paper, table, row
        self.roles, self.cited, self.vocabulary = roles, cited, vocabulary
        self.questions: list[Question] = []

    def read(self, number: RegistryId, others: Sequence[RegistryId] = ()) -> Trial:
        """Return the trial of this row; ``others`` are its numbers in other registries."""
        for other in others:
            text = f"The row also gives {other.number}: is it the same trial, registered twice?"
            self._ask("trial-registrations", text, "registry")
        phase, design = self._read_phase()
        status, result = self._read_status(number)
        source, condition = self._say("source"), self._say("condition")
        dose, route = self._say("dose") or self._find_dose(source), self._say("route")
        result = "" if read_words().trial["no_result"].match(result) else result
        stated = self._find_stated_results()
        result = "; ".join(filter(None, [result, *(s for s in stated if s not in result)]))
        self._check_address(number)
        return Trial(
            id=_slug(number.number),
            paper=self.paper.id,
            locator=Locator(
                kind="table-row", line=self.row.line, table=self.table.number, row=self.row.id
            ),
            label=": ".join(
                filter(None, [number.number, ", ".join(filter(None, [source, condition]))])
            ),
            registry=number.number,
            registry_name=number.registry,
            registry_url=number.url,
            phase=phase,
            design_printed=design,
            design=Design.model_validate(
                {**read_trial(f"{design or ''}. {result}"), "level": "clinical", "phase": phase}
            ),
            conditions=self._find_terms(condition, "condition"),
            condition_printed=condition or None,
            sources=self._find_terms(source, "source"),
            source_printed=source or None,
            n=self._count_people(status, result),
            follow_up=self._say("follow_up") or None,
            sponsor=self._say("sponsor") or None,
            countries=split_list(self._say("country")),
            dose=parse_dose(dose) if dose else None,
            route=find_route(f"{route} {dose} {'' if route or dose else source}"),
            endpoints=[e for e in split_list(self._say("endpoints")) if e not in stated],
            endpoints_heading=self.roles.get("endpoints"),
            status=status,
            result=result or None,
            result_effect=judge_result(result) if result else None,
            references=self.row.references,
            quote=self._quote(),
            questions=self.questions,
        )

    def _say(self, role: Role) -> str:
        """Return what the columns of a role print, without trial numbers; empty if none do."""
        columns = [c for c in self.table.columns if find_role(c) == role]
        cells = [self.row.cells[c] for c in columns]
        return "; ".join(
            t
            for t in (drop_registry_ids((c.printed or c.text) if c.text else "") for c in cells)
            if t
        )

    def _find_dose(self, source: str) -> str:
        """Return the cell of the product where no column is for doses and that one states one."""
        stated = parse_dose(source).model_dump(exclude_defaults=True, exclude={"printed", "text"})
        return source if stated else ""

    def _count_people(self, status: Status | None, result: str) -> Participants | None:
        """Return the number of people: enrolled where the trial is over, else planned."""
        printed = self._say("enrolment")
        number = re.fullmatch(r"\D{0,20}?(\d{1,3}(?:,\d{3})+|\d{1,6})\D{0,20}", printed)
        if not number:
            return None
        count = int(number[1].replace(",", ""))
        over = bool(result) or bool(status and status.normalised == "completed")
        planned = not over or bool(_PLANNED.search(f"{self.roles['enrolment']} {printed}"))
        return Participants(planned=count) if planned else Participants(enrolled=count)

    def _find_stated_results(self) -> list[str]:
        """Return what cells of any column say of the outcome, result columns left out.

        In a column for something else that is only a benefit that failed to show, or harm that was
        not seen, and what stands beside it; a column of no known role may hold any result.
        """
        tolerated = read_words().trial["tolerated"].search
        found = []
        for column, cell in self.row.cells.items():
            role = find_role(column)
            if role in ("result", "status", "reference", "registry", "title"):
                continue
            parts = split_list(drop_registry_ids(cell.text or ""))
            stated = [part for part in parts if states_no_benefit(part) or tolerated(part)]
            if stated or role is None:
                found += [part for part in parts if part in stated or judge_result(part)]
        return found

    def _ask(self, rule: str, text: str, field: str, weight: int = 3) -> None:
        self.questions.append(Question(rule=rule, text=text, field=field, weight=weight))

    def _read_phase(self) -> tuple[str | None, str | None]:
        printed, stated = self._say("phase"), self._say("design")
        phase, design, rest = parse_phase(printed)
        if rest:
            text = f"The phase is printed as {printed!r}: what does {rest!r} say?"
            self._ask("trial-phase", text, "phase", 2)
        return phase, "; ".join(dict.fromkeys(filter(None, [design, stated]))) or None

    def _read_status(self, number: RegistryId) -> tuple[Status | None, str]:
        printed, standard, rest = split_status(self._say("status"))
        if rest and not _is_result(standard, rest):
            printed, rest = drop_registry_ids(self._say("status")), ""
        result = "; ".join(filter(None, [rest, self._say("result")]))
        if not printed:
            return None, result
        if not standard:
            self._ask("trial-status", f"Is {printed!r} a status of the trial?", "status", 2)
        as_of = self._find_reading_date(number)
        return Status(printed=printed, normalised=standard or None, as_of=as_of), result

    def _find_reading_date(self, number: RegistryId) -> date | None:
        """Return when the paper read the registry: the access date of the reference to it."""
        for entry in (e for n in self.row.references for e in self.cited.get(n, [])):
            if number.number.lower() not in f"{entry.printed} {entry.csl.URL}".lower():
                continue
            parts = entry.csl.accessed.date_parts[0] if entry.csl.accessed else []
            if len(parts) == 3:  # noqa: PLR2004 (year, month, day)
                return date(*parts)
        return None

    def _check_address(self, number: RegistryId) -> None:
        if not number.direct:
            self._ask(
                "trial-address",
                f"{number.registry} gives no address per number; the link leads to its home page.",
                "registry_url",
                1,
            )
        for n in self.row.references:
            others = [o for e in self.cited.get(n, []) for o in find_registry_ids(e.printed)]
            numbers = {o.number.lower() for o in others}
            if numbers and number.number.lower() not in numbers:
                named = ", ".join(o.number for o in others)
                self._ask(
                    "trial-reference",
                    f"The row says {number.number}, but reference {n} is of {named}.",
                    "references",
                    5,
                )

    def _find_terms(self, text: str, kind: str) -> list[str]:
        """Return the terms of a kind in a cell, without those that a narrower one implies."""
        mentions = self.vocabulary.find_mentions(
            text, context=self.roles.get("source", ""), kinds={kind}
        )
        for mention in mentions:
            if not mention.term:
                self._ask(
                    "trial-term",
                    f"{mention.text!r} may be {' or '.join(mention.candidates)}.",
                    f"{kind}s",
                    4,
                )
        terms = list(dict.fromkeys(m.term for m in mentions if m.term))
        implied = {a for t in terms for a in self.vocabulary.ancestors(t)}
        return [t for t in terms if t not in implied]

    def _quote(self) -> str:
        """Return the row as printed, its cells parted by bars."""
        cells = [self.row.cells[c] for c in self.table.columns]
        return " | ".join(c.printed for c in cells if not c.inherited)


def _slug(number: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in number.lower()).split())

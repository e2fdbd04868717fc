"""How much evidence a term has, and what it says: studies by design and result, in sentences.

A study counts once, whatever label it has in each place, and a cell that vesicles act on is no
source of vesicles: a term has evidence where a statement names it in the role of its kind.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from builder.models import Finding, Paper, Study, Term, Trial
from builder.site import labels
from builder.site.citations import short_name
from builder.site.index import ROLES, LibraryIndex, effects_on
from builder.site.links import View, link, narrowed_href, page_href, plural

_MOST_NAMED = 3  # sources, and conditions, that a row of a study shows
# The roles in which a finding is evidence about a term of a kind.
OWN_ROLES: dict[str, tuple[str, ...]] = {
    "source": ("sources",),
    "mechanism": ("mechanisms", "cargo", "targets", "stimuli"),
    "vehicle": ("vehicles",),
    "condition": ("conditions",),
}
_ROLE_SINGULAR = {
    **{role: word.lower().removesuffix("s") for role, word in labels.ROLE_WORDS.items()},
    "cargo": "cargo",
    "stimuli": "stimulus",
    "species": "species",
}
_MOST_TRIALS = 4  # with a result, that an answer names; those without benefit come first
_ENDED = ("completed", "terminated", "withdrawn", "suspended")
_HEDGED = ("hedged", "aim")
_WAYS = {
    "up": "report it raised",
    "down": "report it lowered",
    "none": "report it unchanged",
    "mixed": "report it both raised and lowered",
    "named": "name it without a direction",
    "stimulus": "give it to cells as a stimulus",
}
# What each kind of term was for a study, in a sentence.
_USED = {
    "source": "used vesicles of this source as a treatment",
    "condition": "tried vesicles against this condition",
    "vehicle": "used this vehicle to carry vesicles",
}


# --- findings and studies of a term --------------------------------------------------------------


def find_evidence(atlas: LibraryIndex, term: Term) -> list[Finding]:
    """Return the findings that have a term in the role of its kind, each once."""
    own = OWN_ROLES.get(term.kind, ROLES)
    found = {u.finding.id: u.finding for u in atlas.uses.get(term.id, ()) if u.role in own}
    return list(found.values())


def has_evidence(atlas: LibraryIndex, term: Term) -> bool:
    """Return whether a finding or a trial is evidence about a term itself."""
    own = OWN_ROLES.get(term.kind, ROLES)
    return bool(atlas.term_trials.get(term.id)) or any(
        use.role in own for use in atlas.uses.get(term.id, ())
    )


def find_term_studies(atlas: LibraryIndex, term: Term, *, subtypes: bool = False) -> list[Study]:
    """Return the studies of a term that stand, by id; with ``subtypes`` those of narrower terms.

    Reviews are left out: a review is no study of what it reviews.
    """
    names = [term.id, *(atlas.subtree(term.id) if subtypes else ())]
    found: dict[str, Study] = {}
    for name in names:
        held = atlas.library.terms.get(name)
        if held is None:
            continue
        if held.kind in ("source", "condition"):
            studies: Iterable[Study] = atlas.label_studies.get(name, ())
        else:
            studies = (
                study for f in find_evidence(atlas, held) for study in atlas.studies_of(f.id)
            )
        found |= {s.id: s for s in studies if s.counts}
    return [found[name] for name in sorted(found)]


def is_hedged(atlas: LibraryIndex, study: Study) -> bool:
    """Return whether all that is stated of a study is a "may" or an aim."""
    stated = [f.certainty for f in map(atlas.by_id.get, study.findings) if f]
    return bool(stated) and not study.trials and all(c in _HEDGED for c in stated)


def name_result(study: Study) -> str:
    """Return the result of a study in words; a trial may state one that has no direction."""
    undirected = study.result == "none-reported" and study.stated
    return labels.WORDS["undirected"] if undirected else labels.RESULTS[study.result][0]


def grade_finding(atlas: LibraryIndex, finding: Finding) -> str:
    """Return the design of a finding; that of a trial without result is only registered."""
    studies = atlas.studies_of(finding.id)
    registered = bool(studies) and all(s.only_registered for s in studies)
    return labels.REGISTERED if registered else finding.design.level


def sort_by_design(atlas: LibraryIndex, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the highest design first, else in their order."""
    rank = {level: place for place, level in enumerate(labels.DESIGNS)}
    return sorted(findings, key=lambda f: rank[grade_finding(atlas, f)])


def view_mentions(atlas: LibraryIndex, term: Term) -> list[View]:
    """Return the roles other than its own in which findings name a term, with their counts."""
    own = OWN_ROLES.get(term.kind, ROLES)
    counts: dict[str, set[str]] = {}
    for use in atlas.uses.get(term.id, ()):
        if use.role not in own:
            counts.setdefault(use.role, set()).add(use.finding.id)
    return [
        {
            "count": len(counts[role]),
            "words": f"as {_ROLE_SINGULAR[role]} in {plural(len(counts[role]), 'statement')}",
        }
        for role in ROLES
        if role in counts
    ]


def view_counts(atlas: LibraryIndex, term: Term) -> View:
    """Return how much evidence a term has: distinct studies, those with subtypes, trials."""
    findings = find_evidence(atlas, term)
    own = find_term_studies(atlas, term)
    wide = find_term_studies(atlas, term, subtypes=True)
    trials = {
        t.id for n in [term.id, *atlas.subtree(term.id)] for t in atlas.term_trials.get(n, ())
    }
    return {
        "studies": len(own),
        "wide": len(wide),
        "findings": len(findings),
        "trials": len(atlas.term_trials.get(term.id, ())),
        "wide_trials": len(trials),
    }


def view_study(atlas: LibraryIndex, study: Study, root: str, near: Collection[str] = ()) -> View:
    """Return a study as a row: what it is, its design, its result, and what it rests on.

    Of many sources or conditions a few are shown, first those that are ``near`` the page's subject;
    its facets hold them all, where the cells do not show all as links.
    """
    trial = atlas.trial_of(study)
    if trial:
        label, address = trial.registry, page_href(root, "trial", trial.id)
        title = trial.label
    elif study.references:
        csl = atlas.library.references[study.references[0]].csl
        label, title = short_name(csl), csl.title
        address = atlas.work_href(study.references[0], root)
    else:
        csl = atlas.paper(study.id).paper.csl
        label, title, address = short_name(csl), csl.title, page_href(root, "paper", study.id)
    return {
        "link": link(label, address),
        "title": title,
        "design": labels.view_design(labels.grade_study(study)),
        "words": labels.describe_design(study.design),
        "role": labels.STUDY_ROLES[study.role],
        "result": {**labels.view_result(study.result), "word": name_result(study)},
        "hedged": is_hedged(atlas, study),
        "n": study.n or labels.WORDS["not_stated"],
        **_view_named(atlas, "sources", study.sources, root, near),
        **_view_named(atlas, "conditions", study.conditions, root, near),
    }


def _view_named(
    atlas: LibraryIndex, role: str, names: Sequence[str], root: str, near: Collection[str]
) -> View:
    links = [atlas.term_link(n, root) for n in sorted(names, key=lambda name: name not in near)]
    return {
        role: links[:_MOST_NAMED],
        f"more_{role}": len(links[_MOST_NAMED:]),
        f"all_{role}": "|".join(each["title"] or each["label"] for each in links)
        if len(links) > _MOST_NAMED or not all(each["href"] for each in links)
        else "",
    }


def sort_studies(studies: Iterable[Study]) -> list[Study]:
    """Return studies with the highest design first, those with a result before those without."""
    rank = {level: place for place, level in enumerate(labels.DESIGNS)}
    return sorted(
        studies,
        key=lambda s: (
            rank[labels.grade_study(s)],
            s.result == "none-reported",
            not s.trials,
            s.id,
        ),
    )


# --- sentences -----------------------------------------------------------------------------------

Piece = View  # {"label", "href"}: words, linked where they have an address
Sentence = list[Piece]


def text(words: str) -> Piece:
    """Return words of a sentence without a link."""
    return link(words, "")


def view_answer(atlas: LibraryIndex, term: Term) -> list[Sentence]:
    """Return what the records say of a term, in sentences for the head of its page.

    Each number leads to its studies, in the table of the page. Nothing is stated more strongly than
    the statements do, and what is missing is named.
    """
    studies = find_term_studies(atlas, term)
    wide = find_term_studies(atlas, term, subtypes=True)
    if not wide:
        return [[text(f"Nothing is stated of it as {labels.KIND_WORDS[term.kind][0].lower()}: "),
                 text(f"{labels.WORDS['no_evidence']}.")]]  # fmt: skip
    if term.kind == "mechanism":
        sentences = _answer_mechanism(atlas, term, studies, wide)
    else:
        sentences = _answer_treatment(atlas, term, wide, {s.id for s in studies})
    return [*sentences, [text(labels.WORDS["not_assessed"])]]


def _answer_treatment(
    atlas: LibraryIndex, term: Term, wide: Sequence[Study], own: Collection[str]
) -> list[Sentence]:
    tried = [s for s in wide if s.role == "therapeutic"]
    opening = [_number(len(tried), "study", {"role": labels.STUDY_ROLES["therapeutic"]}, "studies")]
    if not tried:
        opening = [text("No study in the material read")]
    opening.append(text(f" {_USED[term.kind]}"))
    count = sum(s.id in own for s in tried)
    if count < len(tried):
        opening.append(text(f", subtypes included ({count} without them)"))
    sentences = [_by_design(opening, tried) if tried else [*opening, text(".")]]
    if tried:
        # A registered trial without a result is named with the trials.
        reporting = [s for s in tried if not s.only_registered]
        sentences += [*([_results(atlas, reporting)] if reporting else []), *_gap(tried)]
    trials = [s for s in tried if s.trials]
    if trials:
        listed = "#trials" if list_trials(atlas, term) else "#studies"
        sentences.append(answer_trials(atlas, trials, listed))
    for role in ("pathogenic", "biomarker", "method", "unclear"):
        held = [s for s in wide if s.role == role]
        if held:
            more = "more " if tried else ""
            query = {"role": labels.STUDY_ROLES[role]}
            one = _number(len(held), f"{more}study", query, f"{more}studies")
            sentences.append([one, text(f": {labels.STUDY_ROLES[role]}.")])
    return sentences


def _number(count: int, one: str, query: dict[str, str], many: str = "") -> Piece:
    """Return a count that leads to the studies of the page that it counts."""
    return link(plural(count, one, many), narrowed_href("", "", query, "studies"))


def _join(parts: Iterable[Sentence], between: str) -> Sentence:
    """Return the parts of a sentence as one, with words between them."""
    return [p for n, part in enumerate(parts) for p in ([text(between)] if n else []) + part]


def list_designs(studies: Iterable[Study], path: str, anchor: str) -> Sentence:
    """Return how many studies have each design, each number a link to those studies."""
    return _join(
        ([link(labels.name_designs(level, count), narrowed_href("", path, _query(level), anchor))]
         for level, count in labels.count_designs(studies).items()), ", ",
    )  # fmt: skip


def _query(level: str) -> dict[str, str]:
    return {"design": str(labels.view_design(level)["label"])}


def _by_design(opening: Sentence, studies: Sequence[Study]) -> Sentence:
    return [*opening, text(": "), *list_designs(studies, "", "studies"), text(".")]


# The results as they are named in an answer; what speaks against a treatment stands first.
_FOUND = {
    labels.RESULTS["worsened"][0]: "worsening",
    labels.RESULTS["no-benefit"][0]: "no benefit",
    labels.RESULTS["mixed"][0]: "mixed results",
    labels.RESULTS["improved"][0]: "improvement",
    labels.WORDS["undirected"]: "a result without a stated direction",
}


def _results(atlas: LibraryIndex, studies: Sequence[Study]) -> Sentence:
    """Return what studies report, apart for each design: a dish and a trial are never one sum."""

    def count(words: str, held: Sequence[Study], query: dict[str, str]) -> Sentence:
        hedged = sum(is_hedged(atlas, s) for s in held)
        note = f" ({hedged} only as a possibility or an aim)" if hedged else ""
        query = {**query, "result": name_result(held[0])}
        return [link(words, narrowed_href("", "", query, "studies")), text(note)]

    groups: list[Sentence] = []
    for level in labels.DESIGNS:
        of_level = [s for s in studies if labels.grade_study(s) == level]
        parts = [
            count(f"{words} in {len(held)}", held, _query(level))
            for name, words in _FOUND.items()
            if (held := [s for s in of_level if name_result(s) == name])
        ]
        lead = f"{'with ' if level == 'not-stated' else ''}{labels.view_design(level)['label']}: "
        groups += [[text(lead), *_join(parts, ", ")]] if parts else []
    silent = [s for s in studies if name_result(s) == labels.RESULTS["none-reported"][0]]
    if not groups:
        return [*count("No result reported", silent, {}), text(".")]
    end = f"No result reported in {len(silent)}"
    rest = [text(" "), *count(end, silent, {}), text(".")] if silent else []
    return [text("Reported "), *_join(groups, "; "), text("."), *rest]


def _gap(studies: Sequence[Study]) -> list[Sentence]:
    """Return what is missing: a study in people with a result, else in animals."""
    held = {s.design.level for s in studies if s.result != "none-reported" or s.stated}
    for level in ("clinical", "in-vivo"):
        if level not in held:
            where = labels.view_design(level)["label"]
            return [[text(f"No study {where} with a result in the material read.")]]
    return []


def answer_trials(
    atlas: LibraryIndex, studies: Sequence[Study], address: str, root: str = "../../"
) -> Sentence:
    """Return what registered trials found; ``root`` is the way to the root of the site."""
    sentence = [link(plural(len(studies), "registered trial"), address), text(": ")]
    order = list(_FOUND)
    reported = [s for s in studies if not s.only_registered]
    reported.sort(key=lambda s: (order.index(name_result(s)), s.id))
    for study in reported[:_MOST_TRIALS]:
        trial = atlas.trial_of(study)
        name = link(study.trials[0].upper(), "")
        if trial:
            name = link(trial.registry, page_href(root, "trial", trial.id))
        design = ", ".join(
            [*(["randomised"] if study.design.randomised else []),
             *([f"n = {study.n}"] if study.n else [])]
        )  # fmt: skip
        design = f" ({design})" if design else ""
        words = (trial.result if trial else "") or labels.RESULTS[study.result][0]
        if study.result == "none-reported":
            words = "a result whose direction is not stated"
        sentence += [name, text(f"{design} reported: {words.rstrip('.')}"), text("; ")]
    waiting = [s for s in studies if s.only_registered]
    rest = f"without a result in the material read{_name_ended(atlas, waiting)}"
    if waiting and not reported:
        return [sentence[0], text(f", {rest}.")]
    counts = ((len(reported[_MOST_TRIALS:]), "more with a result"), (len(waiting), rest))
    ends = [f"{count} {words}" for count, words in counts if count]
    return [*sentence[: None if ends else -1], text("; ".join(ends) + ".")]


def _name_ended(atlas: LibraryIndex, studies: Iterable[Study]) -> str:
    """Return how many trials without a result are over, in brackets: what was found is not said."""
    trials = map(atlas.trial_of, studies)
    counts = Counter(t.status.normalised for t in trials if t and t.status)
    ended = ", ".join(f"{counts[status]} {status}" for status in _ENDED if counts[status])
    return f" ({ended})" if ended else ""


def _answer_mechanism(
    atlas: LibraryIndex, term: Term, studies: Sequence[Study], wide: Sequence[Study]
) -> list[Sentence]:
    ways: dict[str, list[Study]] = {}
    for study in studies:
        ways.setdefault(_find_way(atlas, term, study), []).append(study)
    names = "names" if len(wide) == 1 else "name"
    opening = [_number(len(wide), "study", {}, "studies"), text(f" {names} it")]
    if len(wide) > len(studies):
        opening.append(text(f", subtypes included ({len(studies)} without them)"))
    sentences = [_by_design(opening, wide)]
    found: list[Sentence] = []
    for way, said in _WAYS.items():
        if held := ways.get(way):
            verb, rest = said.split(" ", 1)
            words = f"{len(held)} {verb}{'s' if len(held) == 1 else ''} {rest}"
            found.append([link(words, "#findings")])
    return [*sentences, [*_join(found, "; "), text(".")]] if found else sentences


def _find_way(atlas: LibraryIndex, term: Term, study: Study) -> str:
    held = set(study.findings)
    uses = [use for use in atlas.uses.get(term.id, ()) if use.finding.id in held]
    if {use.role for use in uses} == {"stimuli"}:
        return "stimulus"
    directions = {labels.find_direction(use.effect) for use in uses if use.role == "mechanisms"}
    directed = directions - {"named"}
    return "named" if not directed else directed.pop() if len(directed) == 1 else "mixed"


def view_summary(atlas: LibraryIndex, term: Term, findings: Sequence[Finding]) -> list[View]:
    """Return in how many studies a mechanism is raised or lowered; of other terms, their results.

    A study that gives it a direction in one place does not count as naming it in another.
    """
    if term.kind == "mechanism":
        own: dict[str, set[str]] = {}
        for finding in findings:
            for effect in effects_on(finding, term.id):
                own.setdefault(effect, set()).update(atlas.counted.get(finding.id, ()))
        directed = {
            s for e, held in own.items() if labels.find_direction(e) != "named" for s in held
        }
        counted = {e: len(held - directed if labels.find_direction(e) == "named" else held)
                   for e, held in own.items()}  # fmt: skip
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"effect": labels.view_effect(effect), "count": count}
            for effect, count in ranked
            if count
        ]
    found = find_term_studies(atlas, term, subtypes=True)
    tried = [s for s in found if s.role == "therapeutic"]
    counts: Counter[str] = Counter(s.result for s in tried)
    return [
        {"effect": labels.view_result(result), "count": counts[result]}
        for result in labels.RESULTS
        if counts[result] and result != "none-reported"
    ]


def list_trials(atlas: LibraryIndex, term: Term) -> list[Trial]:
    """Return the trials of a term and of its narrower terms, those with a result first."""
    names = [term.id, *atlas.subtree(term.id)]
    found = {t.id: t for name in names for t in atlas.term_trials.get(name, ())}
    return sorted(found.values(), key=lambda t: (not t.result, t.id))


# --- coverage ------------------------------------------------------------------------------------

_COVERED = ("title", "abstract", "body", "tables", "references")


def answer_coverage(paper: Paper) -> list[Sentence]:
    """Return which parts of a paper its seed held, in a sentence; what it lacked stands first."""
    held = [name for name in _COVERED if getattr(paper.coverage, name)]
    lacked = [name for name in _COVERED if not getattr(paper.coverage, name)]
    if not held:
        return []
    if "body" in lacked:
        words = f"The text of the paper was not read: its file held {_list_words(held)} only."
        return [[text(words)]]
    rest = f"; it held no {_list_words(lacked, 'or')}" if lacked else ""
    return [[text(f"Read: {_list_words(held)}{rest}.")]]


def answer_studies(atlas: LibraryIndex, studies: Sequence[Study]) -> list[Sentence]:
    """Return how many studies are reported, by design, and what those of a treatment found."""
    primary = [s for s in studies if s.counts]
    if not primary:
        return [[text("No study is reported in the material read.")]]
    designs = [
        labels.name_designs(level, count) for level, count in labels.count_designs(primary).items()
    ]
    counted = text(f"{plural(len(primary), 'study', 'studies')} reported: {', '.join(designs)}.")
    tried = [s for s in primary if s.role == "therapeutic" and not s.only_registered]
    found = [text(piece["label"]) for piece in _results(atlas, tried)] if tried else []
    others = [
        [text(f"{held} of them: {words}.")]
        for role, words in labels.STUDY_ROLES.items()
        if role != "therapeutic" and (held := sum(s.role == role for s in primary))
    ]
    return [[counted], *([found] if found else []), *others]


def _list_words(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: ``title, abstract and tables``."""
    if len(words) < 2:  # noqa: PLR2004 (nothing to join)
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"

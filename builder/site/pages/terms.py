"""Sources, mechanisms, delivery vehicles and conditions: their pages and the index of each kind."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from builder.curate.evidence import find_best
from builder.curate.studies import Disagreement, Statement, find_ancestors
from builder.models import Finding, Study, Term
from builder.site import labels, summaries
from builder.site.citations import short_name
from builder.site.index import ROLES, LibraryIndex, counted_in, effects_on
from builder.site.links import Page, View, link, plural, shorten, split_list, view_list, view_xref
from builder.site.pages.findings import view_finding_parts, view_rows
from builder.site.pages.measures import view_measures
from builder.site.pages.pictures import view_pictures
from builder.site.pages.trials import view_trial_row
from builder.text import ids

_MOST_STUDIES = 60
_MOST_TRIALS = 25
_MOST_DIFFERENCES = 10  # pairs of which statements differ
_MOST_OTHERS = 25  # statements that name a term in another role
_MOST_ENTRIES = 12  # of what the findings name, in each role
# The order in which a page lists what its findings name.
_FACETS = (
    "sources", "mechanisms", "conditions", "vehicles", "outcomes", "modifications", "cargo",
    "targets", "stimuli", "partners", "models", "species",
)  # fmt: skip
_NATIVE = ("pathogenic", "biomarker")
_LEADS = {
    "source": "Cells, tissues and fluids that exosomes are collected from.",
    "mechanism": "Molecules, pathways and processes that a statement says an exosome acts on, "
    "acts through or carries.",
    "vehicle": "What carries exosomes to bone or cartilage: hydrogels, scaffolds, implants.",
    "condition": "Diseases, injuries and defects in which exosomes were tried.",
}
_STIMULI, _STIMULUS = "Stimuli", "stimulus"
# Types of mechanisms in the order of their index: what a clinician asks for stands first.
_TYPES = (
    ("Pathways", ("pathway", "axis")),
    ("Molecules", ("gene/protein", "gene family", "metabolite")),
    ("miRNA and other RNA", ("miRNA", "lncRNA", "circRNA", "RNA class")),
    ("Cell processes", ("process", "cell process", "concept", "structure", "cellular component")),
    ("Tissue outcomes", ("tissue outcome",)),
    (_STIMULI, ("exposure", "stimulus")),
)
_OTHER = "Other mechanisms"
# What is counted of a term in a role: its style, its mark and its word.
_WAYS = (
    ("up", "rise", "▲", "raised"),
    ("down", "fall", "▼", "lowered"),
    ("other", "involves", "○", "named"),
    ("improved", "up", "▲", "improved"),
    ("worsened", "down", "▼", "worsened"),
    ("unchanged", "none", "=", "unchanged"),
)
# Pairs of target and condition that are shown, and links to statements that stand in one cell.
_MOST_PAIRS, _MOST_LINKS = 30, 6


# --- counts and facets ---------------------------------------------------------------------------


def count_term(atlas: LibraryIndex, term: Term) -> View:
    """Return the counts of a term for programs: studies, findings, works and trials of its own."""
    counts = summaries.view_counts(atlas, term)
    works = {
        atlas.reference_id(f.paper, n) for f in atlas.findings_of(term.id) for n in f.references
    }
    return {
        "studies": counts["studies"],
        "studies_with_subtypes": counts["wide"],
        "findings": len(atlas.findings_of(term.id)),
        "references": len(works - {""}),
        "trials": counts["trials"],
    }


def view_facets(
    atlas: LibraryIndex, term: str, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return what the findings of a term name, role by role, the most often named first.

    Each entry counts its studies, for mechanisms and outcomes those in which it was raised or
    lowered, and for conditions those in which it improved, worsened, or neither.
    """
    counts: dict[str, dict[str, dict[str, set[str]]]] = {role: {} for role in ROLES}
    # What drives or marks a disease is not counted with what treats it.
    for finding in [f for f in findings if f.role not in _NATIVE] or findings:
        for study in atlas.studies_of(finding.id):
            if study.id not in atlas.counted.get(finding.id, ()):
                continue  # a review is no study of what it reviews
            for role, named, effect in dict.fromkeys(counted_in(finding)):
                for other in _settle(atlas, study, role, named) if named != term else ():
                    ways = counts[role].setdefault(other, {})
                    for way in ("all", _way(role, effect)):
                        ways.setdefault(way, set()).add(study.id)
    facets = []
    for role in _FACETS:
        others = [item for item in counts[role].items() if item[0] != term]
        entries = sorted(others, key=lambda item: (-len(item[1]["all"]), item[0]))
        shown = [_facet_entry(atlas, name, ways, root) for name, ways in entries[:_MOST_ENTRIES]]
        more = len(entries) - len(shown)
        facets.append(
            {"id": role, "label": labels.ROLE_WORDS[role], "entries": shown, "more": more}
        )
    return [facet for facet in facets if facet["entries"]]


def _settle(atlas: LibraryIndex, study: Study, role: str, named: str) -> list[str]:
    """Return the labels under which a study counts for what one of its statements names.

    A title says MSC, the row of the same trial BMSC: the study is one of BMSC.
    """
    settled = {"sources": study.sources, "conditions": study.conditions}.get(role, [])
    terms = atlas.library.terms
    near = {named, *find_ancestors(named, terms)}
    return [x for x in settled if x in near or named in find_ancestors(x, terms)] or [named]


def _way(role: str, effect: str) -> str:
    """Return what is counted of an effect: a direction, or what became of a condition."""
    if role == "conditions":
        return {"down": "improved", "up": "worsened", "none": "unchanged"}.get(effect, "")
    if role not in ("mechanisms", "outcomes"):
        return ""
    direction = labels.find_direction(effect)
    return direction if direction in ("up", "down") else "other"


def _facet_entry(atlas: LibraryIndex, term: str, ways: dict[str, set[str]], root: str) -> View:
    return {
        "id": term,
        "term": atlas.term_link(term, root, full=True),
        "count": len(ways["all"]),
        "effects": [
            {"style": style, "mark": mark, "words": f"{words} in", "count": len(ways[way])}
            for way, style, mark, words in _WAYS
            if way in ways
        ],
    }


def view_synonyms(term: Term) -> list[str]:
    """Return the other spellings of a term, without its label and abbreviation."""
    known = {term.label, term.abbreviation or ""}
    return [s for s in dict.fromkeys(term.synonyms) if s not in known]


# --- the page of a term --------------------------------------------------------------------------


def view_term(atlas: LibraryIndex, term: Term) -> Iterator[Page]:
    """Yield the page of a source, mechanism, vehicle or condition, and the rest of its findings."""
    findings = summaries.sort_by_design(atlas, summaries.find_evidence(atlas, term))
    path = ids.page_path(term.kind, term.id)
    yield _view_main(atlas, term, findings)
    _, many = labels.KIND_WORDS[term.kind]
    about = f"Statements that name {term.label}, highest design first."
    head = (f"{_title(term)}: statements", about)
    crumbs = ((many, ids.index_path(term.kind)), (_title(term), path))
    parts = view_finding_parts(atlas, findings, path, head, crumbs)
    yield from itertools.islice(parts, 1, None)


def _view_main(atlas: LibraryIndex, term: Term, findings: Sequence[Finding]) -> Page:
    root = "../../"
    path = ids.page_path(term.kind, term.id)
    own = {f.id for f in findings}
    others = [f for f in atlas.findings_of(term.id) if f.id not in own]
    studies = summaries.sort_studies(summaries.find_term_studies(atlas, term, subtypes=True))
    below = atlas.subtree(term.id)
    wide = {
        f.id: f
        for name in (term.id, *below)
        for f in summaries.find_evidence(atlas, atlas.library.terms[name])
    }
    trials = summaries.list_trials(atlas, term)
    differing = view_disagreements(atlas, term.id, root)
    one, many = labels.KIND_WORDS[term.kind]
    answer = summaries.view_answer(atlas, term)
    said = " ".join("".join(piece["label"] for piece in sentence) for sentence in answer[:2])
    return Page(
        path=path,
        template="term.md.j2",
        title=_title(term),
        description=shorten(f"{term.label}: {said}"),
        kind=term.kind,
        record=term.id,
        crumbs=((many, ids.index_path(term.kind)),),
        view={
            "kind": term.kind,
            "kind_word": one,
            "type": name_type(term),
            "label": term.label,
            "definition": term.definition or "",
            "answer": answer,
            "synonyms": view_synonyms(term),
            "xrefs": [view_xref(x) for x in term.xrefs],
            "parent": atlas.term_link(term.parent, root, full=True) if term.parent else None,
            "related": [atlas.term_link(name, root, full=True) for name in term.related],
            "narrower": [_view_narrower(atlas, child, root) for child in atlas.children[term.id]],
            "ambiguous": [{"text": a.text, "note": a.note or ""} for a in term.ambiguous],
            "studies": [
                summaries.view_study(atlas, s, root, {term.id, *below})
                for s in studies[:_MOST_STUDIES]
            ],
            "more_studies": max(0, len(studies) - _MOST_STUDIES),
            "disagreements": differing[:_MOST_DIFFERENCES],
            "more_disagreements": len(differing[_MOST_DIFFERENCES:]),
            "facets": view_facets(atlas, term.id, findings, root),
            "reach": view_target_effects(atlas, term, findings, root)
            if term.kind == "mechanism"
            else [],
            "measures": view_measures(atlas, findings, root) if term.kind == "vehicle" else None,
            "pictures": view_pictures(atlas, term, [*wide.values()], studies, root),
            "compare": f"{root}compare/?a={term.id}" if term.kind == "source" and findings else "",
            "findings": view_rows(atlas, findings, path, path, f"Statements about {term.label}"),
            "others": view_rows(
                atlas,
                others[:_MOST_OTHERS],
                path,
                path,
                f"Statements that name {term.label} otherwise",
            ),
            "more_others": len(others[_MOST_OTHERS:]),
            "mentions": summaries.view_mentions(atlas, term),
            "trials": [view_trial_row(atlas, t, root) for t in trials[:_MOST_TRIALS]],
            "more_trials": max(0, len(trials) - _MOST_TRIALS),
        },
    )


def _view_narrower(atlas: LibraryIndex, child: Term, root: str) -> View:
    return {
        "term": atlas.term_link(child.id, root, full=True),
        "definition": child.definition or "",
        "count": len(summaries.find_term_studies(atlas, child, subtypes=True)),
    }


def _title(term: Term) -> str:
    if term.abbreviation and term.abbreviation not in term.label:
        return f"{term.label} ({term.abbreviation})"
    return term.label


def name_type(term: Term) -> str:
    """Return the finer type of a term as words; empty where it has none."""
    return (term.plain_type or "").replace("-", " ").replace("_", " ")


# --- where a mechanism was changed ---------------------------------------------------------------


def view_target_effects(
    atlas: LibraryIndex, term: Term, findings: Sequence[Finding], root: str
) -> list[View]:
    """Return the effects on a mechanism for each pair of target and condition that is named.

    The pair with most findings comes first, what names neither last. One that names several
    targets or conditions counts for each. Without a single target or condition there is none.
    """
    pairs: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if any(m.id == term.id for m in finding.mechanisms):
            for pair in product(
                dict.fromkeys(finding.targets) or [""], dict.fromkeys(finding.conditions) or [""]
            ):
                pairs.setdefault(pair, []).append(finding)
    if not any(any(pair) for pair in pairs):
        return []
    order: Callable[[tuple[str, str]], object] = lambda pair: (  # noqa: E731
        not any(pair), -len(pairs[pair]), [(not name, name) for name in pair]
    )  # fmt: skip
    ranked = sorted(pairs, key=order)  # type: ignore[arg-type]
    return [_view_pair(atlas, term, pair, pairs[pair], root) for pair in ranked[:_MOST_PAIRS]]


def _view_pair(
    atlas: LibraryIndex, term: Term, pair: tuple[str, str], held: Sequence[Finding], root: str
) -> View:
    effects = Counter(effect for finding in held for effect in effects_on(finding, term.id))
    order = list(labels.EFFECTS)
    target, condition = (atlas.term_link(name, root, full=True) if name else None for name in pair)
    levels = [f.design.level for f in held if atlas.stands(f)]
    where = [link(str(n), atlas.finding_href(f.id, root)) for n, f in enumerate(held, 1)]
    if len(held) > _MOST_LINKS:
        where = [link(plural(len(held), "statement"), "#findings")]
    return {
        "target": target,
        "condition": condition,
        "effects": [
            {"effect": labels.view_effect(effect), "count": effects[effect]}
            for effect in sorted(effects, key=lambda e: (-effects[e], order.index(e)))
        ],
        "design": labels.view_design(
            max(levels, key=lambda v: labels.DESIGNS[v], default="not-stated")
        ),
        "findings": where,
    }


# --- where statements differ ---------------------------------------------------------------------

_SIDES = {"raises": "up", "lowers": "down", "no effect": "none"}
_BETWEEN = {
    "papers": "Papers of the atlas say different things.",
    "studies": "Studies that one paper reports say different things.",
}


def view_disagreements(atlas: LibraryIndex, term: str, root: str) -> list[View]:
    """Return the disagreements in which a term is the source, the mechanism or the outcome."""
    return [_view_disagreement(atlas, each, root) for each in atlas.disagreements.get(term, ())]


def _view_disagreement(atlas: LibraryIndex, found: Disagreement, root: str) -> View:
    view = labels.view_condition_effect if found.role == "condition" else labels.view_effect
    return {
        "source": atlas.term_link(found.source, root),
        "target": atlas.term_link(found.target, root),
        "between": _BETWEEN[found.between],
        "sides": [
            {
                "effect": view(_SIDES[direction]),
                "studies": len({study for statement in statements for study in statement.studies}),
                "statements": [_view_statement(atlas, statement, root) for statement in statements],
            }
            for direction, statements in found.sides
        ],
    }


def _view_statement(atlas: LibraryIndex, statement: Statement, root: str) -> View:
    finding = statement.finding
    return {
        "quote": finding.quote.replace(" | ", " · "),
        "href": atlas.finding_href(finding.id, root),
        "paper": atlas.paper_link(finding.paper, root),
        "design": labels.view_design(finding.design.level),
        "studies": [_view_work(atlas, study, root) for study in statement.studies],
    }


def _view_work(atlas: LibraryIndex, work: str, root: str) -> View:
    if work in atlas.library.references:
        csl = atlas.library.references[work].csl
        return link(short_name(csl), atlas.work_href(work, root))
    return atlas.paper_link(work, root)


# --- the index of a kind -------------------------------------------------------------------------


def view_term_row(atlas: LibraryIndex, term: Term, root: str) -> View:
    """Return a term as an entry of its index, with how much evidence it has."""
    findings = summaries.find_evidence(atlas, term)
    studies = summaries.find_term_studies(atlas, term, subtypes=True)
    best = find_best(studies)
    return {
        "term": link(term.label, atlas.term_href(term, root)),
        "abbreviation": term.abbreviation or "",
        "definition": term.definition or "",
        "counts": summaries.view_counts(atlas, term),
        "best": labels.view_design(best.design) if best else None,
        "summary": summaries.view_summary(atlas, term, findings),
        "type": name_type(term),
        "parent": atlas.term_link(term.parent, root) if term.parent else None,
        "facets": _index_facets(atlas, term, findings),
    }


def _index_facets(atlas: LibraryIndex, term: Term, findings: Sequence[Finding]) -> dict[str, str]:
    """Return what the filter of an index asks for: type, direction, source and design."""
    words = {"up": "raised", "down": "lowered", "none": "no effect", "named": "named only"}
    terms = atlas.library.terms
    directions = Counter(
        words[labels.find_direction(e)] for f in findings for e in effects_on(f, term.id)
    )
    given = any(use.role == "stimuli" for use in atlas.uses.get(term.id, ()))
    found = {
        "type": [t for t in (name_type(term), _STIMULUS if given else "") if t],
        "direction": list(directions) if term.kind == "mechanism" else [],
        "source": sorted({terms[s].label for f in findings for s in f.sources if s in terms})
        if term.kind != "source"
        else [],
        "design": sorted({str(labels.view_design(f.design.level)["label"]) for f in findings}),
    }
    return {
        name: "|".join(v.replace("|", "/") for v in values)
        for name, values in found.items()
        if values
    }


def _evidence_first(row: View) -> tuple[object, ...]:
    counts = [-row["counts"][name] for name in ("wide", "studies", "findings")]
    return (*counts, row["term"]["label"].casefold(), row["term"]["href"])


def group_type(atlas: LibraryIndex, term: Term) -> str:
    """Return the group of its type under which a mechanism is listed; others have one group.

    What cells were only given is a stimulus, whatever its type.
    """
    if term.kind != "mechanism":
        return ""
    roles = {use.role for use in atlas.uses.get(term.id, ())}
    if roles == {"stimuli"}:
        return _STIMULI
    return next((label for label, types in _TYPES if term.type in types), _OTHER)


def view_term_index(atlas: LibraryIndex, kind: str) -> Iterator[Page]:
    """Yield the index of a kind: the terms with a page, by type where mechanisms are listed."""
    index = ids.index_path(kind)
    _, many = labels.KIND_WORDS[kind]
    order = [*(label for label, _ in _TYPES), _OTHER, ""]
    terms = [t for t in atlas.library.terms_of(kind) if t.id in atlas.pages.named]
    rows = {t.id: view_term_row(atlas, t, "") for t in terms}
    place = {t.id: order.index(group_type(atlas, t)) for t in terms}
    ranked = sorted(terms, key=lambda t: (place[t.id], _evidence_first(rows[t.id])))
    stated = sum(bool(r["counts"]["findings"] or r["counts"]["trials"]) for r in rows.values())
    known = len(atlas.library.terms_of(kind))
    firsts = {
        group_type(atlas, t): part.path
        for part in reversed(split_list(ranked, index))
        for t in part.entries
    }
    about = (
        f"{plural(stated, labels.KIND_WORDS[kind][0].lower(), many.lower())} with evidence in the "
        f"papers read. {_LEADS[kind]}"
    )

    def view(entries: Sequence[Term], root: str, _: str) -> View:
        groups: dict[str, list[View]] = {}
        for term in entries:
            groups.setdefault(group_type(atlas, term), []).append(view_term_row(atlas, term, root))
        return {
            "lead": _LEADS[kind],
            "kind": kind,
            "stated": stated,
            "rest": known - len(terms),
            "glossary": f"{root}glossary/#kind-{kind}",
            "groups": [
                {"label": label, "anchor": f"type-{ids.slug(label)}" if label else "all",
                 "rows": held}
                for label, held in groups.items()
            ],
            "jumps": [
                link(label, f"{root}{path}#type-{ids.slug(label)}")
                for label, path in sorted(firsts.items(), key=lambda e: order.index(e[0]))
                if label
            ],
        }  # fmt: skip

    return view_list(ranked, index, (many, about, "terms.md.j2"), view)

"""The pages of cell sources, mechanisms, delivery vehicles and conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from builder.models import Finding, Term
from builder.site import xrefs
from builder.site.citations import view_citation, view_ways
from builder.site.csv_files import dump_findings
from builder.site.disagreements import view_voices
from builder.site.evidence_counts import find_evidence, view_levels, view_mentions, view_weight
from builder.site.index import ROLES, Atlas, terms_in
from builder.site.labels import EVIDENCE, KIND_WORDS, ROLE_WORDS, find_direction, view_relief
from builder.site.links import Page, View, compare_href, page_href, plural, root_of, shorten
from builder.site.measurements import view_measures
from builder.site.pages.findings import view_finding_row
from builder.site.pages.trials import view_trial_row
from builder.site.paging import Part, split_numbered, view_parts
from builder.site.target_effects import view_reach
from builder.site.term_charts import view_pictures
from builder.text import ids

# Findings and works on the page itself, and findings on each page that goes on.
_MOST_FINDINGS = 100
_MOST_ENTRIES = 50  # of what they name, in each role
_FIRST_ENTRIES = 12  # of these, before the rest is folded away
# The order in which a page tells what its findings name.
_FACETS = (
    "sources",
    "mechanisms",
    "conditions",
    "vehicles",
    "outcomes",
    "modifications",
    "cargo",
    "targets",
    "partners",
    "models",
    "species",
)


def count_term(atlas: Atlas, term: Term) -> View:
    """Return the counts of a term: its own findings, those with narrower terms, and trials."""
    own = {f.id for f in atlas.findings_of(term.id)}
    wide = set(own)
    trials = {t.id for t in atlas.term_trials.get(term.id, ())}
    for child in atlas.subtree(term.id):
        wide.update(f.id for f in atlas.findings_of(child))
        trials.update(t.id for t in atlas.term_trials.get(child, ()))
    references = {
        atlas.reference_id(f.paper, n) for f in atlas.findings_of(term.id) for n in f.references
    }
    return {
        "findings": len(own),
        "wide": len(wide),
        "references": len(references - {""}),
        "trials": len(trials),
    }


def view_facets(atlas: Atlas, term: str, findings: Sequence[Finding], root: str) -> list[View]:
    """Return what the findings of a term name, role by role, the most often named first.

    Each entry counts its findings, for mechanisms and outcomes how many raise or lower it, and for
    conditions how many tell that it improved, worsened, or neither.
    """
    counts: dict[str, dict[str, Counter[str]]] = {role: {} for role in ROLES}
    for finding in findings:
        for role, other, effect in dict.fromkeys(terms_in(finding)):
            if other == term:
                continue
            counter = counts[role].setdefault(other, Counter())
            counter["all"] += 1
            counter[_way(role, effect)] += 1
    facets = []
    for role in _FACETS:
        entries = sorted(counts[role].items(), key=lambda item: (-item[1]["all"], item[0]))
        if not entries:
            continue
        shown = [_facet_entry(atlas, name, c, root) for name, c in entries[:_MOST_ENTRIES]]
        # Folding two or three away would save no room.
        first = _FIRST_ENTRIES if len(shown) > _FIRST_ENTRIES + 3 else len(shown)
        facets.append(
            {
                "id": role,
                "label": ROLE_WORDS[role],
                "directed": role in ("mechanisms", "outcomes"),
                "entries": shown,
                "first": first,
                "more": max(0, len(entries) - _MOST_ENTRIES),
            }
        )
    return facets


def _way(role: str, effect: str) -> str:
    """Return what is counted of an effect: a direction, or what became of a condition."""
    if role == "conditions":
        return {"down": "improved", "up": "worsened", "none": "unchanged"}.get(effect, "")
    if role not in ("mechanisms", "outcomes"):
        return ""
    direction = find_direction(effect)
    return direction if direction in ("up", "down") else "other"


def _facet_entry(atlas: Atlas, term: str, counter: Counter[str], root: str) -> View:
    return {
        "id": term,
        "term": atlas.term_name(term, root),
        "count": counter["all"],
        "up": counter["up"],
        "down": counter["down"],
        "other": counter["other"],
        "relief": [
            {**view_relief(effect), "count": counter[way], "way": way}
            for effect, way in (("down", "improved"), ("up", "worsened"), ("none", "unchanged"))
            if counter[way]
        ],
    }


def view_synonyms(term: Term) -> list[str]:
    """Return the other spellings of a term, without its label and abbreviation."""
    known = {term.label, term.abbreviation or ""}
    return [s for s in dict.fromkeys(term.synonyms) if s not in known]


def _view_works(atlas: Atlas, findings: Sequence[Finding], root: str) -> list[View]:
    works: dict[str, list[str]] = {}
    for finding in findings:
        for number in finding.references:
            name = atlas.reference_id(finding.paper, number)
            if name:
                places = works.setdefault(name, [])
                if str(number) not in places:
                    places.append(str(number))
    found = []
    for name in sorted(works):
        reference = atlas.library.references.get(name)
        if reference:
            found.append(
                {
                    "citation": view_citation(reference.csl, et_al=reference.et_al),
                    "href": page_href(root, "reference", name),
                    "ways": view_ways(reference.csl),
                }
            )
    return found


def view_term(atlas: Atlas, term: Term) -> Iterator[Page]:
    """Yield the page of a source, mechanism, vehicle or condition, and the rest of its findings."""
    named = atlas.findings_of(term.id)
    findings = find_evidence(atlas, term)
    own = {f.id for f in findings}
    others = [f for f in named if f.id not in own]
    path = ids.page_path(term.kind, term.id)
    parts = split_findings(findings, others, path)
    yield _view_main(atlas, term, findings, others, parts)
    for part in parts[1:]:
        yield _view_part(atlas, term, part, parts)


def split_findings(
    findings: Sequence[Finding], others: Sequence[Finding], path: str
) -> list[Part[Finding]]:
    """Return the parts of a term's findings, the first of them its page; none where all fit there.

    The strongest evidence comes first. ``others`` are those that name it in another role.
    """
    if len(findings) + len(others) <= _MOST_FINDINGS:
        return []
    ranked = [*sort_by_evidence(findings), *sort_by_evidence(others)]
    return split_numbered(ranked, path, _MOST_FINDINGS)


def sort_by_evidence(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings with the strongest evidence first, else in their order."""
    return sorted(findings, key=lambda f: -EVIDENCE.get(f.design.level, 0))


def _view_part(
    atlas: Atlas, term: Term, part: Part[Finding], parts: Sequence[Part[Finding]]
) -> Page:
    """Return a further page of a term's findings."""
    root = root_of(part.path)
    _, many = KIND_WORDS[term.kind]
    title = f"{_title(term)}: findings {part.label}"
    return Page(
        path=part.path,
        template="term_findings.md.j2",
        title=title,
        description=f"Findings {part.label} that name {term.label}, the strongest evidence first.",
        kind="index",
        crumbs=(
            (many, ids.index_path(term.kind)),
            (_title(term), ids.page_path(term.kind, term.id)),
        ),
        view={
            "term": atlas.term_link(term.id, root),
            "caption": f"Findings {part.label} that name {term.label}",
            "findings": [view_finding_row(atlas, f, root) for f in part.entries],
            "parts": view_parts(parts, root, part.path),
        },
    )


def _view_main(
    atlas: Atlas,
    term: Term,
    findings: Sequence[Finding],
    others: Sequence[Finding],
    parts: Sequence[Part[Finding]],
) -> Page:
    root = "../../"
    shown = {f.id for f in parts[0].entries} if parts else {f.id for f in [*findings, *others]}
    own_rows = sort_by_evidence(findings) if parts else findings
    works = _view_works(atlas, findings, root)
    counts = count_term(atlas, term)
    narrower = [
        {
            "term": atlas.term_name(child.id, root),
            "definition": child.definition or "",
            "count": count_term(atlas, child)["wide"],
        }
        for child in atlas.children.get(term.id, ())
    ]
    trials = atlas.term_trials.get(term.id, ())
    one, many = KIND_WORDS[term.kind]
    lead = term.definition or f"{one} of the atlas, without a definition yet."
    return Page(
        path=ids.page_path(term.kind, term.id),
        template="term.md.j2",
        title=_title(term),
        description=shorten(f"{term.label}: {lead} {plural(len(findings), 'finding')}."),
        kind=term.kind,
        record=term.id,
        crumbs=((many, ids.index_path(term.kind)),),
        view={
            "kind_word": one,
            "label": term.label,
            "abbreviation": term.abbreviation or "",
            "definition": term.definition or "",
            "synonyms": view_synonyms(term),
            "xrefs": [xrefs.view_xref(x) for x in term.xrefs],
            "parent": atlas.term_name(term.parent, root) if term.parent else None,
            "related": [atlas.term_name(name, root) for name in term.related],
            "narrower": narrower,
            "ambiguous": [
                {"text": a.text, "when": a.when, "unless": a.unless, "note": a.note or ""}
                for a in term.ambiguous
            ],
            "counts": counts,
            "weight": view_weight(atlas, findings, len(trials)),
            "mentions": view_mentions(atlas, term),
            "levels": view_levels(findings),
            "voices": view_voices(atlas, term.id, root),
            "facets": view_facets(atlas, term.id, findings, root),
            "reach": view_reach(atlas, term, findings, root) if term.kind == "mechanism" else [],
            "measures": view_measures(atlas, findings, root) if term.kind == "vehicle" else [],
            "pictures": view_pictures(atlas, term, findings, root),
            "compare": compare_href(root, term.id) if term.kind == "source" and findings else "",
            "findings": [view_finding_row(atlas, f, root) for f in own_rows if f.id in shown],
            "others": [view_finding_row(atlas, f, root) for f in others if f.id in shown],
            "parts": view_parts(parts, root, ids.page_path(term.kind, term.id)),
            "sheet": "findings.csv",
            "trials": [view_trial_row(atlas, t, root) for t in trials],
            "works": works[:_MOST_FINDINGS],
            "more_works": max(0, len(works) - _MOST_FINDINGS),
        },
        files={"findings.csv": dump_findings(atlas, findings)} if findings else {},
    )


def _title(term: Term) -> str:
    if term.abbreviation and term.abbreviation not in term.label:
        return f"{term.label} ({term.abbreviation})"
    return term.label

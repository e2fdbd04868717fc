"""api/v1: every record as JSON, for programs, with a JSON twin beside each page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from builder import models, store
from builder.export import shapes
from builder.export.schemas import FOLDER, array_schema, record_schemas
from builder.site.citations import short_name
from builder.site.evidence import study_of
from builder.site.index import Atlas, build_atlas
from builder.site.pages.findings import finding_title
from builder.site.pages.terms import count_term
from builder.store import Library
from builder.store.build_info import data_version, read_release
from builder.text import ids

NOT_STATED = "not stated"
_API = "api/v1"
_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
# The kind of page of each collection whose records have one of their own.
PAGES = {folder: kind for kind, folder in ids.FOLDERS.items()}
_TERM_COLLECTIONS = ("sources", "mechanisms", "vehicles", "conditions")
Records = dict[str, list[dict[str, Any]]]


def write_api(library: Library, site: Path, site_url: str) -> None:
    """Write api/v1 and the twin of each page below a built site; ``site_url`` ends with a slash."""
    records, index = write_collections(library, site, site_url)
    _write_twins(site, records, index, site_url)


def write_collections(
    library: Library, site: Path, site_url: str
) -> tuple[Records, dict[str, Any]]:
    """Write api/v1 below a folder; return its records by collection, and its index."""
    records = find_records(library, site_url)
    index = view_index(library, records, site_url)
    api = site / _API
    for name, entries in records.items():
        _write(api / f"{name}.json", _array(entries))
        _write(api / FOLDER / f"{name}.json", _pretty(array_schema(name, site_url)))
    for name, schema in record_schemas(site_url).items():
        _write(api / FOLDER / "content" / f"{name}.json", _pretty(schema))
    _write(api / "index.json", _pretty(index))
    return records, index


def find_records(library: Library, site_url: str) -> Records:
    """Return the records of each collection as published, sorted by id."""
    atlas = build_atlas(library)
    found: dict[str, Iterator[BaseModel]] = {
        "conditions": _terms(atlas, "condition", site_url),
        "findings": (_finding(atlas, f, site_url) for f in atlas.findings),
        "mechanisms": _terms(atlas, "mechanism", site_url),
        "papers": (_paper(b.paper, site_url) for b in library.papers.values()),
        "references": (_reference(r, site_url) for r in library.references.values()),
        "sources": _terms(atlas, "source", site_url),
        "tables": (_table(atlas, t, site_url) for t in library.tables()),
        "trials": (_trial(atlas, t, site_url) for t in atlas.trials),
        "vehicles": _terms(atlas, "vehicle", site_url),
    }
    return {
        name: sorted(map(_plain, entries), key=lambda record: str(record["id"]))
        for name, entries in found.items()
    }


def view_index(library: Library, records: Records, site_url: str) -> dict[str, Any]:
    """Return api/v1/index.json: collections with counts and schemas, and the data version."""
    return _plain(
        shapes.Index(
            data_version=data_version(library, read_release(library.root)),
            collections=[
                shapes.CollectionEntry(
                    id=name,
                    url=f"{site_url}{_API}/{name}.json",
                    label=name.capitalize(),
                    count=len(records[name]),
                    schema_url=f"{site_url}{_API}/{FOLDER}/{name}.json",
                )
                for name in sorted(records)
            ],
        )
    )


# --- records -------------------------------------------------------------------------------------


def _terms(atlas: Atlas, kind: str, site_url: str) -> Iterator[shapes.TermEntry]:
    for term in atlas.library.terms_of(kind):
        counts = count_term(atlas, term)
        yield shapes.TermEntry(
            id=term.id,
            url=site_url + ids.page_path(kind, term.id),
            label=term.label,
            kind=term.kind,
            abbreviation=term.abbreviation,
            synonyms=term.synonyms,
            parent=term.parent,
            definition=term.definition,
            xrefs=[xref.curie for xref in term.xrefs],
            counts=shapes.Counts(
                findings=counts["findings"],
                references=counts["references"],
                trials=len(atlas.term_trials.get(term.id, ())),
            ),
        )


def _paper(paper: models.Paper, site_url: str) -> shapes.PaperEntry:
    captions = "\n".join(f"{f.label} {f.caption}".strip() for f in paper.figures)
    return shapes.PaperEntry(
        id=paper.id,
        url=site_url + ids.page_path("paper", paper.id),
        label=paper.csl.title,
        csl=shapes.CslData(id=paper.id, **paper.csl.model_dump()),
        seed=shapes.SeedEntry(file=paper.seed.file, sha256=paper.seed.sha256),
        headings=[shapes.HeadingEntry(level=h.level, text=h.text) for h in paper.headings],
        abstract=paper.abstract,
        tldr=paper.tldr,
        contribution=paper.contribution,
        key_findings=[k.text for k in paper.key_findings],
        entities=[
            shapes.EntityEntry(group=e.group, label=e.label, identifier=e.identifier)
            for e in paper.entities
        ],
        figures=paper.figures_note or captions or None,
        licence=paper.licence or NOT_STATED,
    )


def _reference(reference: models.Reference, site_url: str) -> shapes.ReferenceEntry:
    return shapes.ReferenceEntry(
        id=reference.id,
        **reference.csl.model_dump(),
        custom=shapes.ReferenceCustom(
            url=site_url + ids.page_path("reference", reference.id),
            label=short_name(reference.csl),
            cited_in=[
                shapes.CitedInEntry(paper=c.paper, number=c.number) for c in reference.cited_in
            ],
            et_al=reference.et_al,
            labels=reference.labels,
            notices=[
                shapes.NoticeEntry(
                    kind=notice.kind,
                    doi=notice.doi,
                    issued=notice.issued.isoformat() if notice.issued else None,
                    told_by=notice.told_by,
                )
                for notice in reference.notices
            ]
            or None,
        ),
    )


def _table(atlas: Atlas, table: models.Table, site_url: str) -> shapes.TableEntry:
    page = ids.page_path("paper", table.paper)
    name = short_name(atlas.paper(table.paper).paper.csl)
    return shapes.TableEntry(
        id=table.id,
        url=f"{site_url}{page}#{ids.table_anchor(table.number)}",
        label=table.caption or f"{table.label or f'Table {table.number}'} of {name}",
        paper=table.paper,
        number=table.number,
        columns=table.columns,
        rows=[
            shapes.RowEntry(
                id=row.id,
                cells={k: shapes.CellEntry(**c.model_dump()) for k, c in row.cells.items()},
                references=row.references,
            )
            for row in table.rows
        ],
        repairs=[shapes.RepairEntry(**r.model_dump()) for r in table.repairs],
    )


def _finding(atlas: Atlas, finding: models.Finding, site_url: str) -> shapes.FindingEntry:
    where = finding.locator
    return shapes.FindingEntry(
        id=finding.id,
        url=site_url + ids.page_path("finding", finding.id),
        label=finding_title(finding),
        paper=finding.paper,
        locator=shapes.LocatorEntry(
            kind=where.kind,
            table=where.table,
            row=where.row,
            reference=where.reference,
            section=where.section,
        ),
        quote=finding.quote,
        sources=finding.sources,
        modifications=finding.modifications,
        vehicles=finding.vehicles,
        cargo=finding.cargo,
        mechanisms=finding.mechanisms,
        targets=finding.targets,
        models=finding.models,
        species=finding.species,
        conditions=finding.conditions,
        condition_effects=finding.condition_effects or None,
        outcomes=finding.outcomes,
        quantities=finding.quantities,
        references=finding.references,
        basis=finding.basis,
        design=finding.design,
        role=finding.role,
        result=finding.result,
        certainty=finding.certainty,
        sites=finding.sites,
        **_standing(atlas, finding),
        questions=[shapes.QuestionEntry(rule=q.rule, text=q.text) for q in finding.questions],
    )


def _standing(atlas: Atlas, finding: models.Finding) -> dict[str, Any]:
    """Return what of a finding's grounds was retracted; nothing where all stands."""
    grounds = [*study_of(finding, atlas.places), finding.paper]
    retracted = [name for name in dict.fromkeys(grounds) if name in atlas.withdrawn]
    return {"retracted": retracted, "stands": atlas.stands(finding)} if retracted else {}


def _trial(atlas: Atlas, trial: models.Trial, site_url: str) -> shapes.TrialEntry:
    record = atlas.library.registry.get(trial.id)
    told = atlas.tellings[trial.id]
    return shapes.TrialEntry(
        id=trial.id,
        url=site_url + ids.page_path("trial", trial.id),
        label=trial.label,
        registry=trial.registry,
        registry_url=trial.registry_url,
        **_words(trial),
        conditions=trial.conditions,
        sources=trial.sources,
        registry_record=store.plain(record) if record else None,
        discrepancies=[
            shapes.DiscrepancyEntry(
                field=d.field, review=d.review, registry=d.registry, severity=d.severity
            )
            for d in trial.discrepancies
        ],
        tellings=[_telling(t) for t in told] if len(told) > 1 else None,
    )


def _telling(trial: models.Trial) -> shapes.TellingEntry:
    return shapes.TellingEntry(paper=trial.paper, quote=trial.quote, **_words(trial))


def _words(trial: models.Trial) -> dict[str, Any]:
    """Return the fields of TrialWords."""
    shared = {name: getattr(trial, name) for name in shapes.TrialWords.model_fields}
    return {**shared, "status": _status(trial)}


def _status(trial: models.Trial) -> shapes.StatusEntry | None:
    status = trial.status
    if status is None:
        return None
    as_of = status.as_of.isoformat() if status.as_of else NOT_STATED
    return shapes.StatusEntry(printed=status.printed, as_of=as_of)


# --- files ---------------------------------------------------------------------------------------


def _plain(shape: BaseModel) -> dict[str, Any]:
    data: dict[str, Any] = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data


def _array(entries: Sequence[dict[str, Any]]) -> str:
    """Return a JSON array with one record a line: small, and readable in a diff."""
    lines = ",\n".join(json.dumps(e, ensure_ascii=False, separators=(",", ":")) for e in entries)
    return f"[\n{lines}\n]\n" if entries else "[]\n"


def _pretty(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    # The folder is new and no one reads it yet: a plain write will do.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_twins(site: Path, records: Records, index: dict[str, Any], site_url: str) -> None:
    """Write index.json beside every index.html: the record, the list, or the page's title."""
    twins: dict[str, Any] = {"": index}
    for name, entries in records.items():
        kind = PAGES.get(name)
        if kind:
            twins[ids.index_path(kind)] = entries
            twins.update({ids.page_path(kind, e["id"]): e for e in entries})
    for page in sorted(site.rglob("index.html")):
        path = page.parent.relative_to(site).as_posix().removeprefix(".")
        path = f"{path}/" if path else ""
        twin = twins.get(path) or _bare(page, path, site_url)
        _write(page.with_suffix(".json"), _pretty(twin))


def _bare(page: Path, path: str, site_url: str) -> dict[str, str]:
    found = _TITLE.search(page.read_bytes())
    title = unescape(found.group(1).decode("utf-8", "replace")).strip() if found else path
    title = title.rpartition(" - ")[0] or title  # the theme adds the name of the site
    return {"id": path.strip("/").replace("/", "-"), "url": site_url + path, "label": title}

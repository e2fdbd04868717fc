"""The records as published: the models serialised, each with its address and label.

The JSON arrays, their schemas, the files beside the pages, the tables and the answers of ``read``
are all made from these. A list is always there, if only empty; any other key without a value is
absent, never null. What is published beside a model's own fields stands in a ``Keys`` class.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from builder import models
from builder.addresses.pages import TERM_KINDS, list_parents, term_address
from builder.curate.evidence import find_evidence_map
from builder.curate.review_flow import read_screening, read_strategies
from builder.curate.studies import find_studies, study_of
from builder.models import Basis, Finding, Slug, Study, Term
from builder.models.base import about
from builder.models.review import Run, ScreeningRecord, Strategy
from builder.site.citations import short_name
from builder.site.index import LibraryIndex
from builder.site.pages.findings import finding_title
from builder.site.pages.terms import count_term
from builder.text import ids

NOT_STATED = "not stated"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Data = dict[str, Any]


class Shape(BaseModel):
    """Base of what is published beside the models: no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Keys(Shape):
    """What every record has beside its own fields."""

    url: Annotated[str, Field(json_schema_extra={"format": "uri"}, description="its address")]
    label: Annotated[str, about("its name, for people")]


class Counts(Shape):
    """How much the atlas knows of a term; narrower terms count where the name says so."""

    studies: Annotated[int, about("studies of it, each once; reviews are none")]
    studies_with_subtypes: Annotated[int, about("the same with all narrower terms")]
    findings: Annotated[int, about("statements that name it in the role of its kind")]
    references: Annotated[int, about("works that those statements cite")]
    trials: Annotated[int, about("registered trials of it")]


class VocabularyKeys(Keys):
    """What an entry of the vocabulary has beside the fields of a term."""

    parents: Annotated[list[Slug], about("the next broader terms")] = []
    xrefs: Annotated[list[str], about("CURIEs in ontologies and databases")] = []


class TermKeys(VocabularyKeys):
    """What a term with a page has beside the fields of a term."""

    counts: Counts


class CslData(models.CslItem):
    """A CSL-JSON item."""

    id: str


class PaperKeys(Keys):
    """What a paper has beside its fields."""

    csl: Annotated[CslData, about("the paper as CSL-JSON item")]
    key_findings: Annotated[list[str], about("the summary site's words")] = []
    licence: Annotated[str, about("as printed, or 'not stated'")]


class FindingKeys(Keys):
    """What a finding has beside its fields."""

    basis: Annotated[Basis, about("where the statement stands")]
    study: Annotated[Slug | None, about("the study that it reports")] = None
    retracted: Annotated[
        list[Slug] | None,
        about("those works that it rests on, or its own paper, that were retracted"),
    ] = None
    stands: Annotated[bool | None, about("false where all that it rests on was retracted")] = None
    superseded_by: Annotated[
        Slug | None, about("of a statement read from a cited title: the paper, where it was read")
    ] = None


class StrategyKeys(Keys):
    """What a search strategy has beside its fields."""

    runs: Annotated[list[Run], about("each day on which it was run")] = []


class ScreeningKeys(Keys):
    """What a record of the searches has beside its fields."""

    registration: Annotated[str | None, about("number in a registry")] = None
    address: Annotated[str | None, about("the record in its database")] = None
    verdict: Annotated[str | None, about("include, exclude, unsure, or conflict of screeners")] = (
        None
    )


class Status(Shape):
    """A status, and the date on which it held."""

    printed: Annotated[str, about("the status as printed")]
    normalised: Annotated[str | None, about("the registries' word for it")] = None
    as_of: Annotated[str, about("ISO date, or 'not stated'")]


class TrialKeys(Keys):
    """What a trial has beside its fields, which are those of the first paper that states them."""

    status: Status | None = None
    study: Annotated[Slug | None, about("the study that the trial is")] = None
    registry_record: Annotated[
        models.RegistryRecord | None, about("what the registry says, fact by fact")
    ] = None
    reports: Annotated[
        list[models.Trial] | None, about("the trial as each paper reports it, where several do")
    ] = None


@dataclass(frozen=True)
class Collection:
    """A file of api/v1: the model of its records, the keys beside, and where they come from.

    ``hidden`` are fields that are for curators alone, or published under another key.
    """

    model: type[BaseModel]
    keys: type[Keys]
    find: Callable[[LibraryIndex, str], Iterator[Data]]
    hidden: frozenset[str] = frozenset()


def serialise(record: BaseModel, hidden: frozenset[str] = frozenset(), **keys: Any) -> Data:
    """Return a record as published: its id, url and label first, no key without a value."""
    data = plain(record, hidden)
    data |= {key: value for key, value in keys.items() if value is not None}
    first: Data = {key: data.pop(key) for key in ("id", "url", "label") if key in data}
    return {**first, **data}


def plain(record: BaseModel, hidden: frozenset[str] = frozenset()) -> Data:
    """Return a record as JSON has it, without what it does not state."""
    return record.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude=set(hidden) or None
    )


def serialise_paper(paper: models.Paper, url: str) -> Data:
    """Return a paper as published."""
    return serialise(
        paper,
        url=url,
        label=paper.csl.title,
        csl={"id": paper.id, **plain(paper.csl)},
        key_findings=[finding.text for finding in paper.key_findings],
        licence=paper.licence or NOT_STATED,
    )


def serialise_work(work: models.Reference | models.Cited, **keys: Any) -> Data:
    """Return a cited work as CSL-JSON item, with all that CSL has no key for under ``custom``."""
    data = plain(work)
    csl, name = data.pop("csl"), data.pop("id")
    return {"id": name, **csl, "custom": {**keys, "label": short_name(work.csl), **data}}


def serialise_table(table: models.Table, url: str, paper: str = "") -> Data:
    """Return a table as published; ``paper`` is the short name of its paper."""
    label = table.label or f"Table {table.number}"
    return serialise(
        table, url=url, label=table.caption or (f"{label} of {paper}" if paper else label)
    )


def serialise_finding(finding: Finding, url: str, **keys: Any) -> Data:
    """Return a finding as published."""
    return serialise(finding, url=url, label=finding_title(finding), basis=finding.basis, **keys)


# --- collections ---------------------------------------------------------------------------------

_TERM_HIDDEN = frozenset({"parent", "ambiguous", "notes", "xrefs"})


def _terms(kind: str) -> Callable[[LibraryIndex, str], Iterator[Data]]:
    def find(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
        for term in atlas.library.terms_of(kind):
            if term.id in atlas.pages.terms:
                yield _term(atlas, term, site_url, counts=count_term(atlas, term))

    return find


def _studies(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    known = {trial.id: trial.label for trial in atlas.trials}
    for study in find_studies(atlas.library):
        trial = next((name for name in study.trials if name in known), "")
        work = atlas.library.references[study.references[0]] if study.references else None
        if trial:
            path, label = ids.page_path("trial", trial), known[trial]
        elif work is None:
            paper = atlas.paper(study.id).paper
            path, label = ids.page_path("paper", paper.id), short_name(paper.csl)
        else:
            path, label = atlas.pages.references[work.id], short_name(work.csl)
        yield serialise(study, url=site_url + path, label=label)


def _evidence_map(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    known = atlas.library.terms
    for row in find_evidence_map(atlas.studies, known):
        pair = [known[n].label if n in known else n for n in (row.source, row.condition)]
        yield serialise(row, url=f"{site_url}map/", label=" × ".join(pair))


def _vocabulary(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for term in atlas.library.terms.values():
        yield _term(atlas, term, site_url)


def _term(atlas: LibraryIndex, term: Term, site_url: str, **keys: Any) -> Data:
    return serialise(
        term,
        _TERM_HIDDEN,
        url=site_url + term_address(atlas.library, term),
        type=term.plain_type,
        parents=list_parents(term),
        xrefs=[xref.curie for xref in term.xrefs],
        **keys,
    )


def _papers(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for name, bundle in atlas.library.papers.items():
        yield serialise_paper(bundle.paper, site_url + ids.page_path("paper", name))


def _references(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for work in atlas.library.references.values():
        yield serialise_work(work, url=site_url + atlas.pages.references[work.id])


def _tables(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for table in atlas.library.tables():
        url = f"{site_url}{ids.page_path('paper', table.paper)}#{ids.table_anchor(table.number)}"
        yield serialise_table(table, url, short_name(atlas.paper(table.paper).paper.csl))


def _findings(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    reporting = {name: s.id for s in atlas.studies for name in s.findings}
    for finding in atlas.findings:
        study = reporting.get(finding.id)
        grounds = [*study_of(finding, atlas.places), finding.paper]
        retracted = [name for name in dict.fromkeys(grounds) if name in atlas.withdrawn] or None
        yield serialise_finding(
            finding,
            site_url + atlas.pages.findings[finding.id],
            study=study,
            retracted=retracted,
            stands=atlas.stands(finding) if retracted else None,
            superseded_by=atlas.superseded.get(finding.id),
        )


def _trials(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    studies = {name: s.id for s in atlas.studies for name in s.trials}
    for trial in atlas.trials:
        record = atlas.library.registry.get(trial.id)
        reports = atlas.reports[trial.id]
        status = plain(trial.status) if trial.status else None
        yield serialise(
            trial,
            url=site_url + ids.page_path("trial", trial.id),
            status={**status, "as_of": status.get("as_of", NOT_STATED)} if status else None,
            study=studies.get(trial.id),
            registry_record=plain(record) if record else None,
            reports=[plain(report) for report in reports] if len(reports) > 1 else None,
        )


def _study_cards(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for card in atlas.library.cards():
        url = f"{site_url}{ids.page_path('paper', card.paper)}#study-card"
        yield serialise(card, url=url, label=short_name(atlas.paper(card.paper).paper.csl))


def _strategies(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    runs = read_screening(atlas.library.root).runs
    for strategy in read_strategies(atlas.library.root):
        own = [plain(run) for run in runs if run.strategy == strategy.id]
        url = f"{site_url}coverage/#search-{strategy.id}"
        yield serialise(strategy, url=url, label=strategy.purpose, runs=own)


_SCREENING_HIDDEN = frozenset({"url", "trial"})


def _screening(atlas: LibraryIndex, site_url: str) -> Iterator[Data]:
    for record in read_screening(atlas.library.root).records:
        yield serialise(
            record,
            _SCREENING_HIDDEN,
            url=f"{site_url}coverage/",
            label=record.title,
            registration=record.trial,
            address=record.url,
            verdict=record.verdict,
        )


COLLECTIONS: Mapping[str, Collection] = {
    **{
        ids.FOLDERS[kind]: Collection(Term, TermKeys, _terms(kind), _TERM_HIDDEN)
        for kind in TERM_KINDS
    },
    "evidence_map": Collection(models.MapRow, Keys, _evidence_map),
    "findings": Collection(Finding, FindingKeys, _findings),
    "papers": Collection(models.Paper, PaperKeys, _papers),
    "references": Collection(models.Reference, Keys, _references),
    "screening": Collection(ScreeningRecord, ScreeningKeys, _screening, _SCREENING_HIDDEN),
    "strategies": Collection(Strategy, StrategyKeys, _strategies),
    "studies": Collection(Study, Keys, _studies),
    "study_cards": Collection(models.StudyCard, Keys, _study_cards),
    "tables": Collection(models.Table, Keys, _tables),
    "trials": Collection(models.Trial, TrialKeys, _trials),
    "vocabulary": Collection(Term, VocabularyKeys, _vocabulary, _TERM_HIDDEN),
}
# The files of content/, each with its record.
CONTENT: Mapping[str, type[BaseModel]] = {
    "address": models.Address,
    "cited": models.Cited,
    "correction": models.Correction,
    "finding": models.Finding,
    "identifiers": models.Identifiers,
    "paper": models.Paper,
    "registry": models.RegistryRecord,
    "table": models.Table,
    "term": models.Term,
    "trial": models.Trial,
}


def each_collection(atlas: LibraryIndex, site_url: str) -> Iterator[tuple[str, list[Data]]]:
    """Yield the name of each collection and its records, sorted by id.

    One after the other to save memory; ``site_url`` ends with a slash.
    """
    for name, held in sorted(COLLECTIONS.items()):
        yield name, sorted(held.find(atlas, site_url), key=lambda record: str(record["id"]))


# --- JSON Schemas (draft 2020-12) ----------------------------------------------------------------


class _Absent(GenerateJsonSchema):
    """Optional keys are absent, so no schema allows null."""

    def nullable_schema(self, schema: Any) -> Data:
        return self.generate_inner(schema["schema"])


def record_schema(name: str) -> Data:
    """Return the schema of a record of a collection: its model's, with the keys beside."""
    held = COLLECTIONS[name]
    schema = _schema(held.model, lists=True)
    _drop(schema, held.hidden)
    keys = _schema(held.keys, lists=True)
    if name == "references":
        _drop(schema, {"id", "csl"})
        custom = _join(schema, keys)
        item = _schema(models.CslItem, lists=True)
        item["properties"] |= {"id": {"type": "string"}, "custom": {"$ref": "#/$defs/Custom"}}
        item["required"] = sorted({*item["required"], "id", "custom"})
        defs = {**custom.pop("$defs", {}), **item.pop("$defs", {}), "Custom": custom}
        return {**item, "$defs": defs}
    return _join(schema, keys)


def array_schema(name: str, site_url: str) -> Data:
    """Return the schema of a file of api/v1: an array of its records."""
    record = record_schema(name)
    defs = record.pop("$defs", {})
    return _name({"type": "array", "items": record, "$defs": defs}, f"{name}.json", name, site_url)


def content_schemas(site_url: str) -> dict[str, Data]:
    """Return the schemas of the records of content/, by name."""
    return {
        name: _name(_schema(model, lists=False), f"content/{name}.json", name, site_url)
        for name, model in CONTENT.items()
    }


def _name(schema: Data, path: str, name: str, site_url: str) -> Data:
    address = f"{site_url}api/v1/schema/{path}"
    return {"$schema": DIALECT, "$id": address, **schema, "title": name.capitalize()}


@cache
def _dump_schema(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(schema_generator=_Absent))


def _schema(model: type[BaseModel], *, lists: bool) -> Data:
    """Return a model's schema without defaults of null; ``lists`` requires the keys of lists."""
    schema: Data = json.loads(_dump_schema(model))
    for part in [schema, *schema.get("$defs", {}).values()]:
        required = set(part.get("required", []))
        for key, value in part.get("properties", {}).items():
            if value.get("default", ...) is None:
                del value["default"]
            if lists and "default" in value:
                del value["default"]
                required.add(key)
        part["required"] = sorted(required)
    return schema


def _drop(schema: Data, names: frozenset[str] | set[str]) -> None:
    for name in names:
        schema["properties"].pop(name, None)
    schema["required"] = [key for key in schema["required"] if key not in names]


def _join(schema: Data, keys: Data) -> Data:
    """Return one schema of a record's fields and the keys beside; the latter have precedence."""
    own = set(keys["properties"])
    required = {*keys["required"], *(key for key in schema["required"] if key not in own)}
    return {
        **schema,
        "properties": {**schema["properties"], **keys["properties"]},
        "required": sorted(required),
        "$defs": {**schema.get("$defs", {}), **keys.get("$defs", {})},
    }

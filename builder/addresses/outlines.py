"""What the ledger asks of the records: their ids, their digests, and what each of them names.

An outline is a small part of the records it tells of. Those of papers that stayed as they were are
kept, so that a paper that changed does not make all others be read again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from builder.addresses import ledger
from builder.models import Finding
from builder.store import Library, PaperBundle
from builder.text import ids

_LENGTH = 12


class Told(NamedTuple):
    """A finding or trial: its id and digest, the terms it names and the works it rests on."""

    id: str
    digest: str
    terms: Sequence[str]
    works: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """One paper: a digest of all its records, and what stands in them.

    ``works`` has the id of the work behind each entry of its list, in order.
    """

    digest: str
    findings: Sequence[Told]
    trials: Sequence[Told]
    works: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outlines:
    """A whole library: its papers by id; of terms kind and digest, of works and registry a digest.

    ``releases`` are the names of those that were frozen.
    """

    papers: Mapping[str, Outline]
    terms: Mapping[str, Sequence[str]]
    works: Mapping[str, str]
    registry: Mapping[str, str]
    releases: Sequence[str]


def outline_library(library: Library, known: Mapping[str, Outline] | None = None) -> Outlines:
    """Return the outlines of a library; ``known`` are those of papers whose files stayed."""
    children: dict[str, list[str]] = defaultdict(list)
    for term in library.terms.values():
        if term.parent:
            children[term.parent].append(term.id)
    papers = {}
    for name, bundle in sorted(library.papers.items()):
        held = known.get(name) if known else None
        stayed = held is not None and list(held.works) == [c.id for c in bundle.references]
        papers[name] = held if held is not None and stayed else outline_paper(bundle)
    return Outlines(
        papers,
        {
            term.id: (term.kind, digest([bare(term), sorted(children[term.id])]))
            for term in library.terms.values()
            if term.kind in ids.FOLDERS
        },
        {name: digest(bare(work)) for name, work in library.references.items()},
        {name: digest(bare(record)) for name, record in library.registry.items()},
        ledger.list_releases(library.root),
    )


def outline_paper(bundle: PaperBundle) -> Outline:
    """Return the outline of a paper whose entries bear the ids of their works."""
    numbered: dict[int | None, list[str]] = defaultdict(list)  # several may share a number
    for cited in bundle.references:
        numbered[cited.number].append(cited.id)
    bared = [bare(finding) for finding in bundle.findings]
    findings = [
        Told(
            finding.id,
            digest(data),
            sorted(set(list_terms(finding))),
            sorted(
                {
                    work
                    for number in {*finding.references, finding.locator.reference}
                    for work in numbered.get(number, ())
                }
            ),
        )
        for finding, data in zip(bundle.findings, bared, strict=True)
    ]
    trials = [
        Told(trial.id, digest(bare(trial)), sorted({*trial.sources, *trial.conditions}), [])
        for trial in bundle.trials
    ]
    works = [cited.id for cited in bundle.references]
    return Outline(_digest_paper(bundle, bared), findings, trials, works)


def _digest_paper(bundle: PaperBundle, findings: list[dict[str, Any]]) -> str:
    paper, references, tables, trials = (
        [bare(record) for record in records]
        for records in ([bundle.paper], bundle.references, bundle.tables, bundle.trials)
    )
    return digest([paper, references, tables, findings, trials])


def list_addresses(outlines: Outlines) -> dict[str, str]:
    """Return every address that the records need now, with its record as ``kind:id``."""
    papers = outlines.papers.values()
    names: dict[str, list[str]] = {kind: [] for kind in ids.FOLDERS}
    for name, (kind, _) in outlines.terms.items():
        names[kind].append(name)
    names["trial"] = [t.id for paper in papers for t in paper.trials]
    names["paper"] = list(outlines.papers)
    names["reference"] = list(outlines.works)
    names["finding"] = [f.id for paper in papers for f in paper.findings]
    return ledger.name_addresses(names, outlines.releases)


def find_papers(outlines: Outlines) -> dict[str, str]:
    """Return the paper behind each address of a paper, a finding, and a trial or work it brought.

    Of several papers that tell of one trial or cite one work, the first in order of id.
    """
    found: dict[str, str] = {}
    for name, paper in sorted(outlines.papers.items()):
        records = [("paper", name)]
        records += [("finding", f.id) for f in paper.findings]
        records += [("trial", t.id) for t in paper.trials]
        records += [("reference", work) for work in paper.works]
        for kind, record in records:
            found.setdefault(ids.page_path(kind, record), name)
    return found


class Basis(NamedTuple):
    """What the data of a page of a term or work is: its own digest, and those of what names it.

    ``naming`` are digests of findings, ``trials`` ids of trials, None where none are shown; both
    in order.
    """

    own: str
    naming: Sequence[str]
    trials: Sequence[str] | None = None

    @property
    def digest(self) -> str:
        """A hash of the page's data."""
        return digest([part for part in self if part is not None])


def digest_pages(outlines: Outlines, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return a hash of the data of each page, by address; ``addresses`` are all, with records."""
    found = {
        ids.page_path("finding", f.id): f.digest
        for paper in outlines.papers.values()
        for f in paper.findings
    }
    found |= {ids.page_path("paper", name): p.digest for name, p in outlines.papers.items()}
    found |= {address: basis.digest for address, basis in find_bases(outlines)}
    found |= _digest_trials(outlines)
    return dict(sorted(digest_overviews(found, addresses).items()))


def digest_overviews(found: dict[str, str], addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of records with those of all other pages, which hang on them.

    ``found`` are those of records by address, ``addresses`` all addresses with their records.
    """
    whole = digest(sorted(found.items()))
    below: dict[str, list[str]] = defaultdict(list)
    for path, value in found.items():
        below[path.partition("/")[0] + "/"].append(value)
    for address in addresses.keys() - found.keys():
        if addresses[address].startswith("release:"):
            found[address] = digest(addresses[address])  # frozen: its data never changes
        else:
            found[address] = digest(sorted(below[address])) if below.get(address) else whole
    return found


def find_bases(outlines: Outlines) -> Iterator[tuple[str, Basis]]:
    """Yield the address of each term's and work's page, and what its data is."""
    naming: dict[str, list[str]] = defaultdict(list)
    resting: dict[str, list[str]] = defaultdict(list)
    trials: dict[str, list[str]] = defaultdict(list)
    for paper in outlines.papers.values():
        for finding in paper.findings:
            for name in finding.terms:
                naming[name].append(finding.digest)
            for name in finding.works:
                resting[name].append(finding.digest)
        for trial in paper.trials:
            for name in trial.terms:
                trials[name].append(trial.id)
    for name, (kind, own) in outlines.terms.items():
        basis = Basis(own, sorted(naming.get(name, ())), sorted(trials.get(name, ())))
        yield ids.page_path(kind, name), basis
    for name, own in outlines.works.items():
        yield ids.page_path("reference", name), Basis(own, sorted(resting.get(name, ())))


def _digest_trials(outlines: Outlines) -> dict[str, str]:
    told: dict[str, list[str]] = defaultdict(list)
    for _, paper in sorted(outlines.papers.items()):
        for trial in paper.trials:
            told[trial.id].append(trial.digest)
    return {
        ids.page_path("trial", name): digest([tellings, outlines.registry.get(name)])
        for name, tellings in told.items()
    }


def list_terms(finding: Finding) -> Iterator[str]:
    """Yield the id of each term that a finding names."""
    for names in (
        finding.sources,
        finding.modifications,
        finding.vehicle_ids,
        finding.targets,
        finding.partners,
        finding.models,
        finding.species,
        finding.conditions,
    ):
        yield from names
    for items in (finding.cargo, finding.mechanisms, finding.outcomes):
        yield from (item.id for item in items)


def bare(record: BaseModel) -> dict[str, Any]:
    """Return a record as plain data without lines of the seed: they tell where, not what."""
    data: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _bare(data)


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    """Return data without lines and empty lists, in one go: it is done for every record."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key == "line" or key.endswith("_line"):
            continue
        if type(value) is list:
            if value:
                found[key] = _bare_list(value)
        else:
            found[key] = _bare(value) if type(value) is dict else value
    return found


def _bare_list(data: list[Any]) -> list[Any]:
    return [_bare(v) if type(v) is dict else _bare_list(v) if type(v) is list else v for v in data]


def digest(data: Iterable[Any] | str) -> str:
    """Return a short hash of plain data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]

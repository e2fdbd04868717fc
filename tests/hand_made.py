"""A small knowledge base written by hand: one paper, two works, a table, a finding, a trial."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from builder import models, store
from builder.project import Project
from builder.store import Library, PaperBundle
from builder.store.same_work import merge_works

PAPER = "doe-2024-exosomes-knee"
SEED_TEXT = """# Exosomes of the knee

## Abstract
BMSC exosomes reduced IL-1β in rats.

| Source | Effect | Ref |
| --- | --- | --- |
| BMSCs | **Reduced** IL-1β | [1] |
| BMSCs | 5 mL of 2 × 10^9/mL, NCT01234567 | [2] |

1. Roe, A.; et al. Exosomes from BMSCs calm joints. J. Joints 2020, 3, 4–5.
2. Poe, B. A trial of exosomes. J. Trials 2022.
"""

DIGEST = """# Exosomes of bone marrow stem cells calm the knee

**Authors:** Ann Doe, Bea Roe

PMC · DOI: 10.1000/knee.1 · 2024-05-06

## TL;DR

Exosomes may calm the knee.

## Contribution

It shows a way.

## Key findings

- BMSC-derived exosomes reduced inflammation in rats.

## Abstract

Knee osteoarthritis hurts. BMSC-derived exosomes reduced inflammation in rats.
"""
DIGEST_PAPER = "doe-2024-exosomes-bone-marrow-stem"


def csl(title: str, **more: Any) -> models.CslItem:
    return models.CslItem(type="article-journal", title=title, **more)


def make_bundle(**changes: Any) -> PaperBundle:
    """Return the paper's records; ``changes`` replace fields of its one finding."""
    finding: dict[str, Any] = {
        "id": "f000000001",
        "paper": PAPER,
        "locator": {"kind": "table-row", "line": 8, "table": 1, "row": "frow1"},
        "quote": "BMSCs | Reduced IL-1β",
        "sources": ["bmsc"],
        "mechanisms": [{"id": "il-1b", "effect": "down"}],
        "references": [1],
        "design": {"level": "in-vivo"},
        "questions": [{"rule": "row-title", "text": "Is it the same source?", "weight": 4}],
    }
    return PaperBundle(
        paper=models.Paper(
            id=PAPER,
            csl=csl("Exosomes of the knee", volume="12"),
            seed=models.Seed(file="knee.txt", sha256="0" * 64, layout="digest"),
            headings=[models.HeadingRecord(level=1, text="Exosomes of the knee", line=1)],
            key_findings=[models.KeyFinding(text="They help.", line=2)],
        ),
        references=[
            models.Cited(
                id="roe-2020-exosomes-bmscs-calm-joints",
                number=1,
                line=11,
                csl=csl(
                    "Exosomes from BMSCs calm joints",
                    author=[models.CslName(family="Roe", given="A.")],
                    issued=models.CslDate(date_parts=[[2020]]),
                    page="4–5",
                ),
                et_al=True,
                labels=["CrossRef"],
                printed="Roe, A.; et al. Exosomes from BMSCs calm joints. J. Joints 2020, 3, 4–5.",
            ),
            models.Cited(
                id="poe-2022-trial-exosomes",
                number=2,
                line=12,
                csl=csl("A trial of exosomes"),
                printed="Poe, B. A trial of exosomes. J. Trials 2022.",
            ),
        ],
        tables=[
            models.Table(
                id=f"{PAPER}-table-1",
                paper=PAPER,
                number=1,
                line=6,
                columns=["Source", "Effect"],
                rows=[
                    models.TableRow(
                        id="frow1",
                        line=8,
                        cells={
                            "Source": models.TableCell(printed="BMSCs", text="BMSCs"),
                            "Effect": models.TableCell(printed="Reduced IL-1β", text="x"),
                        },
                        references=[1],
                    )
                ],
                printed=[["Source", "Effect"], ["BMSCs", "Reduced IL-1β"]],
            )
        ],
        findings=[models.Finding.model_validate({**finding, **changes})],
        trials=[
            models.Trial(
                id="nct01234567",
                paper=PAPER,
                locator=models.Locator(kind="table-row", line=9, table=1),
                label="BMSC exosomes, NCT01234567",
                registry="NCT01234567",
                registry_name="ClinicalTrials.gov",
                registry_url="https://clinicaltrials.gov/study/NCT01234567",
                sources=["bmsc"],
                dose=models.Dose(printed="5 mL of 2 × 10^9/mL", volume_ml=5.0),
                status=models.Status(printed="completed", as_of=date(2024, 5, 1)),
                references=[2],
                quote="5 mL of 2 × 10^9/mL, NCT01234567",
            )
        ],
    )


def finding_of(number: int, **fields: Any) -> models.Finding:
    """A statement of an abstract; only what a test needs."""
    given = {
        "id": f"f00000000{number}",
        "paper": PAPER,
        "locator": {"kind": "abstract", "line": number},
        "quote": f"Statement {number}",
        "sources": ["bmsc"],
        **fields,
    }
    return models.Finding.model_validate(given)


def make_terms() -> list[models.Term]:
    return [
        models.Term(id="msc", label="mesenchymal stem cell", kind="source"),
        models.Term(
            id="bmsc", label="bone marrow MSC", kind="source", parent="msc", synonyms=["BMSCs"]
        ),
        models.Term(id="il-1b", label="IL-1β", kind="mechanism"),
        models.Term(id="knee-oa", label="knee osteoarthritis", kind="condition"),
    ]


def make_library(
    root: Path, bundle: PaperBundle | None = None, terms: list[models.Term] | None = None
) -> Library:
    """Return the library; ``root`` is a folder that may be empty."""
    given = terms if terms is not None else make_terms()
    return join_papers([bundle or make_bundle()], given, root)


def join_papers(
    bundles: Iterable[PaperBundle], terms: Iterable[models.Term] = (), root: Path = Path()
) -> Library:
    """Return the library of some papers, with nothing else."""
    held = list(bundles)
    return Library(
        root=root,
        terms={t.id: t for t in terms},
        papers={b.paper.id: b for b in held},
        references=merge_references(held, {}),
        registry={},
        identifiers={},
        corrections={},
        ledger=[],
    )


def furnish(root: Path, project: Project) -> None:
    """Give a small project what a build needs beside seeds and terms: theme and settings."""
    shutil.copytree(root / "templates", project.templates)
    for name in ("mkdocs.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(root / name, project.root / name)
    # Settings of the field that lie at the top of content/: words of the search, cues, journals.
    for name in ("search.yml", "cues.yml", "journals.yml"):
        shutil.copy(root / "content" / name, project.content / name)


# Makes a folder of some name once for all processes of a test run, and returns it.
Share = Callable[[str, Callable[[Path], None]], Path]


def share_folder(base: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder ``base/name``, made by the first process of a test run that asks for it."""
    folder, done = base / name, base / f"{name}.done"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def copy_project(root: Path, to: Path) -> Project:
    """Copy all that a build reads, so that a test may change it."""
    for folder in ("seeds", "content", "templates"):
        shutil.copytree(root / folder, to / folder)
    for file in ("mkdocs.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(root / file, to / file)
    return Project(to)


def merge_references(
    bundles: Iterable[PaperBundle], known: Mapping[str, models.Identifiers]
) -> dict[str, models.Reference]:
    """Give the cited works of all papers: one record a work."""
    return merge_works({b.paper.id: b.references for b in bundles}, known)[0]


def write_bundle(folder: Path, bundle: PaperBundle) -> None:
    for name, text in store.bundle_files(bundle).items():
        store.write_text(folder / name, text)


def trial_of(registry: str, **fields: Any) -> models.Trial:
    """A trial as a paper says it; only what a test needs."""
    given = {
        "id": registry.lower(),
        "paper": "doe-2025",
        "locator": models.Locator(kind="table-row", line=1),
        "label": registry,
        "registry": registry,
        "registry_name": "ClinicalTrials.gov",
        "registry_url": "https://clinicaltrials.gov",
        "quote": "row",
        **fields,
    }
    return models.Trial.model_validate(given)

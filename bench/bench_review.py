"""Measure the living review: 1,000 records searched and distinguished, 200 articles taken in.

    make bench-review [FILES="a.xml b.xml"]

Everything is asked of a server on this machine that answers as Europe PMC does, with no pause
between questions. ``FILES`` are real JATS articles: each is served in many copies with another DOI,
title and number; without them small made-up articles are.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests/refresh")]

from local_service import QUICK, TODAY, LocalService, Reply, run_service  # noqa: E402
from review_answers import JATS, article, europe_pmc  # noqa: E402

from builder.curate.extraction import check, extract  # noqa: E402
from builder.curate.review_flow import read_screening  # noqa: E402
from builder.extract.vocabulary import build_vocabulary  # noqa: E402
from builder.project import Project  # noqa: E402
from builder.refresh import Setting  # noqa: E402
from builder.refresh.include import include  # noqa: E402
from builder.refresh.screening import apply_rule, keep_decisions  # noqa: E402
from builder.refresh.search import search  # noqa: E402
from builder.store import load  # noqa: E402

RECORDS, ARTICLES = 1_000, 200
# What the measured project does without.
LEFT_OUT = shutil.ignore_patterns(
    "papers", "searches", "urls*", "identifiers.yml", "corrections", "registry", "screening.yml"
)


def copy_article(number: int, files: list[str]) -> bytes:
    """Return an article of its own DOI, number and title."""
    doi, pmcid = f"10.1000/made.{number}", f"PMC{7000000 + number}"
    title = f"Group {number} of marrow cell exosomes in knee cartilage"
    if not files:
        return JATS.format(
            doi=doi, pmcid=pmcid, title=title, family=f"Lovelace{number}",
            abstract=f"BMSC exosomes raised SOX9 in chondrocytes {number} fold.",
            text=f"MSC exosomes lowered MMP13 in chondrocytes of group {number}.",
        ).encode()  # fmt: skip
    text = Path(files[number % len(files)]).read_text(encoding="utf-8")
    text = re.sub(
        r"(<article-title\b[^>]*>).*?(</article-title>)",
        rf"\g<1>{title}\2",
        text,
        count=1,
        flags=re.DOTALL,
    )
    text = re.sub(
        r'(<article-id pub-id-type="doi">).*?(</article-id>)', rf"\g<1>{doi}\2", text, count=1
    )
    return text.encode()


def serve(service: LocalService, files: list[str]) -> None:
    """Let the service know 1,000 articles, 200 of them open, and every tenth of them twice."""
    results = []
    for number in range(RECORDS):
        changes = {}
        if number < ARTICLES:
            changes = {"isOpenAccess": "Y", "license": "cc by", "pmcid": f"PMC{7000000 + number}"}
            service.answer(
                f"/PMC{7000000 + number}/fullTextXML",
                Reply(copy_article(number, files), kind="application/xml"),
            )
        results.append(article(number, **changes))
    doubles = [
        {**r, "id": f"A{r['id']}", "source": "AGR", "pmid": "", "doi": ""} for r in results[::10]
    ]
    europe_pmc(service, [*results, *doubles])


def lap(since: float) -> str:
    """Return the seconds since a moment, as text."""
    return f"{time.perf_counter() - since:.1f} s"


def main(files: list[str]) -> None:
    """Run the three steps and print what each took."""
    with tempfile.TemporaryDirectory() as folder, run_service() as service:
        project = Project(Path(folder))
        shutil.copytree(
            ROOT / "content",
            project.content,
            ignore=LEFT_OUT,
        )
        (project.content / "searches").mkdir()
        (project.content / "searches/bone.yml").write_text(
            "id: bone\npurpose: A measure.\ndatabase: Europe PMC\nquery: exosome\n"
        )
        project.seeds.mkdir()
        serve(service, files)
        setting = Setting(TODAY, QUICK, {"ATLAS_EUROPEPMC_URL": service.base}, lambda _: None)
        since = time.perf_counter()
        done = search(project, (), setting)
        print(f"search: {done.runs[0].taken:,} records, {done.duplicates} duplicates", lap(since))
        since = time.perf_counter()
        records = read_screening(project.root).records
        keep_decisions(project, apply_rule("include: open access", records, "bench", TODAY))
        print("screen:", lap(since))
        since = time.perf_counter()
        vocabulary = build_vocabulary(load(project).terms.values())
        brought = include(project, vocabulary, (), setting)
        print(f"include: {len(brought.seeds)} full texts, {len(brought.missed)} missed", lap(since))
        since = time.perf_counter()
        report = extract(project)
        errors = sum(p.level == "error" for p in report.problems)
        print(f"extract: {report.papers} papers, {errors} errors", lap(since))
        checked = check(project)
        wrong = [str(p) for p in checked.problems if p.level == "error"]
        print(f"check: {len(wrong)} errors", *wrong[:3], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])

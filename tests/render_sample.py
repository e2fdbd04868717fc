"""A small library written by hand, with one hostile text that goes into every free field."""

from datetime import date
from pathlib import Path

from hand_made import merge_references

from builder.models import (
    Abbreviation,
    Affiliated,
    Ambiguity,
    Cargo,
    Cited,
    CslDate,
    CslItem,
    CslName,
    Discrepancy,
    Dose,
    EffectOf,
    EntityRecord,
    Fact,
    FigureRecord,
    Finding,
    HeadingRecord,
    KeyFinding,
    Locator,
    Paper,
    Quantity,
    Question,
    RegistryRecord,
    Repair,
    Seed,
    Status,
    Table,
    TableCell,
    TableRow,
    Term,
    Trial,
    Vehicle,
    Xref,
)
from builder.store import Library, PaperBundle

PAPER = "mohan-2025-exosomal-interventions"
TRIAL = "irct20210423051054n1"
HOSTILE = (
    "<script>alert(1)</script> {{ 7*7 }} {% raw %} [x](javascript:alert(1)) **b** _i_ `c` "
    '</table></div> # h \\ &amp; "q" \u05d0\u202e ~~s~~ ![i](x) {: #id } <!-- '
)


def sample_terms() -> dict[str, Term]:
    terms = [
        Term(
            id="msc",
            label="Mesenchymal stem cell",
            kind="source",
            abbreviation="MSC",
            related=["rat"],
        ),
        Term(
            id="bmsc",
            label="Bone marrow mesenchymal stem cell",
            kind="source",
            abbreviation="BMSC",
            synonyms=["BM-MSC", "bone marrow stem cell"],
            parent="msc",
            definition="A stromal cell of the bone marrow that forms bone, cartilage and fat.",
            xrefs=[Xref(curie="CL:0002540", label="mesenchymal stem cell of the bone marrow")],
            ambiguous=[Ambiguity(text="BM", when=["cell"], note="also basement membrane")],
        ),
        Term(id="placental-msc", label="Placental MSC", kind="source", parent="msc"),
        Term(id="vegf", label="VEGF", kind="mechanism", type="gene"),
        Term(id="gelma", label="Gelatin methacryloyl", kind="vehicle", abbreviation="GelMA"),
        Term(id="knee-oa", label="Knee osteoarthritis", kind="condition", abbreviation="KOA"),
        Term(id="rat", label="Rat", kind="species"),
        Term(id="osteogenesis", label="Osteogenesis", kind="outcome"),
    ]
    return {t.id: t for t in terms}


def sample_bundle(text: str = "Promote osteogenesis by upregulating VEGF") -> PaperBundle:
    cells = {
        "Source": TableCell(printed="BMSC-Exos", text="BMSC-Exos"),
        "Release / In Vitro": TableCell(printed=text, text=text),
        "Release / In Vivo": TableCell(printed="7 × 109 /mL", text="7 × 10⁹ /mL"),
    }
    below = {**cells, "Source": TableCell(printed="", text="BMSC-Exos", inherited="fa")}
    question = Question(rule="effect", text=f"Is the effect direct? {text}", weight=4)
    return PaperBundle(
        Paper(
            id=PAPER,
            csl=CslItem(
                type="article-journal",
                title=f"Exosomal Interventions {text}",
                author=[CslName(family="Sakthi Mohan", given=text), CslName(literal=text)],
                container_title=text,
                issued=CslDate(date_parts=[[2025, 11]]),
                volume="26",
                issue="22",
                page="11172",
                DOI="10.3390/ijms262211172",
            ),
            seed=Seed(file="a seed.txt", sha256="0" * 64, layout="publisher page"),
            headings=[HeadingRecord(level=2, text=text, line=3)],
            abstract=text,
            tldr=text,
            contribution=text,
            key_findings=[KeyFinding(text=text, line=4)],
            entities=[
                EntityRecord(group=text, label=text, identifier="MESH:D001847", line=5),
                EntityRecord(group=text, label=text, identifier=text, line=5),
            ],
            figures=[FigureRecord(label="Figure 1", caption=text, line=6)],
            figures_note=text,
            licence=text,
            licence_url="javascript:alert(1)",
            source_url="https://example.org/a b",
            people=[Affiliated(author=0, orcid="0000-0002-1825-0097", affiliations=[text])],
            abbreviations=[Abbreviation(short="KOA", long=text)],
            questions=[question],
        ),
        [
            Cited(
                id="liu-2020-hypoxic",
                number=1,
                line=10,
                csl=CslItem(
                    type="article-journal",
                    title=f"Hypoxic exosomes {text}",
                    author=[CslName(family="Liu", given="W.")],
                    container_title="Acta Biomater.",
                    issued=CslDate(date_parts=[[2020]]),
                    volume="103",
                    page="196–212",
                ),
                et_al=True,
                labels=["Google Scholar", text],
                printed=f"Liu, W. {text}",
                questions=[question],
            ),
            Cited(
                id="x-unread",
                number=2,
                line=11,
                csl=CslItem(type="article-journal", title=text, URL="javascript:alert(1)"),
                printed=text,
                parsed=False,
            ),
        ],
        [
            Table(
                id="mohan-2025-t1",
                paper=PAPER,
                number=1,
                line=20,
                caption=text,
                columns=["Source", "Release / In Vitro", "Release / In Vivo"],
                rows=[
                    TableRow(id="fa", line=22, cells=cells, references=[1, 99]),
                    TableRow(id="fb", line=23, cells=below, references=[1]),
                ],
                repairs=[
                    Repair(row="fb", column="Source", rule="table-rowspan", note=text),
                    Repair(rule="table-header", note="two header rows read as one"),
                ],
                printed=[["Source", "Release", ""], ["", "In Vitro"], ["BMSC-Exos", text, "7"]],
                footnotes=[text],
                questions=[question],
            )
        ],
        [
            Finding(
                id="f1",
                paper=PAPER,
                locator=Locator(kind="table-row", line=22, table=1, row="fa"),
                quote=text,
                sources=["bmsc", "unknown-term"],
                vehicles=[Vehicle(label="GelMA", materials=["gelma"])],
                cargo=[Cargo(id="vegf", role="native")],
                mechanisms=[EffectOf(id="vegf", effect="up")],
                outcomes=[EffectOf(id="osteogenesis", effect="none")],
                conditions=["knee-oa"],
                species=["rat"],
                quantities=[Quantity(low=1.0, high=2.5, unit="mL", quote=text)],
                references=[1, 99],
                design={"level": "in-vivo"},
                questions=[question],
            ),
            Finding(
                id="f2",
                paper=PAPER,
                locator=Locator(kind="reference-title", line=10, reference=1),
                quote=text,
                sources=["bmsc"],
                references=[1],
            ),
            Finding(
                id="f3",
                paper=PAPER,
                locator=Locator(kind="abstract", line=4),
                quote=text,
            ),
        ],
        [
            Trial(
                id=TRIAL,
                paper=PAPER,
                locator=Locator(kind="table-row", line=23, table=1, row="fb"),
                label="IRCT20210423051054N1",
                registry="IRCT20210423051054N1",
                registry_name="Iranian Registry of Clinical Trials",
                registry_url="https://irct.behdasht.gov.ir/search/result?query=IRCT20210423051054N1",
                phase="RCT",
                conditions=["knee-oa"],
                condition_printed="Knee OA",
                sources=["placental-msc"],
                source_printed=text,
                dose=Dose(
                    printed="Single IA dose (≈5 mL @ 7 × 109 particles/mL)",
                    volume_ml=5,
                    particles_per_ml_low=7e9,
                    particles_total_low=3.5e10,
                    doses=1,
                ),
                route="intra-articular injection",
                endpoints=["WOMAC", text],
                status=Status(printed="Completed"),
                result="no superiority vs. placebo",
                result_effect="negative",
                references=[1],
                quote=text,
                lookalikes=["IRCT20210423051054N2"],
                discrepancies=[
                    Discrepancy(field="phase", review="RCT", registry=text, severity="high")
                ],
                questions=[question],
            )
        ],
    )


def sample_library(text: str = "Promote osteogenesis by upregulating VEGF") -> Library:
    bundle = sample_bundle(text)
    record = RegistryRecord(
        id=TRIAL,
        registry_id="IRCT20210423051054N1",
        registry="IRCT",
        collected=date(2026, 11, 21),
        limits=text,
        facts={
            "phase": [Fact(value="3", as_of="2024-01-02", urls=["https://example.org/t"])],
            "overall_status": [Fact(value=None, availability="cannot_see", note=text)],
            "masking": [Fact(value=["a", text], urls=["javascript:alert(1)"])],
        },
    )
    return Library(
        root=Path("."),
        terms=sample_terms(),
        papers={PAPER: bundle},
        references=merge_references([bundle], {}),
        registry={TRIAL: record},
        identifiers={},
        corrections={},
        ledger=[],
    )
